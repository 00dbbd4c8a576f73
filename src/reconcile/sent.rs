//! What was sent, by key, and what the other files say of it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::classify::{Heard, Looked, Outcome, Problem, classify};
use super::columns::{Shared, Side};
use super::told::{
    Belongs, Duplicate, NotSent, OtherCell, Plans, SentError, StatusValue, Where, WhyNotSent,
};
use super::words::Reading;
use crate::export::{ExportError, Reader, Record, RecordKind, Source};
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
    /// Why it was not sent, where it was not.
    why_not: WhyNotSent,
    /// Its value in the status file.
    status: Option<u32>,
    listed: bool,
    looked: Looked,
    /// The third value: of the after export, or of the import file where it was not sent.
    found: Option<String>,
}

/// The planned changes by what finds them again.
#[derive(Debug, Default)]
struct Planned {
    by_key: HashMap<u64, u32>,
    /// All changes of a key that several have.
    repeated: HashMap<u64, Vec<u32>>,
    /// Those without a key, by their new cell.
    nameless: HashMap<String, Vec<u32>>,
    /// The first cell that is neither old nor new.
    other: Option<OtherCell>,
}

/// What was sent: an entry per record of the import file.
#[derive(Debug)]
pub struct Sent {
    pub(super) key: KeyColumn,
    changes: Vec<Change>,
    /// From here on, changes are those of the planned export that the import file's has not.
    elsewhere: usize,
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
    pub fn read<R: Source>(
        import: &mut Reader<R>,
        key: KeyColumn,
        plans: Plans,
        belongs: Belongs,
        shared: Option<Shared>,
    ) -> Result<Self, SentError> {
        let looked = if shared.is_some() { Looked::Gone } else { Looked::NoFile };
        let unknown = || Known {
            sent: false,
            problem: None,
            why_not: WhyNotSent::NotInImport,
            status: None,
            listed: false,
            looked,
            found: None,
        };
        let Plans { mut changes, elsewhere: others } = plans;
        let elsewhere = changes.len();
        changes.extend(others);
        let known = changes.iter().map(|_| unknown()).collect();
        let mut sent = Self {
            key,
            changes,
            elsewhere,
            known,
            entries: HashMap::new(),
            shared,
            values: Vec::new(),
            has_status: false,
            duplicates: Vec::new(),
            records: 0,
        };
        let mut planned = sent.planned();
        if let Some(field) = sent.key.field(import.dialect()) {
            import.keep_fields();
            while let Some(record) = import.next_record()? {
                if record.kind() == RecordKind::Data {
                    sent.send(&record, field, &mut planned);
                }
            }
        }
        let carries_none = !sent.known.iter().any(|known| known.sent);
        if belongs == Belongs::ByItsChanges && carries_none && !sent.changes.is_empty() {
            let Planned { other, .. } = planned;
            return Err(SentError::NoChange { planned: sent.changes.len(), other });
        }
        Ok(sent)
    }

    /// The planned changes by key.
    fn planned(&mut self) -> Planned {
        let mut planned = Planned::default();
        for (at, (change, known)) in (0..).zip(self.changes.iter().zip(&mut self.known)) {
            let Some(key) = &change.key else {
                known.why_not = WhyNotSent::NoKey;
                planned.nameless.entry(change.new.clone()).or_default().push(at);
                continue;
            };
            let hash = hash_of(&self.key, key);
            let first = *planned.by_key.entry(hash).or_insert(at);
            if first != at {
                planned.repeated.entry(hash).or_insert_with(|| vec![first]).push(at);
            }
        }
        planned
    }

    fn send(&mut self, record: &Record<'_>, field: usize, planned: &mut Planned) {
        self.records += 1;
        let Some(key) = self.key.text(record, field) else {
            let nameless = planned.nameless.get_mut(&photo(record)).and_then(Vec::pop);
            if let Some(known) = nameless.and_then(|at| self.known.get_mut(at as usize)) {
                (known.sent, known.problem) = (true, Some(Problem::NoKey));
            }
            return;
        };
        let hash = hash_of(&self.key, &key);
        let mut carried = None;
        if let Some(first) = planned.by_key.get(&hash) {
            let alone = std::slice::from_ref(first);
            for at in planned.repeated.get(&hash).map_or(alone, Vec::as_slice) {
                let other = self.meet(*at, record);
                if planned.other.is_none() {
                    planned.other = other;
                }
                let known = self.known.get_mut(*at as usize);
                if let Some(known) = known.filter(|known| known.sent) {
                    carried.get_or_insert(*at);
                    if planned.repeated.contains_key(&hash) {
                        known.problem = Some(Problem::TwiceInImport);
                    }
                }
            }
        }
        if let Some(entry) = self.entries.get_mut(&hash) {
            entry.twice = true;
            // It may be the other one of the two that is changed.
            for at in entry.change.into_iter().chain(carried) {
                if let Some(known) = self.known.get_mut(at as usize) {
                    known.problem = Some(Problem::TwiceInImport);
                }
            }
            self.duplicate(key, Where::Import, record);
            return;
        }
        let print = |shared: &Shared| shared.fingerprint(record, Side::Import, carried.is_none());
        let fingerprint = self.shared.as_ref().map_or(0, print);
        let entry =
            Entry { fingerprint, change: carried, twice: false, met: false, differs: false };
        self.entries.insert(hash, entry);
    }

    /// Notes what the record of a change's user has; gives a cell that is neither old nor new.
    fn meet(&mut self, at: u32, record: &Record<'_>) -> Option<OtherCell> {
        let is_ours = (at as usize) < self.elsewhere;
        let change = self.changes.get(at as usize)?;
        let known = self.known.get_mut(at as usize).filter(|known| !known.sent)?;
        let cell = photo(record);
        if cell == change.new && is_ours {
            (known.sent, known.found) = (true, None);
            return None;
        }
        known.why_not = match () {
            () if cell == change.new => WhyNotSent::ThereAlready,
            () if cell == change.old => WhyNotSent::AsItWas,
            () => WhyNotSent::AnotherCell,
        };
        if known.why_not != WhyNotSent::AnotherCell {
            return None;
        }
        known.found = Some(cell.clone());
        let key = change.key.as_deref().unwrap_or_default();
        let place = format!("{} of it, {} `{key}`", record.position(), self.key.name);
        Some(OtherCell { place, planned: change.new.clone(), found: cell })
    }

    /// Reads the status file: what WebEx has to say of each change.
    ///
    /// # Errors
    /// [`ExportError`] when it cannot be read.
    pub fn hear<R: Source>(
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
    pub fn look<R: Source>(&mut self, after: &mut Reader<R>) -> Result<(), ExportError> {
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

    /// Changes of the plan that the import file does not carry, and why.
    pub fn not_sent(&self) -> impl Iterator<Item = NotSent<'_>> {
        self.changes.iter().zip(&self.known).filter(|(_, known)| !known.sent).map(
            |(change, known)| {
                let found =
                    known.found.as_deref().filter(|_| known.why_not == WhyNotSent::AnotherCell);
                NotSent { change, why: known.why_not, found }
            },
        )
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
pub(super) fn hash_of(key: &KeyColumn, text: &str) -> u64 {
    // The same in every run: `RandomState` is not.
    let mut hasher = DefaultHasher::new();
    key.folded(text).hash(&mut hasher);
    hasher.finish()
}
