//! What was sent, by key, and what the other files say of it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

use super::classify::{Heard, Looked, Outcome, Problem, classify};
use super::columns::{Shared, Side};
use super::words::Reading;
use crate::export::{ExportError, Reader, Record, RecordKind};
use crate::key::KeyColumn;

/// How many duplicates are named; all make their changes unclear.
pub const DUPLICATES_KEPT: usize = 1_000;

/// A change that the plan makes in the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Data record of the export, from 1.
    pub record: u64,
    /// Line of the export, from 1.
    pub line: u64,
    /// The record's key; none where the cell is empty.
    pub key: Option<String>,
    /// The photo cell before.
    pub old: String,
    /// The photo cell after.
    pub new: String,
}

impl Change {
    /// Of a record of the export.
    pub fn new(record: &Record<'_>, key: &KeyColumn, field: usize, old: &str, new: &str) -> Self {
        let position = record.position();
        Self {
            record: position.record,
            line: position.line,
            key: key.text(record, field),
            old: old.to_owned(),
            new: new.to_owned(),
        }
    }
}

/// A file in which a key may stand twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The import file.
    Import,
    /// The status file.
    Status,
    /// The after export.
    After,
}

/// A key that stands in a file once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// The file.
    pub file: Where,
    /// The data record that repeats it, from 1.
    pub record: u64,
}

/// A value of the status column, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusValue {
    /// The value.
    pub value: String,
    /// How it is read.
    pub reading: Reading,
    /// Sent changes that carry it.
    pub changes: u64,
    /// Those of them whose cell shows what was sent.
    pub shows_new: u64,
    /// Those of them whose cell shows what was there before.
    pub shows_old: u64,
}

/// Why the import file cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum SentError {
    /// It cannot be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A cell is neither what the export has nor what the plan makes of it.
    #[error(
        "the import file was not made with this plan: {place}\n  planned  {planned}\n  found    {found}"
    )]
    OtherCell {
        /// Record, line and key.
        place: String,
        /// What the plan makes of the cell.
        planned: String,
        /// What the import file has.
        found: String,
    },
    /// None of the plan's changes is in it.
    #[error(
        "the import file was not made with this plan: none of the {0} planned changes is in it"
    )]
    NoChange(usize),
}

/// One record that was sent.
#[derive(Debug)]
pub(super) struct Entry {
    /// What must be as it was sent, as a number.
    fingerprint: u64,
    /// The change that it carries.
    pub(super) change: Option<u32>,
    /// Whether its key stands twice in the import file.
    twice: bool,
    /// Whether the after export has it, and with other cells.
    pub(super) met: bool,
    pub(super) differs: bool,
}

/// What is known of a change.
#[derive(Debug)]
struct Known {
    sent: bool,
    problem: Option<Problem>,
    /// Its value in the status file.
    status: Option<u32>,
    listed: bool,
    looked: Looked,
    /// The third value.
    found: Option<String>,
}

/// What was sent: an entry per record of the import file.
#[derive(Debug)]
pub struct Sent {
    pub(super) key: KeyColumn,
    changes: Vec<Change>,
    known: Vec<Known>,
    pub(super) entries: HashMap<u64, Entry>,
    shared: Option<Shared>,
    values: Vec<StatusValue>,
    has_status: bool,
    /// The keys that stand in a file twice, in the order in which they were met.
    pub duplicates: Vec<Duplicate>,
    /// Records of the import file.
    pub records: u64,
}

impl Sent {
    /// Reads the import file and sees which of the planned changes it carries. `shared` are the
    /// columns that it shares with the after export, where there is one.
    ///
    /// # Errors
    /// [`SentError`] when the file cannot be read or was not made with this plan.
    pub fn read<R: Read>(
        import: &mut Reader<R>,
        key: KeyColumn,
        changes: Vec<Change>,
        shared: Option<Shared>,
    ) -> Result<Self, SentError> {
        let looked = if shared.is_some() { Looked::Gone } else { Looked::NoFile };
        let unknown = || Known {
            sent: false,
            problem: None,
            status: None,
            listed: false,
            looked,
            found: None,
        };
        let known = changes.iter().map(|_| unknown()).collect();
        let mut sent = Self {
            key,
            changes,
            known,
            entries: HashMap::new(),
            shared,
            values: Vec::new(),
            has_status: false,
            duplicates: Vec::new(),
            records: 0,
        };
        let planned = sent.planned();
        let Some(field) = sent.key.field(import.dialect()) else { return Ok(sent) };
        import.keep_fields();
        while let Some(record) = import.next_record()? {
            if record.kind() == RecordKind::Data {
                sent.send(&record, field, &planned)?;
            }
        }
        if !sent.changes.is_empty() && !sent.known.iter().any(|known| known.sent) {
            return Err(SentError::NoChange(sent.changes.len()));
        }
        Ok(sent)
    }

