//! What strangers write (cells, keys, names in DNS, certificates, file names) stays text on the
//! review page, in the table for spreadsheets and on the terminal; the import file has it byte for
//! byte.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod browser;
mod common;

use std::fmt::Write as _;
use std::path::Path;

use browser::Browser;
use common::Folder;
use lab::{Certificate, Lab};
use serde_json::Value;

/// What a page, a script, a parser, a terminal or a spreadsheet could stumble over.
const PIECES: [&str; 30] = [
    "</script>",
    "<script>hacked=1;alert(1)</script>",
    "<img src=x onerror=hacked=1>",
    "<svg/onload=hacked=1>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "</table></template></style></title></textarea>",
    "\"onfocus=hacked=1 autofocus=\"",
    "'onfocus=hacked=1 autofocus='",
    "javascript:hacked=1",
    "data:text/html,<script>alert(1)</script>",
    "&lt;b&gt;&amp;&#60;",
    "\\u003cscript\\u003e",
    "${hacked=1}",
    "{{hacked=1}}",
    "`hacked=1`",
    "<a href=https://evil.example>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<iframe srcdoc=x>",
    "\u{2028}\u{2029}",
    "\u{202e}\u{2066}\u{2069}",
    "\u{0}\u{7}\u{1b}[31m\u{9b}c",
    "\u{feff}\u{200b}\u{ad}",
    "=cmd|' /C calc'!A0",
    "+1;-1;@SUM(A1)",
    "写真Größe",
    "\u{1f600}",
];

/// Texts made of those pieces, always the same ones.
struct Texts(u64);

impl Texts {
    fn next(&mut self, pieces: usize) -> String {
        let mut text = String::new();
        for _ in 0..pieces {
            // Numerical Recipes' linear congruential generator: no more is needed.
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(PIECES[(self.0 >> 33) as usize % PIECES.len()]);
        }
        text
    }
}

