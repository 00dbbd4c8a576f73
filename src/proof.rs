//! The proof that only hosts moved, made from the two files alone.
//!
//! It reads export and import file side by side and shares nothing with the code that rewrote the
//! one into the other: no splice, no plan, no decision. A record may differ in its photo cell
//! only, the cell in its host only, the old host must be an address or a bare name, and the new
//! one a name inside the allowed domains.

use std::ops::Range;

use crate::export::{Contents, Dialect, ExportError, Position, Reader, Record, RecordKind, Source};
use crate::name::Fqdn;
use crate::photo::{self, HostKind, PhotoCell};

/// Something that moved and should not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Data record of the import file, from 1; 0 before the first.
    pub record: u64,
    /// Line of the import file, from 1.
    pub line: u64,
    /// Byte of the import file, from 0.
    pub byte: u64,
    /// What moved.
    pub what: String,
    /// What the export has there.
    pub expected: String,
    /// What the import file has there.
    pub found: String,
}

/// A host that moved as it may.
#[derive(Debug)]
pub struct Moved<'a> {
    /// The record in the export.
    pub old: &'a Record<'a>,
    /// The photo cell before.
    pub old_cell: &'a str,
    /// The photo cell after.
    pub new_cell: &'a str,
    /// The host before, in the cell.
    pub old_host: Range<usize>,
    /// The host after, in the cell.
    pub new_host: Range<usize>,
}

/// What the proof counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Data records of the export.
    pub records: u64,
    /// Records whose host moved.
    pub changed: u64,
    /// Things that moved and should not have.
    pub violations: u64,
}

/// What the proof reports, as it goes.
pub enum Finding<'a> {
    /// A host moved as it may.
    Moved(Moved<'a>),
    /// Something else moved.
    Violation(Violation),
}

/// Compares the two files to their end.
///
/// # Errors
/// [`ExportError`] when one of them cannot be read.
pub fn prove<E: Source, I: Source>(
    export: &mut Reader<E>,
    import: &mut Reader<I>,
    contents: Contents,
    domains: &[Fqdn],
    on_finding: &mut dyn FnMut(Finding<'_>),
) -> Result<Counted, ExportError> {
    let mut proof = Proof { counted: Counted::default(), domains, on_finding };
    let dialect = export.dialect().clone();
    proof.same_frame(&dialect, import.dialect(), export.bom_bytes(), import.bom_bytes());
    match contents {
        Contents::Everything => proof.side_by_side(&dialect, export, import)?,
        Contents::ChangedOnly => proof.as_subsequence(&dialect, export, import)?,
    }
    Ok(proof.counted)
}

struct Proof<'p> {
    counted: Counted,
    domains: &'p [Fqdn],
    on_finding: &'p mut dyn FnMut(Finding<'_>),
}

