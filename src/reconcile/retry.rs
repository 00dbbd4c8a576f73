//! The retry file: the header, and the records whose change did not arrive.

use std::io::Write;

use super::sent::Sent;
use crate::export::{Reader, Record, RecordKind, Source};
use crate::rewrite::{Rewrite, RewriteError, Rewriter, Rewritten, Treatments};

/// Writes the retry file from an export taken after the import, so that an import of it does not
/// take back what changed in the meantime: each record as it stands there, with our host. Gives
/// the number of records.
///
/// # Errors
/// [`RewriteError`] when the export cannot be read or the file not written.
pub fn retry_from_after<R: Source>(
    sent: &Sent,
    after: &mut Reader<R>,
    treatments: &Treatments,
    out: &mut dyn Write,
) -> Result<u64, RewriteError> {
    let mut rewriter = Rewriter::new(treatments, after.dialect());
    retry(sent, after, out, &mut |record, new, out| match rewriter.rewrite(record) {
        Rewritten::Changed(change) if change.new_text() == new => {
            record.write_spliced(change.span, change.host, out).map(|()| true)
        }
        _ => Ok(false),
    })
}

/// Writes the retry file from the import file: its own records, byte for byte. Gives their number.
///
/// # Errors
/// [`RewriteError`] when the import file cannot be read or the file not written.
pub fn retry_from_import<R: Source>(
    sent: &Sent,
    import: &mut Reader<R>,
    out: &mut dyn Write,
) -> Result<u64, RewriteError> {
    retry(sent, import, out, &mut |record, _, out| out.write_all(record.raw()).map(|()| true))
}

/// Writes one record with the new cell that is given; `false` where that cannot be done.
type WriteRecord<'w> =
    dyn FnMut(&Record<'_>, &str, &mut &mut dyn Write) -> std::io::Result<bool> + 'w;

fn retry<R: Source>(
    sent: &Sent,
    reader: &mut Reader<R>,
    mut out: &mut dyn Write,
    write: &mut WriteRecord<'_>,
) -> Result<u64, RewriteError> {
    let Some(field) = sent.key.field(reader.dialect()) else { return Ok(0) };
    let mut records = 0;
    out.write_all(reader.bom_bytes()).map_err(RewriteError::Output)?;
    while let Some(record) = reader.next_record()? {
        if record.kind() == RecordKind::Header {
            out.write_all(record.raw()).map_err(RewriteError::Output)?;
        } else if let Some(change) = sent.missing(&record, field) {
            let written = write(&record, &change.new, &mut out).map_err(RewriteError::Output)?;
            records += u64::from(written);
        }
    }
    Ok(records)
}
