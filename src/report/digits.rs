//! Numbers in decimal, appended to a line: a row has up to five of them, and the machinery of
//! `format!` costs more than their digits.

/// Appends `number` in decimal.
pub(super) fn append_number(number: u64, text: &mut Vec<u8>) {
    text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}
