//! The kinds of damage, and their words.

/// A kind of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ailment {
    /// A number in scientific notation, `1.41E+11`.
    Scientific,
    /// A cell of `#####`, or a spreadsheet's error word such as `#NAME?`.
    Hashes,
    /// A number without the `+` that nearly every other one in its column has.
    LostPlus,
    /// A number without the leading zeros that nearly every other one in its column has.
    LostZeros,
    /// Text that was read in the wrong encoding and written again, `Ã¼`.
    Mojibake,
    /// `N/A` where WebEx wants `-`.
    NotApplicable,
    /// A mandatory cell that is empty or `-`.
    MandatoryEmpty,
    /// An email that another record has.
    DuplicateEmail,
}

impl Ailment {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scientific => "scientific-notation",
            Self::Hashes => "spreadsheet-error",
            Self::LostPlus => "lost-plus",
            Self::LostZeros => "lost-zeros",
            Self::Mojibake => "mojibake",
            Self::NotApplicable => "not-applicable",
            Self::MandatoryEmpty => "mandatory-empty",
            Self::DuplicateEmail => "duplicate-email",
        }
    }

    /// The same in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Scientific => {
                "a spreadsheet wrote a number in scientific notation; its digits are lost"
            }
            Self::Hashes => "a spreadsheet's `####` or error word stands in place of a value",
            Self::LostPlus => "nearly every other number in this column begins with `+`",
            Self::LostZeros => {
                "nearly every other number in this column has more digits, and leading zeros"
            }
            Self::Mojibake => {
                "text was read in the wrong encoding and written again, or its bytes are no text"
            }
            Self::NotApplicable => {
                "`N/A` would be stored as it stands; WebEx's word for an empty cell is `-`"
            }
            Self::MandatoryEmpty => "a mandatory cell is empty; WebEx refuses such a record",
            Self::DuplicateEmail => {
                "an earlier record has this email; an import overwrites one with the other"
            }
        }
    }

    /// What to do.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Scientific | Self::Hashes | Self::LostPlus | Self::LostZeros => {
                "export again and do not open the file in a spreadsheet"
            }
            Self::Mojibake => {
                "export again, or give the file's encoding to the program that wrote it"
            }
            Self::NotApplicable => "put `-` there, with a text editor",
            Self::MandatoryEmpty => {
                "fill the cell in, in the Administration Tool, and export again"
            }
            Self::DuplicateEmail => "leave one of the records in the file",
        }
    }
}