/// A field as RFC 4180 has it.
fn field(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A text as the page shows it, by what the browser's own Unicode tables hold for invisible.
const VISIBLE: &str = r"
    const visible = text => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, c =>
        `<U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);
";

/// What the export is called; Windows allows less.
const NAME: &str = if cfg!(windows) {
    "&lt;b onload='hacked=1'&gt;.csv"
} else {
    "<img src=x onerror=hacked=1>\"'&\u{202e}.csv"
};

/// Strangers of every kind: reverse DNS, and what certificates say.
fn strangers() -> Lab {
    Lab::builder()
        .ptr("203.0.113.10", &["c10.webexconnect.com", "<svg/onload=hacked=1>.webex.com"])
        .host("c10.webexconnect.com", &["203.0.113.10"])
        .photo_server(
            "203.0.113.10",
            443,
            Certificate::for_names(&[
                "c10.webexconnect.com",
                "</script><script>hacked=1</script>.webex.com",
                "\"><img src=x onerror=hacked=1>.webex.com",
            ])
            .common_name("</script><script>hacked=1</script>\u{202e}"),
        )
        .ptr("203.0.113.20", &["a20.webex.com"])
        .photo_server(
            "203.0.113.20",
            443,
            Certificate::for_names(&["'onfocus=hacked=1 autofocus='.webex.com"]).self_signed(),
        )
        .start()
        .unwrap()
}

/// An export, and of each record that a report lists the key and the photo cell.
fn export() -> (String, Vec<(String, String)>) {
    let mut texts = Texts(7);
    let names = [field(&texts.next(2)), "email".to_owned(), "userProfilePhotoURL".to_owned()];
    let mut export = names.join(",") + "\r\n";
    let mut expected = Vec::new();
    for row in 0..300_usize {
        let host = ["203.0.113.10", "203.0.113.20"][row % 2];
        let key = format!("{}@corp.example", texts.next(row % 4 + 1));
        let path = texts.next(row % 5);
        // What a URL parser would take for something else than a path or a user.
        let user = texts.next(row % 3).replace(['/', '\\', '?', '#', '@', '<', '>'], "_");
        let at = if user.is_empty() { "" } else { "@" };
        // Some cells are no URL at all, and no report lists them.
        let lone = texts.next(row % 4 + 1);
        let cell = match row % 10 {
            9 => lone,
            _ => format!("https://{user}{at}{host}/{path}"),
        };
        write!(export, "{},{},{}\r\n", field(&texts.next(1)), field(&key), field(&cell)).unwrap();
        // A key is shown without the blanks around it.
        if row % 10 != 9 {
            expected.push((key.trim().to_owned(), cell));
        }
    }
    (export, expected)
}

#[test]
fn what_strangers_write_stays_text() {
    let folder = Folder::new();
    let lab = strangers();
    let config = lab.write_config(folder.path()).unwrap();
    let (export, expected) = export();
    folder.write(NAME, &export);
    let common = ["--config", config.to_str().unwrap(), "--timeout", "1s", "--retries", "0"];
    let plan = ["plan", NAME, "-o", "plan.json"];
    let reports = ["--report", "review.html", "--report", "report.csv", "--report", "report.json"];
    let run = folder.run(&[&plan[..], &reports, &common].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);

    // The terminal.
    let unseen = |c: char| c.is_control() && c != '\n' || ('\u{2028}'..='\u{202e}').contains(&c);
    assert!(!run.text().contains(unseen), "{:?}", run.text());
    for command in [["show", "plan.json"], ["show", "report.json"], ["inspect", NAME]] {
        let run = folder.run(&command);
        assert_eq!(run.status, 0, "{command:?}: {}", run.stderr);
        assert!(!run.text().contains(unseen), "{command:?}: {:?}", run.text());
    }
    // The table for spreadsheets.
    let table = folder.read("report.csv");
    let mut table = csv::Reader::from_reader(table.strip_prefix("\u{feff}".as_bytes()).unwrap());
    let records: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), expected.len());
    for field in records.iter().flatten() {
        assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{field:?}");
    }
    // The import file.
    let apply = ["apply", NAME, "--plan", "plan.json", "-o", "import.csv"];
    let run = folder.run(&apply);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let fixed = export.replace("203.0.113.10/", "c10.webexconnect.com/");
    assert!(folder.read("import.csv") == fixed.as_bytes(), "more moved than hosts");
    let run = folder.run(&["verify", NAME, "import.csv"]);
    assert_eq!(run.status, 0, "{}", run.text());

    let Some(browser) = Browser::start() else { return };
    assert_inert(&browser, &folder.join("review.html"), &expected);
}

/// Nothing is asked for, refused or thrown, nothing runs, and every row says what its record says.
fn assert_inert(browser: &Browser, page: &Path, expected: &[(String, String)]) {
    browser.open(page);
    let nothing: [&str; 0] = [];
    assert_eq!(browser.console(), nothing);
    assert_eq!(browser.requests().len(), 1);
    // Everything is opened and touched.
    browser.run(
        "document.querySelectorAll('.open').forEach(button => button.click()); \
         document.querySelectorAll('button.copy').forEach(button => button.click()); \
         document.querySelectorAll('.row').forEach(row => row.focus()); \
         byId('search').value = '<script>'; byId('filters').dispatchEvent(new Event('input'))",
    );
    browser.wait_for("return byId('shown').textContent !== ''");
    browser.click("#filters [type=reset]");
    browser.wait_for("return byId('shown').textContent === ''");
    assert_eq!(browser.run("return typeof hacked"), "undefined");
    // The strangers are there.
    let told = browser.run("return document.querySelector('#hosts').textContent");
    for words in [
        "</script><script>hacked=1</script>.webex.com",
        "\"><img src=x onerror=hacked=1>.webex.com",
        // As RFC 4514 writes it.
        "CN=\\</script\\>\\<script\\>hacked=1\\</script\\><U+202E>",
        "'onfocus=hacked=1 autofocus='.webex.com",
    ] {
        assert!(told.as_str().unwrap().contains(words), "{words} in {told}");
    }
    // The document has our elements, and none that somebody smuggled in.
    let strange = "return [...document.querySelectorAll('*')].map(it => it.localName) \
        .filter(name => !(' html head meta title style script body a header main section p h1 h2 \
        h3 h4 h5 div span ul ol li dl dt dd svg rect table thead tbody tr th td button input \
        select option label form code mark small strong details summary noscript br wbr ' \
        .includes(` ${name} `)))";
    assert_eq!(browser.run(strange), serde_json::json!([]));
    for (selector, number) in [
        ("script:not([type])", 2),
        ("script[type]", 2),
        ("svg", 1),
        ("meta", 6),
        ("a", 1),
        (
            "[src], [href]:not(.skip), [autofocus], [style]:not([style*=height]):not([style*=transform])",
            0,
        ),
    ] {
        let script = format!("return document.querySelectorAll({selector:?}).length");
        assert_eq!(browser.run(&script), number, "{selector}");
    }
    let handlers = "return [...document.querySelectorAll('*')] \
        .flatMap(it => it.getAttributeNames()).filter(name => name.startsWith('on')).length";
    assert_eq!(browser.run(handlers), 0);
    // And every row says what its record says, with nothing hidden in it.
    let shown = "return [...Array(rows.count).keys()].map(row => \
        [rows.key[row], rows.before[row] + rows.host[row] + rows.after[row]])";
    let wanted = serde_json::to_string(expected).unwrap();
    let wanted = browser.run(&format!(
        "{VISIBLE} return {wanted}.map(([key, cell]) => [visible(key), visible(cell)])"
    ));
    let shown = browser.run(shown);
    let (shown, wanted): (&Vec<Value>, &Vec<Value>) =
        (shown.as_array().unwrap(), wanted.as_array().unwrap());
    assert_eq!(shown.len(), wanted.len());
    for (shown, wanted) in shown.iter().zip(wanted) {
        assert_eq!(shown, wanted);
    }
    let drawn = "return [...document.querySelectorAll('#records .row')].every(row => \
        row.querySelector('.key').textContent === rows.key[row.number])";
    assert_eq!(browser.run(drawn), true);
    let unseen = r"return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(document.querySelector('main').innerText
        .replaceAll('\n', '').replaceAll('\t', ''))";
    assert_eq!(browser.run(unseen), false);
    assert_eq!(browser.console(), nothing);
    assert_eq!(browser.requests(), nothing);
}