    /// The planned changes by key. What cannot be told apart is said to be so at once.
    fn planned(&mut self) -> HashMap<u64, u32> {
        let mut planned = HashMap::new();
        let mut repeated = Vec::new();
        for (at, (change, known)) in (0..).zip(self.changes.iter().zip(&mut self.known)) {
            let Some(key) = &change.key else {
                (known.sent, known.problem) = (true, Some(Problem::NoKey));
                continue;
            };
            let first: &mut u32 = planned.entry(hash_of(&self.key, key)).or_insert(at);
            if *first != at {
                repeated.extend([*first, at]);
            }
        }
        for at in repeated {
            if let Some(known) = self.known.get_mut(at as usize) {
                (known.sent, known.problem) = (true, Some(Problem::TwiceInImport));
            }
        }
        planned
    }

    fn send(
        &mut self,
        record: &Record<'_>,
        field: usize,
        planned: &HashMap<u64, u32>,
    ) -> Result<(), SentError> {
        self.records += 1;
        let Some(key) = self.key.text(record, field) else { return Ok(()) };
        let hash = hash_of(&self.key, &key);
        if let Some(entry) = self.entries.get_mut(&hash) {
            entry.twice = true;
            // It may be the other one of the two that is changed.
            let change = entry.change.or_else(|| planned.get(&hash).copied());
            if let Some(known) = change.and_then(|at| self.known.get_mut(at as usize)) {
                (known.sent, known.problem) = (true, Some(Problem::TwiceInImport));
            }
            self.duplicate(key, Where::Import, record);
            return Ok(());
        }
        let mut carried = None;
        if let Some(at) = planned.get(&hash).copied()
            && let (Some(change), Some(known)) =
                (self.changes.get(at as usize), self.known.get_mut(at as usize))
        {
            let cell = photo(record);
            if cell == change.new || known.problem.is_some() {
                known.sent = true;
                carried = Some(at);
            } else if cell != change.old {
                let place = format!("{} of it, {} `{key}`", record.position(), self.key.name);
                return Err(SentError::OtherCell {
                    place,
                    planned: change.new.clone(),
                    found: cell,
                });
            }
        }
        let print = |shared: &Shared| shared.fingerprint(record, Side::Import, carried.is_none());
        let fingerprint = self.shared.as_ref().map_or(0, print);
        let entry =
            Entry { fingerprint, change: carried, twice: false, met: false, differs: false };
        self.entries.insert(hash, entry);
        Ok(())
    }

    /// Reads the status file: what WebEx has to say of each change.
    ///
    /// # Errors
    /// [`ExportError`] when it cannot be read.
    pub fn hear<R: Read>(
        &mut self,
        status: &mut Reader<R>,
        column: usize,
    ) -> Result<(), ExportError> {
        self.has_status = true;
        let Some(field) = self.key.field(status.dialect()) else { return Ok(()) };
        let mut values: HashMap<String, u32> = HashMap::new();
        status.keep_fields();
        while let Some(record) = status.next_record()? {
            let Some((key, hash)) = self.keyed(&record, field) else { continue };
            let at = self.entries.get(&hash).and_then(|entry| entry.change);
            let Some(known) = at.and_then(|at| self.known.get_mut(at as usize)) else { continue };
            let text = record.field(column).map(|cell| cell.text_lossy().trim().to_owned());
            let text = text.filter(|text| !text.is_empty() && text != "-");
            let value = text.map(|text| {
                *values.entry(text).or_insert_with_key(|text| {
                    self.values.push(StatusValue {
                        value: text.clone(),
                        reading: Reading::of(text),
                        changes: 0,
                        shows_new: 0,
                        shows_old: 0,
                    });
                    (self.values.len() - 1) as u32
                })
            });
            if !known.listed {
                (known.listed, known.status) = (true, value);
                continue;
            }
            if known.status != value {
                known.problem.get_or_insert(Problem::TwiceInStatus);
            }
            self.duplicate(key, Where::Status, &record);
        }
        Ok(())
    }

    /// Reads the after export: what each cell shows now, and which records differ otherwise.
    ///
    /// # Errors
    /// [`ExportError`] when it cannot be read.
    pub fn look<R: Read>(&mut self, after: &mut Reader<R>) -> Result<(), ExportError> {
        let Some(field) = self.key.field(after.dialect()) else { return Ok(()) };
        after.keep_fields();
        while let Some(record) = after.next_record()? {
            let Some((key, hash)) = self.keyed(&record, field) else { continue };
            let Some(entry) = self.entries.get_mut(&hash) else { continue };
            let known = entry.change.and_then(|at| {
                Some((self.known.get_mut(at as usize)?, self.changes.get(at as usize)?))
            });
            if std::mem::replace(&mut entry.met, true) {
                if let Some((known, _)) = known {
                    known.problem.get_or_insert(Problem::TwiceInAfter);
                }
                entry.twice = true;
                self.duplicate(key, Where::After, &record);
                continue;
            }
            if let Some(shared) = &self.shared {
                let print = shared.fingerprint(&record, Side::After, entry.change.is_none());
                entry.differs = print != entry.fingerprint && !entry.twice;
            }
            if let Some((known, change)) = known {
                let cell = photo(&record);
                known.looked = match () {
                    () if cell == change.new => Looked::New,
                    () if cell == change.old => Looked::Old,
                    () => Looked::Other,
                };
                known.found = (known.looked == Looked::Other).then_some(cell);
            }
        }
        self.learn();
        Ok(())
    }