impl Proof<'_> {
    fn violation(&mut self, at: Option<Position>, what: &str, expected: String, found: String) {
        self.counted.violations += 1;
        (self.on_finding)(Finding::Violation(Violation {
            record: at.map_or(0, |p| p.record),
            line: at.map_or(1, |p| p.line),
            byte: at.map_or(0, |p| p.byte),
            what: what.to_owned(),
            expected,
            found,
        }));
    }

    /// What surrounds the records: encoding, byte order mark, delimiter.
    fn same_frame(&mut self, export: &Dialect, import: &Dialect, old_bom: &[u8], new_bom: &[u8]) {
        if old_bom != new_bom {
            self.violation(None, "the byte order mark", shown(old_bom), shown(new_bom));
        }
        if export.encoding != import.encoding {
            let (old, new) = (export.encoding.as_str(), import.encoding.as_str());
            self.violation(None, "the encoding", old.to_owned(), new.to_owned());
        }
        if export.delimiter != import.delimiter {
            let (old, new) = (export.delimiter.as_str(), import.delimiter.as_str());
            self.violation(None, "the delimiter", old.to_owned(), new.to_owned());
        }
    }

    fn side_by_side<E: Source, I: Source>(
        &mut self,
        dialect: &Dialect,
        export: &mut Reader<E>,
        import: &mut Reader<I>,
    ) -> Result<(), ExportError> {
        loop {
            match (export.next_record()?, import.next_record()?) {
                (None, None) => return Ok(()),
                (Some(old), Some(new)) => {
                    self.counted.records += u64::from(is_row(old.kind()));
                    let at = new.position();
                    match Rest::of(&old, &new) {
                        Some(rest) => self.same_to_the_end(rest, at, export, import)?,
                        None => self.same_but_host(dialect, &old, &new),
                    }
                }
                (Some(old), None) => {
                    self.violation(
                        Some(old.position()),
                        "the import file ends here, and the export goes on",
                        shown(old.raw()),
                        "the end of the file".to_owned(),
                    );
                    return Ok(());
                }
                (None, Some(new)) => {
                    self.violation(
                        Some(new.position()),
                        "the import file goes on after the export's end",
                        "the end of the file".to_owned(),
                        shown(new.raw()),
                    );
                    return Ok(());
                }
            }
        }
    }

    /// Reads on where one file has given more of an overlong record than the other.
    fn same_to_the_end<E: Source, I: Source>(
        &mut self,
        mut rest: Rest,
        at: Position,
        export: &mut Reader<E>,
        import: &mut Reader<I>,
    ) -> Result<(), ExportError> {
        while !rest.bytes.is_empty() {
            let piece = match rest.side {
                Side::Export => import.next_record()?,
                Side::Import => export.next_record()?,
            };
            let piece = piece.filter(|p| p.kind() == RecordKind::Overlong { first: false });
            if !piece.as_ref().is_some_and(|piece| rest.take(piece.raw())) {
                let found = shown(piece.as_ref().map_or(b"", |piece| piece.raw()));
                let (expected, found) = match rest.side {
                    Side::Export => (shown(&rest.bytes), found),
                    Side::Import => (found, shown(&rest.bytes)),
                };
                self.violation(Some(at), "a record too long to be read", expected, found);
                return Ok(());
            }
        }
        Ok(())
    }

    /// With changed records only: each import record must follow from a later export record than
    /// the one before it. The earliest match leaves most room for the rest, so it is enough.
    fn as_subsequence<E: Source, I: Source>(
        &mut self,
        dialect: &Dialect,
        export: &mut Reader<E>,
        import: &mut Reader<I>,
    ) -> Result<(), ExportError> {
        while let Some(new) = import.next_record()? {
            if new.kind() == RecordKind::Blank {
                self.violation(
                    Some(new.position()),
                    "a blank line",
                    "no blank line".into(),
                    String::new(),
                );
                continue;
            }
            loop {
                let Some(old) = export.next_record()? else {
                    self.violation(
                        Some(new.position()),
                        "a record that the export does not have (from here on)",
                        "a record of the export with another host".to_owned(),
                        shown(new.raw()),
                    );
                    return Ok(());
                };
                self.counted.records += u64::from(is_row(old.kind()));
                let matches = match compare(dialect, &old, &new, self.domains) {
                    Compared::Same => old.kind() == RecordKind::Header,
                    Compared::Moved { old_cell, new_cell, old_host, new_host } => {
                        self.moved(&old, &old_cell, &new_cell, old_host, new_host);
                        true
                    }
                    Compared::Differs { .. } => false,
                };
                if matches {
                    break;
                }
            }
        }
        while let Some(old) = export.next_record()? {
            self.counted.records += u64::from(is_row(old.kind()));
        }
        Ok(())
    }

    fn same_but_host(&mut self, dialect: &Dialect, old: &Record<'_>, new: &Record<'_>) {
        match compare(dialect, old, new, self.domains) {
            Compared::Same => {}
            Compared::Moved { old_cell, new_cell, old_host, new_host } => {
                self.moved(old, &old_cell, &new_cell, old_host, new_host);
            }
            Compared::Differs { what, expected, found } => {
                self.violation(Some(new.position()), &what, expected, found);
            }
        }
    }

    fn moved(
        &mut self,
        old: &Record<'_>,
        old_cell: &str,
        new_cell: &str,
        old_host: Range<usize>,
        new_host: Range<usize>,
    ) {
        self.counted.changed += 1;
        let moved = Moved { old, old_cell, new_cell, old_host, new_host };
        (self.on_finding)(Finding::Moved(moved));
    }
}

