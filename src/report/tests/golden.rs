//! Full renderings, compared with files under `tests/golden/report` that a person has read.
//! `PHOTOFIX_BLESS=1 cargo test` writes them anew; then review the difference.

use std::path::Path;

use super::super::certificates::Verdicts;
use super::super::terminal::{Detail, Sample, Style, render_summary, render_written};
use super::super::*;
use super::explanations::*;
use super::samples::*;

const WIDTHS: [usize; 3] = [60, 80, 120];

fn assert_golden(name: &str, found: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/report").join(name);
    if std::env::var_os("PHOTOFIX_BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(
        expected == found,
        "{name} differs; PHOTOFIX_BLESS=1 writes it anew. Found:\n{}",
        String::from_utf8_lossy(found)
    );
}

/// A report as its golden file has it: of a page only what differs from page to page, with line
/// breaks between its tags.
fn golden(kind: Kind, redaction: Redaction, report: &Report, rows: &[Row<'_>]) -> Vec<u8> {
    let text = rendered(kind, redaction, report, rows);
    if kind != Kind::Html {
        return text;
    }
    let text = String::from_utf8(text).unwrap();
    let mut kept = String::new();
    let mut rest = text.as_str();
    for (open, close) in [
        ("'sha256-", "; base-uri"),
        ("<style>", "</style>"),
        ("<script>", "</script>"),
        ("<script>", "</script>"),
    ] {
        let start = rest.find(open).unwrap() + open.len();
        let end = start + rest[start..].find(close).unwrap();
        kept.push_str(&rest[..start]);
        kept.push('…');
        rest = &rest[end..];
    }
    (kept + rest).replace("><", ">\n<").into_bytes()
}

fn plain(width: usize) -> Style {
    Style { color: false, width, unicode: true }
}

fn sample(rows: &[Row<'_>], redaction: Redaction) -> Sample {
    let mut sample = Sample::new(redaction);
    rows.iter().for_each(|row| sample.keep(row));
    sample
}

fn summary(report: &Report, sample: &Sample, style: &Style) -> Vec<u8> {
    let mut text = Vec::new();
    render_summary(report, sample, Detail::Brief, style, &mut text).unwrap();
    let written =
        [("the import file", "import.csv".to_owned()), ("a report", "report.md".to_owned())];
    render_written(&written, style, &mut text).unwrap();
    text
}

#[test]
fn reports_are_as_they_were_approved() {
    for (ending, kind) in Kind::ALL {
        let (report, rows) = (rich(), rich_rows());
        let name = |what: &str| format!("{what}{ending}");
        assert_golden(&name("rich"), &golden(kind, Redaction::Keep, &report, &rows));
        assert_golden(&name("redacted"), &golden(kind, Redaction::Redact, &report, &rows));
        assert_golden(&name("empty"), &golden(kind, Redaction::Keep, &empty(), &[]));
        let carried = carried();
        assert_golden(&name("carried"), &golden(kind, Redaction::Keep, &carried, &rows));
        assert_golden(&name("redacted-carried"), &golden(kind, Redaction::Redact, &carried, &rows));
        let (report, rows) = hostile();
        assert_golden(&name("hostile"), &golden(kind, Redaction::Keep, &report, &rows));
    }
}

#[test]
fn summaries_are_as_they_were_approved() {
    let (report, rows) = (rich(), rich_rows());
    let kept = sample(&rows, Redaction::Keep);
    for width in WIDTHS {
        let text = summary(&report, &kept, &plain(width));
        assert_golden(&format!("summary-{width}.txt"), &text);
    }
    let color = Style { color: true, width: 100, unicode: true };
    assert_golden("summary-color.ansi", &summary(&report, &kept, &color));
    let ascii = Style { color: false, width: 80, unicode: false };
    let text = summary(&report, &kept, &ascii);
    assert!(text.is_ascii());
    assert_golden("summary-ascii.txt", &text);
    let text = summary(&carried(), &kept, &plain(80));
    assert_golden("summary-carried.txt", &text);
    let redacted = sample(&rows, Redaction::Redact);
    assert_golden("summary-redacted.txt", &summary(&report, &redacted, &plain(80)));
    assert_golden("summary-empty.txt", &summary(&empty(), &Sample::default(), &plain(80)));
    let (report, rows) = hostile();
    let text = summary(&report, &sample(&rows, Redaction::Keep), &plain(80));
    assert_golden("summary-hostile.txt", &text);
}

#[test]
fn the_other_commands_are_as_they_were_approved() {
    for width in [60, 100] {
        let style = plain(width);
        let mut text = Vec::new();
        verdicts().render(&style, &mut text).unwrap();
        assert_golden(&format!("check-{width}.txt"), &text);
        text.clear();
        requests().render(&style, &mut text).unwrap();
        assert_golden(&format!("csr-{width}.txt"), &text);
        text.clear();
        inspection().render(&style, &mut text).unwrap();
        assert_golden(&format!("inspect-{width}.txt"), &text);
        text.clear();
        verification(Vec::new()).render(&style, &mut text).unwrap();
        assert_golden(&format!("verify-{width}.txt"), &text);
        text.clear();
        verification(vec![violation()]).render(&style, &mut text).unwrap();
        assert_golden(&format!("verify-moved-{width}.txt"), &text);
        text.clear();
        reconciled().render(&style, &mut text).unwrap();
        assert_golden(&format!("reconcile-{width}.txt"), &text);
    }
}

#[test]
fn explanations_are_as_they_were_approved() {
    for (name, explanation) in [
        ("explain", explained()),
        ("explain-unresolved", explained_unresolved()),
        ("explain-plan", told_by_a_plan()),
        ("explain-hostile", explained_hostile()),
    ] {
        for width in [60, 100] {
            let mut text = Vec::new();
            explanation.render(&plain(width), &mut text).unwrap();
            assert_golden(&format!("{name}-{width}.txt"), &text);
        }
    }
    let mut text = Vec::new();
    explained().render(&plain(100), &mut text).unwrap();
    let lines = String::from_utf8(text).unwrap().lines().count();
    assert!(lines <= 42, "{lines} lines are more than a screen");
}

/// Everything that people are shown, in one text.
fn shown(report: &Report, rows: &[Row<'_>], style: &Style) -> String {
    let mut text = summary(report, &sample(rows, Redaction::Keep), style);
    let strange = Verdicts { notes: Vec::new(), certificates: report.certificates.clone() };
    strange.render(style, &mut text).unwrap();
    verdicts().render(style, &mut text).unwrap();
    explained_hostile().render(style, &mut text).unwrap();
    let mut strange = requests();
    for request in &mut strange.requests {
        for text in [&mut request.file, &mut request.subject, &mut request.key] {
            text.clone_from(&report.notes[0]);
        }
        request.names.clone_from(&report.notes);
        request.findings[0].detail.clone_from(&report.notes[0]);
    }
    strange.render(style, &mut text).unwrap();
    let mut strange = inspection();
    strange.export = report.export.clone();
    strange.render(style, &mut text).unwrap();
    let mut strange = violation();
    strange.what.clone_from(&report.notes[0]);
    strange.expected.clone_from(&report.notes[0]);
    verification(vec![strange]).render(style, &mut text).unwrap();
    reconciled().render(style, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn no_line_is_wider_than_the_terminal_and_none_has_controls() {
    for (report, rows) in [(rich(), rich_rows()), hostile()] {
        for width in (40..=200).step_by(7) {
            for line in shown(&report, &rows, &plain(width)).lines() {
                // A line for the map is copied, so it is never cut.
                let copied = ["      map:", "      or:", "  map line", "  or  "]
                    .into_iter()
                    .any(|label| line.starts_with(label));
                assert!(copied || layout::width(line) <= width, "{width}: {line:?}");
                assert!(!line.chars().any(escape::is_deceptive), "{line:?}");
            }
        }
        // Odd terminals get a page of a sane width.
        for (width, sane) in [(0, 40), (39, 40), (1_000, 200)] {
            assert_eq!(shown(&report, &rows, &plain(width)), shown(&report, &rows, &plain(sane)));
        }
    }
}

#[test]
fn of_many_hosts_a_brief_summary_shows_the_first() {
    let mut report = rich();
    report.endpoints = std::iter::repeat_n(report.endpoints.swap_remove(0), 30).collect();
    let mut text = [Vec::new(), Vec::new()];
    for (detail, text) in [Detail::Brief, Detail::Full].into_iter().zip(&mut text) {
        render_summary(&report, &Sample::default(), detail, &plain(100), text).unwrap();
    }
    let [brief, full] = text.map(|text| String::from_utf8(text).unwrap());
    assert!(brief.contains("and 10 hosts more: see a report"), "{brief}");
    assert!(brief.contains("and 25 hosts more: see a report"), "{brief}");
    assert!(!full.contains("more: see a report"), "{full}");
    assert_eq!(full.matches("map:  ").count(), 30);
    assert_eq!(full.matches("next:").count(), 1, "what holds for all is said once");
}

/// A place that is full after some bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_report_that_cannot_be_written_whole_is_an_error() {
    let (report, rows) = (rich(), rich_rows());
    for (ending, kind) in Kind::ALL {
        let whole = rendered(kind, Redaction::Keep, &report, &rows).len();
        for room in [0, 1, whole / 2, whole - 1, whole] {
            let spool = Box::new(std::io::Cursor::new(Vec::new()));
            let mut renderer = renderer(kind, Redaction::Keep, Box::new(Full(room)), spool);
            let done = renderer
                .begin(&report)
                .and_then(|()| rows.iter().try_for_each(|row| renderer.row(row)))
                .and_then(|()| renderer.finish(Some(&plan())));
            assert_eq!(done.is_ok(), room == whole, "{ending} with room for {room} of {whole}");
        }
    }
}

#[test]
fn nothing_personal_is_left_in_a_redacted_report() {
    for (ending, kind) in Kind::ALL {
        let text = rendered(kind, Redaction::Redact, &rich(), &rich_rows());
        let text = String::from_utf8(text).unwrap();
        for word in ["corp.example", "jane", "max@"] {
            assert!(!text.contains(word), "{word} in {ending}:\n{text}");
        }
    }
}

#[test]
fn only_jsonl_lines_and_json_hold_rows_without_end() {
    let mut report = rich();
    let rows: Vec<Row<'_>> = std::iter::repeat_n(rich_rows().swap_remove(0), 1_003).collect();
    report.ledger = Ledger::default();
    report.ledger.add(Class::Rewritten, 1_003);
    let text =
        String::from_utf8(rendered(Kind::Markdown, Redaction::Keep, &report, &rows)).unwrap();
    assert!(text.contains("## Changes (the first 1,000 of 1,003)"));
    assert!(text.ends_with("\nand 3 more: see the JSONL or CSV report\n"));
    let text = rendered(Kind::Json, Redaction::Keep, &report, &rows);
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(json["changes"].as_array().map(Vec::len), Some(1_003));
    let text = String::from_utf8(rendered(Kind::Jsonl, Redaction::Keep, &report, &rows)).unwrap();
    assert_eq!(text.lines().last(), Some(r#"{"type":"end","changes":1003,"held":0}"#));
}

#[test]
fn rows_that_a_report_does_not_want_make_no_difference() {
    let mut report = rich();
    let rows: Vec<Row<'_>> = std::iter::repeat_with(rich_rows).flatten().take(4_000).collect();
    let class = |row: &Row<'_>| match row {
        Row::Change(_) => Class::Rewritten,
        Row::Held(held) => held.class,
    };
    report.ledger = Ledger::default();
    rows.iter().for_each(|row| report.ledger.add(class(row), 1));
    for (ending, kind) in Kind::ALL {
        for redaction in [Redaction::Keep, Redaction::Redact] {
            let kept = Kept::default();
            let spool = Box::new(std::io::Cursor::new(Vec::new()));
            let mut renderer = renderer(kind, redaction, Box::new(kept.clone()), spool);
            renderer.begin(&report).unwrap();
            let mut given = 0;
            for row in &rows {
                if renderer.wants(class(row)) {
                    given += 1;
                    renderer.row(row).unwrap();
                }
            }
            renderer.finish(Some(&plan())).unwrap();
            let all = rendered(kind, redaction, &report, &rows);
            assert!(kept.bytes() == all, "{ending}, given {given}");
            assert_eq!(given < rows.len(), kind == Kind::Markdown, "{ending}: {given}");
        }
    }
}

#[test]
fn a_page_is_inert_whatever_strangers_write() {
    let (report, rows) = hostile();
    let text = String::from_utf8(rendered(Kind::Html, Redaction::Keep, &report, &rows)).unwrap();
    // The line breaks are our own.
    assert!(!text.chars().any(|c| c != '\n' && escape::is_deceptive(c)));
    let page = String::from_utf8(golden(Kind::Html, Redaction::Keep, &report, &rows)).unwrap();
    assert!(!page.contains("<b>"), "{page}");
    assert_eq!(page.matches("</script>").count(), page.matches("<script").count());
    // Without a plan there is nothing to answer.
    assert!(page.contains("id=\"answered\""));
    let kept = Kept::default();
    let spool = Box::new(std::io::Cursor::new(Vec::new()));
    let mut renderer = renderer(Kind::Html, Redaction::Keep, Box::new(kept.clone()), spool);
    renderer.begin(&report).unwrap();
    renderer.finish(None).unwrap();
    assert!(!String::from_utf8(kept.bytes()).unwrap().contains("id=\"answered\""));
}

#[test]
fn a_page_lists_the_first_rows_as_markup_and_holds_all_as_data() {
    let mut report = rich();
    let rows: Vec<Row<'_>> = std::iter::repeat_n(rich_rows().swap_remove(0), 1_003).collect();
    report.ledger = Ledger::default();
    report.ledger.add(Class::Rewritten, 1_003);
    let text = String::from_utf8(rendered(Kind::Html, Redaction::Keep, &report, &rows)).unwrap();
    assert_eq!(text.matches("<tr><td class=\"number\">").count(), 100);
    assert!(text.contains("and 903 records more: see the JSONL or CSV report"));
    let chunks: Vec<usize> = text
        .split("class=\"rows\">")
        .skip(1)
        .map(|chunk| {
            let json = chunk.split("</script>").next().unwrap();
            let chunk: serde_json::Value = serde_json::from_str(json).unwrap();
            chunk["record"].as_array().unwrap().len()
        })
        .collect();
    assert_eq!(chunks, [1_000, 3]);
}

#[test]
fn a_spreadsheet_reads_the_csv_report_back() {
    let (report, rows) = hostile();
    let text = rendered(Kind::Csv, Redaction::Keep, &report, &rows);
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut reader = ::csv::Reader::from_reader(text);
    let records: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let conflicts = report.carry.as_ref().map_or(0, |carry| carry.conflicts.len());
    assert_eq!(records.len(), conflicts + rows.len());
    for field in records.iter().flatten() {
        assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{field:?}");
    }
}
