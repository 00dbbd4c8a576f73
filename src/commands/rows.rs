//! The rows of the second pass, handed to every report that wants them.

use std::io;
use std::path::PathBuf;

use super::failure::Failure;
use super::named::Named;
use super::output::Outputs;
use crate::export::Dialect;
use crate::ledger::Class;
use crate::report::terminal::Sample;
use crate::report::{Change, Held, Kind, PlanIdentity, Redaction, Renderer, Report, Row, renderer};
use crate::rewrite::{Leave, Met, Onlooker, Rewritten};
use crate::stream::{Hash, WriteBehind};

/// Bytes of held rows that a report keeps in memory before it spools them to a file.
const SPOOL: usize = 1 << 20;

/// The reports of a run, and the rows that the summary shows.
pub(super) struct Rows {
    renderers: Vec<Box<dyn Renderer>>,
    /// The first rows, for the summary.
    pub sample: Sample,
    /// The plan that the reports belong to, once it is known.
    pub plan: Option<PlanIdentity>,
    /// Whether a report shows whole records.
    records_shown: bool,
    new_text: String,
    new_record: Vec<u8>,
}

impl Rows {
    /// Opens the reports that are wanted.
    ///
    /// # Errors
    /// [`Failure`] when one cannot be written where it is wanted.
    pub(super) fn open(
        outputs: &mut Outputs,
        wanted: &[(Kind, PathBuf)],
        redaction: Redaction,
    ) -> Result<Self, Failure> {
        let mut renderers = Vec::new();
        for (kind, path) in wanted {
            let out = outputs.create_unbuffered(path, "a report")?;
            let out = WriteBehind::new(out, Hash::Nothing)
                .map_err(|error| Failure::file("write", path, &error))?;
            let name = format!("a temporary file in `{}`", std::env::temp_dir().display());
            let spool = Named { inner: tempfile::SpooledTempFile::new(SPOOL), name };
            renderers.push(renderer(*kind, redaction, Box::new(out), Box::new(spool)));
        }
        let sample = Sample::new(redaction);
        let records_shown = renderers.iter().any(|renderer| renderer.shows_records());
        Ok(Self {
            renderers,
            sample,
            plan: None,
            records_shown,
            new_text: String::new(),
            new_record: Vec::new(),
        })
    }

    /// Begins every report.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(super) fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.renderers.iter_mut().try_for_each(|renderer| renderer.begin(report))
    }

    /// Looks on while the second pass is made over an export of this dialect.
    pub(super) fn looking<'r>(&'r mut self, dialect: &'r Dialect) -> impl Onlooker + 'r {
        Looking { rows: self, dialect }
    }

    /// Whether anybody wants rows of a class.
    fn wants(&self, class: Class) -> bool {
        self.renderers.iter().any(|it| it.wants(class)) || self.sample.wants(class)
    }

    /// Hands on one row.
    ///
    /// # Errors
    /// When a report cannot be written.
    fn met(&mut self, met: &Met<'_>, dialect: &Dialect) -> io::Result<()> {
        let class = met.rewritten.class();
        if !self.wants(class) {
            return Ok(());
        }
        let position = met.record.position();
        // A record that swallowed others would show their users as its own.
        let key = match met.record.defect() {
            None => met.record.key(dialect),
            Some(_) => None,
        };
        let key = key.as_ref().map(|(column, value)| (*column, value.as_ref()));
        let row = match met.rewritten {
            Rewritten::Untouched => return Ok(()),
            Rewritten::Unreadable(why) => Row::Held(Held {
                record: position.record,
                line: position.line,
                byte: position.byte,
                key,
                endpoint: None,
                value: None,
                host: 0..0,
                class,
                reason: why.reason,
                explanation: &why.explanation,
                hint: Some(why.hint),
            }),
            Rewritten::Left { why, endpoint, host, cell } => {
                let Leave { reason, explanation, hint, .. } = why.as_ref();
                Row::Held(Held {
                    record: position.record,
                    line: position.line,
                    byte: position.byte,
                    key,
                    endpoint: endpoint.as_ref(),
                    value: Some(cell.as_ref()),
                    host: host.clone(),
                    class,
                    reason,
                    explanation,
                    hint: hint.as_deref(),
                })
            }
            Rewritten::Changed(change) => {
                change.new_text_into(&mut self.new_text);
                self.new_record.clear();
                if self.records_shown {
                    let to = &mut self.new_record;
                    met.record.write_spliced(change.span.clone(), change.host, to)?;
                }
                Row::Change(Change {
                    record: position.record,
                    line: position.line,
                    key,
                    endpoint: Some(&change.endpoint),
                    old: change.old.as_ref(),
                    new: &self.new_text,
                    old_host: change.old_host.clone(),
                    new_host: change.new_host.clone(),
                    byte_range: position.byte + change.span.start as u64
                        ..position.byte + change.span.end as u64,
                    old_raw: met.record.raw(),
                    new_raw: &self.new_record,
                })
            }
        };
        self.sample.keep(&row);
        self.renderers.iter_mut().try_for_each(|renderer| renderer.row(&row))
    }

    /// Ends every report.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let plan = self.plan.as_ref();
        self.renderers.iter_mut().try_for_each(|renderer| renderer.finish(plan))
    }
}

/// Hands the records of a pass on as rows.
struct Looking<'r> {
    rows: &'r mut Rows,
    dialect: &'r Dialect,
}

impl Onlooker for Looking<'_> {
    fn wants_changes(&self) -> bool {
        self.rows.wants(Class::Rewritten)
    }

    fn met(&mut self, met: Met<'_>) -> io::Result<()> {
        self.rows.met(&met, self.dialect)
    }
}