/// What one file has given of an overlong record beyond the other. Where a reader cuts such a
/// record depends on what stands before it, so the pieces of two files need not be the same.
struct Rest {
    side: Side,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Side {
    Export,
    Import,
}

impl Rest {
    /// None where the two are no pieces, or their bytes differ.
    fn of(old: &Record<'_>, new: &Record<'_>) -> Option<Self> {
        let is_piece = |record: &Record<'_>| matches!(record.kind(), RecordKind::Overlong { .. });
        let either = is_piece(old) || is_piece(new);
        let (side, rest) = match (old.raw().strip_prefix(new.raw()), either) {
            (Some(rest), true) => (Side::Export, rest),
            (None, true) => (Side::Import, new.raw().strip_prefix(old.raw())?),
            (_, false) => return None,
        };
        Some(Self { side, bytes: rest.to_vec() })
    }

    /// Takes a piece of the other file; `false` where it differs, and then nothing changes.
    fn take(&mut self, piece: &[u8]) -> bool {
        if let Some(rest) = self.bytes.strip_prefix(piece) {
            self.bytes = rest.to_vec();
            return true;
        }
        let Some(rest) = piece.strip_prefix(self.bytes.as_slice()) else { return false };
        self.bytes = rest.to_vec();
        self.side = match self.side {
            Side::Export => Side::Import,
            Side::Import => Side::Export,
        };
        true
    }
}

fn is_row(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Data | RecordKind::Overlong { first: true })
}

enum Compared {
    Same,
    Moved { old_cell: String, new_cell: String, old_host: Range<usize>, new_host: Range<usize> },
    Differs { what: String, expected: String, found: String },
}

fn compare(dialect: &Dialect, old: &Record<'_>, new: &Record<'_>, domains: &[Fqdn]) -> Compared {
    if old.raw() == new.raw() {
        return Compared::Same;
    }
    let differs = |what: &str, expected: String, found: String| Compared::Differs {
        what: what.to_owned(),
        expected,
        found,
    };
    let whole = |what| differs(what, shown(old.raw()), shown(new.raw()));
    if (old.kind(), new.kind()) != (RecordKind::Data, RecordKind::Data) {
        return whole("a line that is no data record");
    }
    if old.field_count() != new.field_count() {
        return differs(
            "the number of fields",
            old.field_count().to_string(),
            new.field_count().to_string(),
        );
    }
    let (Some(old_field), Some(new_field)) = (old.photo(), new.photo()) else {
        return whole("a record without a photo cell");
    };
    let (old_span, new_span) = (old_field.span(), new_field.span());
    if old.raw()[..old_span.start] != new.raw()[..new_span.start]
        || old.raw()[old_span.end..] != new.raw()[new_span.end..]
    {
        return other_field(dialect, old, new);
    }
    let (Ok(old_cell), Ok(new_cell)) = (old_field.text(), new_field.text()) else {
        return whole("a photo cell that cannot be read");
    };
    let in_cell = |what| differs(what, old_cell.to_string(), new_cell.to_string());
    let (PhotoCell::Url(old_url), PhotoCell::Url(new_url)) =
        (photo::classify(&old_cell, domains), photo::classify(&new_cell, domains))
    else {
        return in_cell("a photo cell that is no URL");
    };
    if !matches!(old_url.host, HostKind::Address(_) | HostKind::Bare(_)) {
        return in_cell("a host that was neither an address nor a bare name");
    }
    if !matches!(new_url.host, HostKind::WebEx(_)) {
        return in_cell("the new host is not inside an allowed domain");
    }
    let (old_host, new_host) = (old_url.host_span.clone(), new_url.host_span.clone());
    let (Some(old_bytes), Some(new_bytes)) =
        (old_field.raw_range(old_host.clone()), new_field.raw_range(new_host.clone()))
    else {
        return in_cell("a host that cannot be told from the rest of the cell");
    };
    if old.raw()[..old_bytes.start] != new.raw()[..new_bytes.start]
        || old.raw()[old_bytes.end..] != new.raw()[new_bytes.end..]
    {
        return in_cell("more than the host of the photo cell");
    }
    let (old_cell, new_cell) = (old_cell.into_owned(), new_cell.into_owned());
    Compared::Moved { old_cell, new_cell, old_host, new_host }
}

