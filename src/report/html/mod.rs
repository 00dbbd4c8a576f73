//! The review page: one HTML file in which a reviewer sees what will happen, and answers for it.
//!
//! Nothing is loaded from anywhere, and nothing can be clicked that leads outside: the page's own
//! policy ([`assets::policy`]) forbids whatever its markup does not hold. The hosts are markup and
//! read without script. The rows may be hundreds of thousands: they are compact data ([`rows`])
//! that the page's script draws as they scroll into view; the first [`ROWS_LISTED`] are markup
//! too, for paper and for readers without script.
//!
//! What a stranger wrote reaches the markup through `maud`, which escapes it, and leaves through
//! one exit ([`write_markup`]) where characters that nobody can see are shown by their code
//! points. In the data of the rows it stands as [`PageText`](super::escape::PageText).

mod answers;
mod assets;
mod certificate;
mod conflicts;
mod doubt;
mod evidence;
mod hosts;
mod overview;
mod prose;
mod rows;

use std::collections::HashMap;
use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;

use super::escape::VisibleMarkup;
use super::json::append_compact;
use super::words::{counted, outcome};
use super::{PlanIdentity, Renderer, Report, Row};
use crate::evidence::Endpoint;
use crate::ledger::Class;
use rows::Rows;

/// Rows that stand in the page as markup.
const ROWS_LISTED: u64 = 100;

/// The review page, written to `out`.
pub(super) struct Html {
    out: Box<dyn Write>,
    /// The numbers by which rows name their endpoints: their places in the report.
    places: HashMap<Endpoint, usize, foldhash::fast::RandomState>,
    export_sha256: String,
    rows: Rows,
    /// Rows that stand as markup so far, and all that there will be.
    listed: u64,
    all: u64,
    /// What stands below them; none once it is written.
    closing: Option<Markup>,
}

/// What the page's answers are for.
#[derive(Serialize)]
struct Answered<'a> {
    plan: PlanReference<'a>,
    made: &'a str,
}

/// A plan, as `photofix.approvals/1` names it.
#[derive(Serialize)]
struct PlanReference<'a> {
    sha256: &'a str,
    export_sha256: &'a str,
}

impl Html {
    /// A page written to `out`.
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self {
            out,
            places: HashMap::default(),
            export_sha256: String::new(),
            rows: Rows::default(),
            listed: 0,
            all: 0,
            closing: None,
        }
    }

    /// Ends what people read of the page; data follows.
    fn end_body(&mut self) -> io::Result<()> {
        let Some(closing) = self.closing.take() else { return Ok(()) };
        let more = self.all.saturating_sub(self.listed);
        let out = &mut self.out;
        let markup = html! {
            (PreEscaped("</tbody></table>"))
            @if more > 0 {
                p { "and " (counted(more, "record")) " more: see the JSONL or CSV report" }
            }
            (PreEscaped("</div></section>"))
            (closing)
            (PreEscaped("</main>"))
        };
        write_markup(out, &markup)
    }

    /// Writes the rows gathered, if there are any.
    fn write_rows(&mut self) -> io::Result<()> {
        self.end_body()?;
        match self.rows.take() {
            Some(chunk) => write_data(&mut self.out, "class=\"rows\"", &chunk),
            None => Ok(()),
        }
    }
}

impl Renderer for Html {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.export_sha256.clone_from(&report.export.sha256);
        self.all = report.ledger.records() - report.ledger.of(Class::Untouched);
        let endpoints: Vec<&Endpoint> = report.endpoints.iter().map(|it| &it.endpoint).collect();
        self.places =
            endpoints.iter().enumerate().map(|(place, it)| ((*it).clone(), place)).collect();
        self.closing = Some(answers::section(report));
        let out = &mut self.out;
        write_markup(out, &head(report))?;
        write_asset(out, "style", assets::STYLE)?;
        write_asset(out, "script", assets::EARLY)?;
        write_markup(out, &html! { (PreEscaped("</head><body>")) (overview::header(report)) })?;
        write_markup(out, &html! { (PreEscaped("<main>")) (overview::filters(report)) })?;
        hosts::table(report, &mut |markup| write_markup(out, &markup))?;
        if let Some(carry) = &report.carry {
            write_markup(out, &conflicts::section(carry))?;
        }
        write_markup(out, &rows::opening(report))?;
        write_data(out, "id=\"endpoints\"", &endpoints)
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        if self.listed == ROWS_LISTED {
            self.end_body()?;
        } else {
            self.listed += 1;
            write_markup(&mut self.out, &rows::markup(row))?;
        }
        let endpoint = match row {
            Row::Change(change) => change.endpoint,
            Row::Held(held) => held.endpoint,
        };
        let place = endpoint.and_then(|endpoint| self.places.get(endpoint)).copied();
        self.rows.push(row, place);
        if self.rows.is_full() { self.write_rows() } else { Ok(()) }
    }

    fn finish(&mut self, plan: Option<&PlanIdentity>) -> io::Result<()> {
        self.write_rows()?;
        if let Some(plan) = plan {
            let PlanIdentity { sha256, made } = plan;
            let plan = PlanReference { sha256, export_sha256: &self.export_sha256 };
            write_data(&mut self.out, "id=\"answered\"", &Answered { plan, made })?;
        }
        write_asset(&mut self.out, "script", assets::SCRIPT)?;
        self.out.write_all(b"</body></html>\n")?;
        self.out.flush()
    }
}

/// The page's head up to its style; it stays open.
fn head(report: &Report) -> Markup {
    html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\"><head>"))
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(assets::policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            // No reader shall make links of the numbers and addresses that it believes to see.
            meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no";
            title { (outcome(report)) }
    }
}

/// Writes markup. What nobody could see in it is shown.
fn write_markup(out: &mut dyn Write, markup: &Markup) -> io::Result<()> {
    write!(out, "{}", VisibleMarkup(&markup.0))
}

/// Writes data for the script: an element that no browser shows or runs.
fn write_data(out: &mut dyn Write, attribute: &str, data: &impl Serialize) -> io::Result<()> {
    let mut json = Vec::new();
    // `<` is escaped there: no string can end the element.
    append_compact(data, &mut json)?;
    write!(out, "\n<script type=\"application/json\" {attribute}>")?;
    out.write_all(&json)?;
    out.write_all(b"</script>")
}

/// Writes one of our own scripts or styles, whose digest the policy knows.
fn write_asset(out: &mut dyn Write, element: &str, asset: &'static str) -> io::Result<()> {
    write!(out, "<{element}>{asset}</{element}>")
}
