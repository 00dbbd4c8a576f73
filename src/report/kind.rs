//! Which report a file name asks for.

/// The kinds of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One JSON document.
    Json,
    /// JSON Lines: the report, then a line per row, then an end line.
    Jsonl,
    /// One row per record, safe for spreadsheets.
    Csv,
    /// Markdown, for people.
    Markdown,
    /// A unified diff from export to import file.
    Diff,
}

/// Endings and their kinds.
const ENDINGS: [(&str, Kind); 6] = [
    (".json", Kind::Json),
    (".jsonl", Kind::Jsonl),
    (".csv", Kind::Csv),
    (".md", Kind::Markdown),
    (".markdown", Kind::Markdown),
    (".diff", Kind::Diff),
];

/// A file name whose ending names no kind.
#[derive(Debug, thiserror::Error)]
#[error("its ending names no kind of report; the endings are .json, .jsonl, .csv, .md and .diff")]
pub struct UnknownKind;

impl Kind {
    /// The kind that a file name's ending asks for, in either letter case.
    ///
    /// # Errors
    /// [`UnknownKind`] lists the endings.
    pub fn of_file_name(name: &str) -> Result<Self, UnknownKind> {
        let name = name.to_ascii_lowercase();
        let found = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
        found.map(|(_, kind)| *kind).ok_or(UnknownKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_chooses() {
        for (name, kind) in [
            ("report.json", Some(Kind::Json)),
            ("a.b/REPORT.JSONL", Some(Kind::Jsonl)),
            ("r.csv", Some(Kind::Csv)),
            ("r.md", Some(Kind::Markdown)),
            ("r.diff", Some(Kind::Diff)),
            ("r.html", None),
            ("json", None),
            ("", None),
        ] {
            assert_eq!(Kind::of_file_name(name).ok(), kind, "{name}");
        }
    }
}