/// Names the first field, the photo cell apart, in which two records differ.
fn other_field(dialect: &Dialect, old: &Record<'_>, new: &Record<'_>) -> Compared {
    let differing = (0..old.field_count()).filter(|at| *at != dialect.photo_field).find_map(|at| {
        let (old, new) = (old.field(at)?, new.field(at)?);
        (old.raw() != new.raw()).then(|| (at, shown(old.raw()), shown(new.raw())))
    });
    match differing {
        Some((at, expected, found)) => {
            let name = dialect.header.as_ref().and_then(|header| header.get(at));
            let what = match name {
                Some(name) => format!("field {} (`{name}`)", at + 1),
                None => format!("field {}", at + 1),
            };
            Compared::Differs { what, expected, found }
        }
        None => Compared::Differs {
            what: "a delimiter, a quote or a line break".to_owned(),
            expected: shown(old.raw()),
            found: shown(new.raw()),
        },
    }
}

/// The longest piece of a file that a message shows, in bytes.
const SHOWN: usize = 120;

/// Bytes for a message: as text where they are text, the rest escaped.
fn shown(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(SHOWN)];
    let mut text = cut.escape_ascii().to_string();
    if let Ok(utf8) = std::str::from_utf8(cut) {
        text = utf8.escape_debug().to_string();
    }
    if cut.len() < bytes.len() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{Choices, Limits};

    /// A host that moved, and behind it a record that is never closed: too long to be held, and
    /// cut by the two readers in different places.
    #[test]
    fn overlong_records_are_compared_whole() {
        let head = "email,userProfilePhotoURL,x\r\na,https://HOST/,b\r\n";
        let tail = format!("c,\"{}", "never closed, \r\n".repeat(300));
        let file = |host: &str| format!("{}{tail}", head.replace("HOST", host));
        let (export, moved) = (file("203.0.113.7"), file("c12.webex.com"));
        let mut other = moved.clone().into_bytes();
        let last = other.len() - 40;
        other[last] = b'X';
        let cut = moved[..moved.len() - 40].to_owned();
        let longer = format!("{moved}more");
        for (import, is_proven) in [
            (moved.as_bytes(), true),
            (export.as_bytes(), true),
            (&other, false),
            (cut.as_bytes(), false),
            (longer.as_bytes(), false),
        ] {
            for max_record in [600, 1000, 4_000, moved.len() - head.len() - 20, 1 << 20] {
                let limits = Limits { buffer: 512, max_record, ..Limits::default() };
                let open = |bytes| Reader::open_within(bytes, &Choices::default(), limits);
                let (mut old, mut new) = (open(export.as_bytes()).unwrap(), open(import).unwrap());
                let counted = prove(
                    &mut old,
                    &mut new,
                    Contents::Everything,
                    &[Fqdn::parse("webex.com").unwrap()],
                    &mut |_| {},
                )
                .unwrap();
                let place = format!("{max_record}: {counted:?}");
                assert_eq!(counted.violations == 0, is_proven, "{place}");
                assert_eq!(counted.records, 2, "{place}");
            }
        }
    }
}
