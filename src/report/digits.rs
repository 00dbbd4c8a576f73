//! Numbers in decimal, appended to a line: a row has up to five of them, and the machinery of
//! `format!` costs more than their digits.

/// The most digits that a `u64` has.
const MOST: usize = 20;

/// Appends `number` in decimal.
pub(super) fn append_number(mut number: u64, text: &mut Vec<u8>) {
    let mut digits = [b'0'; MOST];
    let mut from = MOST;
    loop {
        from -= 1;
        digits[from] += (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(number: u64) -> String {
        let mut text = b"n=".to_vec();
        append_number(number, &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn the_digits_are_those_of_format() {
        for number in [0, 1, 9, 10, 99, 100, 12_345, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            assert_eq!(appended(number), format!("n={number}"));
        }
    }

    proptest::proptest! {
        #[test]
        fn so_they_are_of_any_number(number: u64, shift in 0u32..64) {
            let number = number >> shift;
            proptest::prop_assert_eq!(appended(number), format!("n={number}"));
        }
    }
}