    /// Reads the status values anew, by what the cells show.
    fn learn(&mut self) {
        for known in self.known.iter().filter(|known| known.problem.is_none()) {
            let Some(value) = known.status.and_then(|at| self.values.get_mut(at as usize)) else {
                continue;
            };
            value.shows_new += u64::from(known.looked == Looked::New);
            value.shows_old += u64::from(known.looked == Looked::Old);
        }
        for value in &mut self.values {
            value.reading = Reading::learned(&value.value, value.shows_new, value.shows_old);
        }
    }

    /// The key of a data record, as text and as a number.
    fn keyed(&self, record: &Record<'_>, field: usize) -> Option<(String, u64)> {
        if record.kind() != RecordKind::Data {
            return None;
        }
        let key = self.key.text(record, field)?;
        let hash = hash_of(&self.key, &key);
        Some((key, hash))
    }

    fn duplicate(&mut self, key: String, file: Where, record: &Record<'_>) {
        if self.duplicates.len() < DUPLICATES_KEPT {
            let record = record.position().record;
            self.duplicates.push(Duplicate { key, file, record });
        }
    }

    fn outcome_of(&self, known: &Known) -> Outcome {
        let value = known.status.and_then(|at| self.values.get(at as usize));
        let heard = match (self.has_status, known.listed, value) {
            (false, ..) => Heard::NoFile,
            (true, false, _) => Heard::NotListed,
            (true, true, None) => Heard::Silent,
            (true, true, Some(value)) => Heard::Said(value.reading),
        };
        classify(known.problem, heard, known.looked)
    }

    /// Every change that was sent, with what became of it, WebEx's words for it, and the cell that
    /// the after export shows where it is neither the old nor the new one.
    pub fn outcomes(&self) -> impl Iterator<Item = (&Change, Outcome, Option<&str>, Option<&str>)> {
        self.changes.iter().zip(&self.known).filter(|(_, known)| known.sent).map(
            |(change, known)| {
                let words = known.status.and_then(|at| self.values.get(at as usize));
                let words = words.map(|value| value.value.as_str());
                (change, self.outcome_of(known), words, known.found.as_deref())
            },
        )
    }

    /// The values of the status column that sent changes carry, in the order of the status file.
    pub fn status_values(&self) -> Vec<StatusValue> {
        let mut values = self.values.clone();
        for known in self.known.iter().filter(|known| known.sent) {
            if let Some(value) = known.status.and_then(|at| values.get_mut(at as usize)) {
                value.changes += 1;
            }
        }
        values
    }

    /// Changes of the plan that the import file does not carry.
    pub fn not_sent(&self) -> u64 {
        self.known.iter().filter(|known| !known.sent).count() as u64
    }

    /// The change of a data record that did not arrive and is to be sent again.
    pub(super) fn missing(&self, record: &Record<'_>, field: usize) -> Option<&Change> {
        let (_, hash) = self.keyed(record, field)?;
        let at = self.entries.get(&hash)?.change? as usize;
        let is_missing = self.outcome_of(self.known.get(at)?).is_missing();
        is_missing.then(|| self.changes.get(at)).flatten()
    }

    /// The entry of a data record.
    pub(super) fn entry(&self, record: &Record<'_>, field: usize) -> Option<(String, u64, &Entry)> {
        let (key, hash) = self.keyed(record, field)?;
        Some((key, hash, self.entries.get(&hash)?))
    }

    /// Columns of only one of import file and after export, which cannot be compared.
    pub fn alone(&self) -> &[String] {
        self.shared.as_ref().map_or(&[], |shared| &shared.alone)
    }

    /// The columns that import file and after export share.
    pub(super) fn shared(&self) -> Option<&Shared> {
        self.shared.as_ref()
    }
}

/// The text of a record's photo cell.
fn photo(record: &Record<'_>) -> String {
    record.photo().map(|cell| cell.text_lossy().into_owned()).unwrap_or_default()
}

/// A key as a number.
fn hash_of(key: &KeyColumn, text: &str) -> u64 {
    // The same in every run: `RandomState` is not.
    let mut hasher = DefaultHasher::new();
    key.folded(text).hash(&mut hasher);
    hasher.finish()
}
