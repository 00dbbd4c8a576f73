//! Which delimiters and line breaks of a block separate fields and end records.
//!
//! In an export that RFC 4180 describes, a delimiter is inside an escaped field exactly when an
//! odd number of quotes stands before it; a prefix-xor tells that for 64 units at once (Langdale
//! and Lemire, "Parsing Gigabytes of JSON per Second", 3.1). One thing breaks the rule: a quote
//! that would open a field but does not stand at its beginning. It is seen in the same masks, and
//! such a block goes through the grammar quote by quote instead.

use super::masks::{BLOCK, Masks};

/// Where the grammar stands between two code units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// A field begins here.
    #[default]
    FieldStart,
    /// In a field that is not escaped, or after the quote that closed one.
    Literal,
    /// Inside an escaped field.
    Escaped,
    /// After a quote inside an escaped field, which either closes it or is the first of two.
    AfterQuote,
}

/// What of a block separates fields and ends records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Structure {
    /// Delimiters between fields.
    pub(super) delimiters: u64,
    /// The last units of the line breaks that end records.
    pub(super) ends: u64,
    /// The last units of the line breaks inside escaped fields.
    pub(super) inner_breaks: u64,
}

impl Structure {
    /// Reads one block and moves `state` past it.
    #[inline(always)]
    pub(super) fn of(masks: Masks, state: &mut State) -> Self {
        match regular(masks, *state) {
            Some((structure, next)) => {
                *state = next;
                structure
            }
            None => irregular(masks, state),
        }
    }
}

/// The block by the parity of its quotes; `None` where a quote stands that parity mistakes.
#[inline(always)]
fn regular(masks: Masks, state: State) -> Option<(Structure, State)> {
    const LAST: u64 = 1 << (BLOCK - 1);
    let carried = if state == State::Escaped { u64::MAX } else { 0 };
    // From an opening quote, inclusive, to its closing quote, exclusive.
    let inside = if masks.quotes == 0 { carried } else { prefix_xor(masks.quotes) ^ carried };
    let structure = Structure {
        delimiters: masks.delimiters & !inside,
        ends: masks.breaks & !inside,
        inner_breaks: masks.breaks & inside,
    };
    let (opening, closing) = (masks.quotes & inside, masks.quotes & !inside);
    let separators = structure.delimiters | structure.ends;
    // A quote may open after a separator. After a closing quote it is the second of two, and
    // neither closes nor opens anything, which comes to the same.
    let may_open = matches!(state, State::FieldStart | State::AfterQuote);
    if opening & !((separators | closing) << 1 | u64::from(may_open)) != 0 {
        return None;
    }
    let next = if inside & LAST != 0 {
        State::Escaped
    } else if closing & LAST != 0 {
        State::AfterQuote
    } else if separators & LAST != 0 {
        State::FieldStart
    } else {
        State::Literal
    };
    Some((structure, next))
}

/// The block by the grammar, one quote, delimiter or line break after the other.
#[cold]
fn irregular(masks: Masks, state: &mut State) -> Structure {
    let mut structure = Structure::default();
    let mut special = masks.quotes | masks.delimiters | masks.breaks;
    let mut expected = 0;
    while special != 0 {
        let at = special.trailing_zeros();
        let bit = special & special.wrapping_neg();
        special &= special - 1;
        if at > expected {
            *state = after_text(*state);
        }
        expected = at + 1;
        if masks.quotes & bit != 0 {
            *state = match *state {
                State::FieldStart | State::AfterQuote => State::Escaped,
                State::Escaped => State::AfterQuote,
                State::Literal => State::Literal,
            };
        } else if *state == State::Escaped {
            structure.inner_breaks |= masks.breaks & bit;
        } else {
            structure.delimiters |= masks.delimiters & bit;
            structure.ends |= masks.breaks & bit;
            *state = State::FieldStart;
        }
    }
    if (expected as usize) < BLOCK {
        *state = after_text(*state);
    }
    structure
}

/// The state after units that are no quote, delimiter or line break.
fn after_text(state: State) -> State {
    match state {
        State::Escaped => State::Escaped,
        State::FieldStart | State::Literal | State::AfterQuote => State::Literal,
    }
}

/// Bit *n* of the result is the parity of bits 0 to *n*.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::super::masks::tests::masks_of;
    use super::*;
    use proptest::prelude::*;

    const STATES: [State; 4] =
        [State::FieldStart, State::Literal, State::Escaped, State::AfterQuote];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn parity_and_grammar_agree(
            text in "[ab,\"\"\r\n]{0,64}|(a|,|\r\n|\"(a|,|\"\"|\n)*\"){0,20}",
            at in 0..4usize,
        ) {
            let masks = masks_of(&text[..text.len().min(BLOCK)]);
            let mut state = STATES[at];
            let by_grammar = irregular(masks, &mut state);
            if let Some(by_parity) = regular(masks, STATES[at]) {
                prop_assert_eq!(by_parity, (by_grammar, state), "{:?} {:?}", STATES[at], text);
            }
        }
    }

    #[test]
    fn regular_blocks_take_the_regular_way() {
        for (text, is_regular) in [
            ("a,b\r\n", true),
            ("\"a,b\",\"c\"\"d\",\"\"\r\n\"e\n\"", true),
            ("a,\"b\"c,d", true),
            ("a,b 19\" rack", false),
            ("\"a\"b\"", false),
        ] {
            let masks = masks_of(text);
            assert_eq!(regular(masks, State::FieldStart).is_some(), is_regular, "{text:?}");
        }
    }
}
