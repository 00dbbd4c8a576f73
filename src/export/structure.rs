//! Which delimiters and line breaks of a block separate fields and end records.
//!
//! In an export that RFC 4180 describes, a delimiter is inside an escaped field exactly when an
//! odd number of quotes stands before it; a prefix-xor tells that for 64 units at once (Langdale
//! and Lemire, "Parsing Gigabytes of JSON per Second", 3.1). One thing breaks the rule: a quote
//! that would open a field but does not stand at its beginning. It is seen in the same masks, and
//! such a block goes through the grammar quote by quote instead.

use super::masks::{BLOCK, Masks};

/// Where the grammar stands between two code units, as masks, so that going from block to block
/// takes no branch. Where neither is set, a quote means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// All ones inside an escaped field, where a quote closes it or is the first of two; else 0.
    escaped: u64,
    /// 1 where a field begins, and where a quote inside an escaped field has just passed: another
    /// one opens the field, or goes on with it, which comes to the same. Else 0.
    may_open: u64,
}

impl State {
    /// Where a field begins.
    pub(super) const FIELD_START: Self = Self { escaped: 0, may_open: 1 };
    /// In a field that is not escaped, or behind the quote that closed one.
    const LITERAL: Self = Self { escaped: 0, may_open: 0 };
    /// Inside an escaped field.
    const ESCAPED: Self = Self { escaped: u64::MAX, may_open: 0 };
    /// After a quote inside an escaped field, which either closes it or is the first of two.
    const AFTER_QUOTE: Self = Self::FIELD_START;

    /// Whether an escaped field is open.
    pub(super) fn is_escaped(self) -> bool {
        self.escaped != 0
    }

    /// The state after units that are no quote, delimiter or line break.
    fn after_text(self) -> Self {
        Self { may_open: 0, ..self }
    }
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
    /// What separates outside of escaped fields, and breaks lines within.
    #[inline(always)]
    fn within(masks: Masks, inside: u64) -> Self {
        Self {
            delimiters: masks.delimiters & !inside,
            ends: masks.breaks & !inside,
            inner_breaks: masks.breaks & inside,
        }
    }

    /// Reads one block, at whose beginning the grammar is in `state`; gives the state at its end,
    /// too.
    #[inline(always)]
    pub(super) fn of(masks: Masks, state: State) -> (Self, State) {
        match regular(masks, state) {
            Some(found) => found,
            None => irregular(masks, state),
        }
    }
}

/// The block by the parity of its quotes; `None` where a quote stands that parity mistakes.
#[inline(always)]
fn regular(masks: Masks, state: State) -> Option<(Structure, State)> {
    const LAST: usize = BLOCK - 1;
    let carried = state.escaped;
    if masks.quotes == 0 {
        let structure = Structure::within(masks, carried);
        let may_open = (structure.delimiters | structure.ends) >> LAST;
        return Some((structure, State { escaped: carried, may_open }));
    }
    // From an opening quote, inclusive, to its closing quote, exclusive.
    let inside = prefix_xor(masks.quotes) ^ carried;
    let structure = Structure::within(masks, inside);
    let (opening, closing) = (masks.quotes & inside, masks.quotes & !inside);
    let separators = structure.delimiters | structure.ends;
    // A quote may open after a separator. After a closing quote it is the second of two, and
    // neither closes nor opens anything, which comes to the same.
    if opening & !((separators | closing) << 1 | state.may_open) != 0 {
        return None;
    }
    let next = State {
        escaped: (inside >> LAST).wrapping_neg(),
        may_open: (closing | separators) >> LAST,
    };
    Some((structure, next))
}

/// The block by the grammar, one quote, delimiter or line break after the other.
#[cold]
fn irregular(masks: Masks, mut state: State) -> (Structure, State) {
    let mut structure = Structure::default();
    let mut special = masks.quotes | masks.delimiters | masks.breaks;
    let mut expected = 0;
    while special != 0 {
        let at = special.trailing_zeros();
        let bit = special & special.wrapping_neg();
        special &= special - 1;
        if at > expected {
            state = state.after_text();
        }
        expected = at + 1;
        if masks.quotes & bit != 0 {
            state = match (state.is_escaped(), state.may_open) {
                (true, _) => State::AFTER_QUOTE,
                (false, 1) => State::ESCAPED,
                (false, _) => State::LITERAL,
            };
        } else if state.is_escaped() {
            structure.inner_breaks |= masks.breaks & bit;
        } else {
            structure.delimiters |= masks.delimiters & bit;
            structure.ends |= masks.breaks & bit;
            state = State::FIELD_START;
        }
    }
    if (expected as usize) < BLOCK {
        state = state.after_text();
    }
    (structure, state)
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

    const STATES: [State; 3] = [State::FIELD_START, State::LITERAL, State::ESCAPED];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn parity_and_grammar_agree(
            text in "[ab,\"\"\r\n]{0,64}|(a|,|\r\n|\"(a|,|\"\"|\n)*\"){0,20}",
            at in 0..STATES.len(),
        ) {
            let masks = masks_of(&text[..text.len().min(BLOCK)]);
            let by_grammar = irregular(masks, STATES[at]);
            if let Some(by_parity) = regular(masks, STATES[at]) {
                prop_assert_eq!(by_parity, by_grammar, "{:?} {:?}", STATES[at], text);
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
            assert_eq!(regular(masks, State::FIELD_START).is_some(), is_regular, "{text:?}");
        }
    }
}
