//! Every cell of `cells.tsv`, alone and in every dialect: what it is, and which bytes change.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::fmt::Write as _;

use photofix::evidence::OldHost;
use photofix::export::{Choices, Contents, Delimiter, Encoding, Layout, Reader};
use photofix::name::Fqdn;
use photofix::photo::{PhotoCell, classify, host_is_alone, replaced};
use photofix::reference::{Candidate, Scope};
use photofix::rewrite::{Outputs, Rewriter, Treatment, Treatments, Unguarded, rewrite_export};

/// What every marked host becomes.
const NEW_HOST: &str = "c12.webex.com";

struct Row {
    line: usize,
    kind: String,
    endpoint: Option<String>,
    cell: String,
    /// The cell with the marked host replaced; none where none is marked.
    rewritten: Option<String>,
}

fn rows() -> Vec<Row> {
    let table = include_str!("cells.tsv");
    let lines = table.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    let rows: Vec<Row> = lines
        .map(|(at, line)| {
            let parts: Vec<&str> = line.splitn(3, '\t').collect();
            let [kind, endpoint, cell] = parts[..] else { panic!("line {}: {line}", at + 1) };
            let marked = unescaped(cell);
            let rewritten = marked.split_once('«').map(|(before, rest)| {
                let (_, after) = rest.split_once('»').unwrap();
                format!("{before}{NEW_HOST}{after}")
            });
            Row {
                line: at + 1,
                kind: kind.to_owned(),
                endpoint: Some(endpoint.to_owned()).filter(|endpoint| endpoint != "-"),
                cell: marked.replace(['«', '»'], ""),
                rewritten,
            }
        })
        .collect();
    assert!(rows.len() >= 120, "{} cells", rows.len());
    rows
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match characters.next().unwrap() {
            't' => '\t',
            'r' => '\r',
            'n' => '\n',
            's' => ' ',
            '\\' => '\\',
            'u' => {
                let digits: String = characters.by_ref().take_while(|c| *c != '}').collect();
                let digits = digits.trim_start_matches('{');
                char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap()
            }
            other => panic!("\\{other}"),
        });
    }
    out
}

fn scope() -> Scope {
    let domains = ["webex.com", "webexconnect.com", "webexcontent.com"];
    Scope {
        domains: domains.iter().map(|domain| Fqdn::parse(domain).unwrap()).collect(),
        ..Scope::default()
    }
}

#[test]
fn every_cell_is_what_the_table_says() {
    let (scope, new_host) = (scope(), Fqdn::parse(NEW_HOST).unwrap());
    let mut wrong = String::new();
    for row in rows() {
        let cell = classify(&row.cell, &scope.domains);
        let endpoint = match &cell {
            PhotoCell::Url(url) => url.endpoint().map(|endpoint| endpoint.to_string()),
            _ => None,
        };
        let rewritten = match &cell {
            PhotoCell::Url(url) if url.endpoint().is_some() => {
                host_is_alone(&row.cell, url, &new_host).unwrap();
                Some(replaced(&row.cell, &url.host_span, new_host.as_str()))
            }
            _ => None,
        };
        if (cell.kind(), &endpoint, &rewritten)
            != (row.kind.as_str(), &row.endpoint, &row.rewritten)
        {
            let found = (cell.kind(), endpoint, rewritten);
            writeln!(wrong, "line {}: {:?} is {found:?}", row.line, row.cell).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Text as a file of an encoding holds it; none where it cannot.
fn encoded(text: &str, encoding: Encoding, bom: bool) -> Option<Vec<u8>> {
    let text = if bom { format!("\u{feff}{text}") } else { text.to_owned() };
    Some(match encoding {
        Encoding::Utf8 => text.into_bytes(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Latin1 => {
            text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>()?
        }
    })
}

/// A file with one record around a cell. The cell is escaped when `like` needs it, so that an
/// expected file keeps the quotes of the file that it is expected of.
fn file(cell: &str, like: &str, delimiter: char, quote_all: bool) -> String {
    let escape = quote_all || like.contains([delimiter, '"', '\r', '\n']);
    let cell = if escape { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() };
    let others = if quote_all { "\"+49\"" } else { "+49" };
    format!(
        "email{delimiter}userProfilePhotoURL{delimiter}phoneBusinessNumber\r\n\
         a@corp.example.com{delimiter}{cell}{delimiter}{others}\r\n"
    )
}

#[test]
fn in_every_dialect_only_the_hosts_bytes_change() {
    let scope = scope();
    let candidate = Candidate {
        name: Fqdn::parse(NEW_HOST).unwrap(),
        sources: Default::default(),
        support: None,
    };
    let to = scope.admit(&candidate).unwrap();
    let dialects = [
        (Encoding::Utf8, false),
        (Encoding::Utf8, true),
        (Encoding::Utf16Le, true),
        (Encoding::Utf16Be, true),
        (Encoding::Latin1, false),
    ];
    let mut compared = 0;
    for row in rows() {
        let cell = classify(&row.cell, &scope.domains);
        let endpoint = match &cell {
            PhotoCell::Url(url) => url.endpoint(),
            _ => None,
        };
        let by_endpoint: HashMap<_, _> = endpoint
            .inspect(|endpoint| {
                assert!(!matches!(&endpoint.host, OldHost::Bare(b) if b.is_empty()))
            })
            .map(|endpoint| (endpoint, Treatment::Rewrite(to.clone())))
            .into_iter()
            .collect();
        let treatments =
            Treatments { domains: scope.domains.clone(), by_endpoint, unplanned: None };
        let expected_cell = row.rewritten.as_deref().unwrap_or(&row.cell);
        for (encoding, bom) in dialects {
            for delimiter in Delimiter::ALL {
                for quote_all in [false, true] {
                    let mark = char::from(delimiter.as_byte());
                    let before = file(&row.cell, &row.cell, mark, quote_all);
                    let after = file(expected_cell, &row.cell, mark, quote_all);
                    let (Some(before), Some(after)) =
                        (encoded(&before, encoding, bom), encoded(&after, encoding, bom))
                    else {
                        continue;
                    };
                    let choices = Choices {
                        encoding: Some(encoding),
                        delimiter: Some(delimiter),
                        column: None,
                        layout: Layout::Headered,
                    };
                    let mut reader = Reader::open(before.as_slice(), &choices).unwrap();
                    let mut import = Vec::new();
                    let mut outputs = Outputs {
                        import: &mut import,
                        contents: Contents::Everything,
                        rollback: None,
                    };
                    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
                    rewrite_export(
                        &mut reader,
                        &mut rewriter,
                        &mut Unguarded,
                        &mut outputs,
                        &mut (),
                    )
                    .unwrap();
                    let place = format!("line {} {encoding} {delimiter}", row.line);
                    assert!(import == after, "{place}: {}", String::from_utf8_lossy(&import));
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 4_000, "{compared}");
}
