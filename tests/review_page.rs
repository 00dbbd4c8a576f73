//! The review page in a real browser: it asks for nothing and does what it offers, on every
//! screen, on paper and without script. Pictures are kept in `target/review/`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod browser;
mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use browser::{Browser, DELETE, DOWN, END, ENTER};
use common::{Folder, samples};
use serde_json::{Value, json};

/// Where pictures are kept, to be looked at.
fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("review");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The demonstration's plan with its page, made once for all tests.
fn demonstration(folder: &Folder) -> PathBuf {
    static MADE: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    let made = MADE.get_or_init(planned);
    for (name, bytes) in ["users.csv", "plan.json", "review.html"].into_iter().zip(made) {
        folder.write(name, bytes);
    }
    folder.join("review.html")
}

/// Its export, its plan and its page.
fn planned() -> [Vec<u8>; 3] {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    let config = lab.write_config(folder.path()).unwrap();
    fs::copy(samples().join("users.csv"), folder.join("users.csv")).unwrap();
    let map = samples().join("map.csv");
    let arguments = ["plan", "users.csv", "-o", "plan.json", "--map", map.to_str().unwrap()];
    let config = ["--config", config.to_str().unwrap(), "--timeout", "1s", "--retries", "0"];
    let run = folder.run(&[&arguments[..], &config, &["--report", "review.html"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    ["users.csv", "plan.json", "review.html"].map(|name| folder.read(name))
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// What a script counts.
fn count(browser: &Browser, selector: &str) -> u64 {
    let script = format!("return document.querySelectorAll({selector:?}).length");
    browser.run(&script).as_u64().unwrap()
}

/// The addresses of the hosts in sight, in their order.
fn addresses(browser: &Browser) -> Vec<String> {
    let script = "return hosts.filter(host => !host.body.hidden).map(host => host.called)";
    serde_json::from_value(browser.run(script)).unwrap()
}

fn text(browser: &Browser, selector: &str) -> String {
    let script = format!("return document.querySelector({selector:?}).textContent");
    browser.run(&script).as_str().unwrap().to_owned()
}

#[test]
fn it_asks_for_nothing_and_does_what_it_offers() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    let page = demonstration(&folder);
    browser.open(&page);
    assert_eq!(browser.console(), [""; 0]);
    assert_eq!(browser.requests(), [format!("file://{}", page.display())]);

    // The doubtful stand first, and a column sorts both ways.
    let shown = addresses(&browser);
    assert_eq!(shown.len(), 21);
    assert_eq!(&shown[..2], ["203.0.113.18:443", "203.0.113.19:443"]);
    assert!(text(&browser, "tbody.host .badge") == "held");
    browser.click("[data-sort=records]");
    assert_eq!(addresses(&browser)[0], "203.0.113.10:443");
    assert_eq!(count(&browser, "th.records[aria-sort=ascending]"), 1);
    browser.click("[data-sort=records]");
    assert_eq!(addresses(&browser)[20], "203.0.113.10:443");
    assert_eq!(count(&browser, "th[aria-sort=descending]"), 1);
    browser.click("[data-sort=rank]");
    assert_eq!(addresses(&browser), shown);

    // A search finds hosts by their evidence, and hosts by their records.
    for (words, hosts, records) in [
        ("c11.webexconnect.com", 1, 1),
        ("USER001@corp", 1, 1),
        ("ambiguous", 1, 1),
        ("user001 c11", 1, 1),
        ("no such thing", 0, 0),
    ] {
        browser.write("#search", words);
        let found = format!(
            "{hosts} host{} and {records} record{} match",
            if hosts == 1 { "" } else { "s" },
            if records == 1 { "" } else { "s" }
        );
        browser.wait_for(&format!("return byId('shown').textContent === {found:?}"));
        assert_eq!(addresses(&browser).len(), hosts, "{words}");
        browser.click("#filters [type=reset]");
        browser.wait_for("return byId('shown').textContent === ''");
    }
    for (show, hosts) in
        [("doubtful", 14), ("held", 6), ("rewritten", 9), ("unresolved", 6), ("unreadable", 0)]
    {
        browser.run(&format!(
            "byId('show').value = {show:?}; byId('filters').dispatchEvent(new Event('input'))"
        ));
        browser.wait_for("return byId('shown').textContent !== ''");
        assert_eq!(addresses(&browser).len(), hosts, "{show}");
        browser.click("#filters [type=reset]");
        browser.wait_for("return byId('shown').textContent === ''");
    }

    // A host opens: its evidence, its certificates, its records.
    browser.click("#host-0 .open");
    assert_eq!(text(&browser, "#host-0 .open[aria-expanded=true]"), "203.0.113.10:443");
    let detail = text(&browser, "#detail-0");
    for words in [
        "named by the certificate at the address and reverse DNS",
        "forward DNS confirms it",
        "Wanted",
        "issued by",
        "35 records",
    ] {
        assert!(detail.contains(words), "{words}: {detail}");
    }
    let row = "#detail-0 .row:first-child";
    assert_eq!(text(&browser, &format!("{row} .cells mark")), "203.0.113.10");
    assert_eq!(text(&browser, &format!("{row} code:nth-child(2) mark")), "c10.webexconnect.com");
    // What is held offers a line for the map.
    browser.click("tbody[data-decision=hold] .open");
    // The button says so for a moment.
    browser.run(
        "const button = document.querySelector('.opened[data-decision=hold] button.copy'); \
         window.said = []; \
         new MutationObserver(() => said.push(button.textContent)) \
            .observe(button, {childList: true})",
    );
    browser.click(".opened[data-decision=hold] button.copy");
    browser.wait_for("return /Copied|Selected/.test(said[0])");
    let line = text(&browser, ".opened[data-decision=hold] .copy code");
    assert_eq!(line, "203.0.113.18,NAME.webex.com");
    assert_eq!(browser.run("return getSelection().toString()"), line);
    assert_eq!(browser.console(), [""; 0]);
    assert_eq!(browser.requests(), [""; 0]);
}

#[test]
fn apply_takes_the_approvals_that_it_saves() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    browser.open(&demonstration(&folder));

    // Nothing is saved for nobody, and nothing without an answer.
    browser.click("#download");
    assert!(count(&browser, "#reviewer:invalid:focus") == 1, "the browser asks for a name");
    browser.write("#reviewer", "Zoë \"Reviewer\" <script>");
    browser.click("#download");
    assert_eq!(text(&browser, "#problem"), "Nothing is answered yet.");

    // All are approved; one is refused, with a note; one row of another is left out, by keyboard.
    browser.click("#tick-all");
    assert_eq!(count(&browser, "tbody.host .tick input:checked"), 9);
    assert_eq!(count(&browser, "tbody.host .tick input:disabled"), 12);
    let refused = "#host-1";
    browser.click(&format!("{refused} .refuse"));
    assert_eq!(count(&browser, "#host-1.refused .refuse[aria-pressed=true]"), 1);
    browser.click(&format!("{refused} .open"));
    browser.write(&format!("{refused} .note input"), "ask \u{202e}Ann\u{202c} first\u{2028}");
    browser.click("#host-0 .open");
    browser.run("document.querySelector('#detail-0 .row[tabindex=\"0\"]').focus()");
    browser.press(&format!("{DOWN}{DOWN}{END} "));
    let chosen = "return document.activeElement.number === rowsOf.get(0)[34]";
    assert_eq!(browser.run(chosen), true);
    browser.press(ENTER);
    browser.press("not this one");
    browser.press("\u{e004}");
    assert_eq!(browser.run("return hostAt.get(0).box.indeterminate"), true);
    let tally = text(&browser, "#tally");
    assert!(tally.starts_with("8 of 9 hosts approved (4"), "{tally}");
    assert!(tally.ends_with("1 refused, 0 not answered; 1 record answered alone"), "{tally}");
    assert_eq!(browser.run("return byId('tick-all').indeterminate"), true);

    // Answers narrow down what is shown.
    browser
        .run("byId('answer').value = 'refuse'; byId('filters').dispatchEvent(new Event('input'))");
    browser.wait_for("return byId('shown').textContent === '2 hosts and 2 records match'");
    browser.click("#filters [type=reset]");

    browser.click("#download");
    assert_eq!(text(&browser, "#problem"), "");
    let saved = browser.downloaded("approvals.json");
    let approvals = json_of(&saved);
    let schema = samples().with_file_name("schema").join("approvals-1.schema.json");
    let schema = jsonschema::validator_for(&json_of(&fs::read(schema).unwrap())).unwrap();
    assert!(schema.is_valid(&approvals), "{approvals:#}");
    assert_eq!(approvals["reviewer"], "Zoë \"Reviewer\" <script>");
    let hosts = approvals["hosts"].as_array().unwrap();
    let refusals: Vec<&Value> = hosts.iter().filter(|it| it["decision"] == "refuse").collect();
    assert_eq!((hosts.len(), refusals.len()), (9, 1));
    assert_eq!(refusals[0]["endpoint"]["address"], "203.0.113.11");
    assert_eq!(refusals[0]["note"], "ask \u{202e}Ann\u{202c} first\u{2028}".trim());
    let row = approvals["rows"][0]["record"].as_u64().unwrap();
    let answer = json!([{"record": row, "decision": "refuse", "note": "not this one"}]);
    assert_eq!(approvals["rows"], answer);

    // `apply` does what was approved, and nothing more.
    folder.write("approvals.json", &saved);
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"];
    let more = ["--approvals", "approvals.json", "--report", "report.json"];
    let run = folder.run(&[&apply[..], &more].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json_of(&folder.read("report.json"));
    let approval = &report["approval"];
    assert_eq!((&approval["approved"], &approval["refused"]), (&json!(41), &json!(2)));
    let changes = report["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 41);
    assert!(changes.iter().all(|change| change["record"] != row), "{row}");
    assert!(!String::from_utf8_lossy(&folder.read("import.csv")).contains("c11.webexconnect.com/"));
    // A byte of the file that changes is noticed.
    let mut edited = saved.clone();
    let at = edited.windows(6).position(|bytes| bytes == b"refuse").unwrap();
    edited[at..at + 6].copy_from_slice(b"Refuse");
    folder.write("approvals.json", &edited);
    assert_eq!(folder.run(&[&apply[..], &more, &["--again", "--force"]].concat()).status, 4);
}

#[test]
fn a_record_is_answered_alone_each_with_its_note() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    browser.open(&demonstration(&folder));
    browser.write("#reviewer", "Zoë");
    browser.click("#host-0 .open");
    let numbers: Vec<u64> = serde_json::from_value(
        browser.run("return rowsOf.get(0).slice(0, 4).map(row => rows.record[row])"),
    )
    .unwrap();
    let row = |at: usize| format!("#detail-0 .row:nth-child({})", at + 1);
    let answers = || {
        browser.click("#download");
        assert_eq!(text(&browser, "#problem"), "");
        let saved = browser.downloaded("approvals.json");
        (json_of(&saved), saved)
    };

    // A note without an answer is nothing that could be saved, and the page goes there.
    browser.click(&format!("{} .key", row(1)));
    browser.run(&format!("document.querySelector({:?}).focus()", row(1)));
    browser.press(ENTER);
    browser.press("not this one\u{e004}");
    browser.click("#download");
    let wrong =
        format!("There is a note on record {} of 203.0.113.10:443 and no answer", numbers[1]);
    assert!(text(&browser, "#problem").starts_with(&wrong), "{}", text(&browser, "#problem"));
    let there = "return rows.record[document.activeElement.number]";
    assert_eq!(browser.run(there), numbers[1]);

    // One is refused by keyboard and another by mouse, two are approved; of the host nothing is said.
    browser.run(&format!("document.querySelector({:?}).focus()", row(1)));
    browser.press(DELETE);
    let pressed = format!("{} .refuse[aria-pressed=true]", row(1));
    assert_eq!(count(&browser, &pressed), 1);
    browser.click(&format!("{} .refuse", row(2)));
    browser.click(&format!("{} .tick input", row(0)));
    browser.write("#detail-0 .panel .note input", "asked Ann\u{e004}");
    browser.click(&format!("{} .tick input", row(3)));
    assert_eq!(
        browser.run("return [hostAt.get(0).box.checked, hostAt.get(0).box.indeterminate]"),
        json!([false, true])
    );
    let tally = text(&browser, "#tally");
    assert!(tally.starts_with("1 of 9 hosts approved (2 records), 0 refused, 8 not"), "{tally}");
    let (approvals, saved) = answers();
    assert_eq!(approvals["hosts"], json!([]));
    let [first, second, third, fourth] = numbers[..] else { panic!("{numbers:?}") };
    assert_eq!(
        approvals["rows"],
        json!([
            {"record": first, "decision": "approve", "note": "asked Ann"},
            {"record": second, "decision": "refuse", "note": "not this one"},
            {"record": third, "decision": "refuse", "note": null},
            {"record": fourth, "decision": "approve", "note": null},
        ])
    );

    // `apply` honours each, and says why; `show` shows the notes.
    folder.write("approvals.json", &saved);
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"];
    let more = ["--approvals", "approvals.json", "--report", "report.json"];
    let run = folder.run(&[&apply[..], &more].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json_of(&folder.read("report.json"));
    let changed: Vec<&Value> =
        report["changes"].as_array().unwrap().iter().map(|it| &it["record"]).collect();
    assert_eq!(changed, [first, fourth]);
    let approval = &report["approval"];
    assert_eq!(
        [&approval["approved"], &approval["refused"], &approval["not_approved"]],
        [2, 2, 39]
    );
    let held = report["held"].as_array().unwrap();
    let of = |record| held.iter().find(|it| it["record"] == record).unwrap();
    for (record, reason, words) in [
        (second, "refused", "`Zoë` refused it: not this one"),
        (third, "refused", "`Zoë` refused it"),
        (numbers[3] + 1, "not-approved", "`Zoë` did not approve it"),
    ] {
        let why = of(record);
        assert_eq!(why["reason"], reason, "{why}");
        assert!(why["explanation"].as_str().unwrap().ends_with(words), "{why}");
    }
    let shown = folder.run(&["show", "approvals.json"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&format!("record {second}: not this one")), "{shown}");
    assert!(shown.contains(&format!("record {first}: asked Ann")), "{shown}");

    // What was refused alone outlives a sweep over all hosts, and is taken back one by one.
    browser.click("#tick-all");
    assert_eq!(count(&browser, &pressed), 1);
    assert_eq!(
        browser.run("return [hostAt.get(0).box.checked, hostAt.get(0).box.indeterminate]"),
        json!([true, true])
    );
    let tally = text(&browser, "#tally");
    assert!(tally.ends_with("0 not answered; 2 records answered alone"), "{tally}");
    browser.click(&format!("{} .refuse", row(2)));
    let (approvals, _) = answers();
    assert_eq!(approvals["hosts"].as_array().unwrap().len(), 9);
    assert_eq!(
        approvals["rows"],
        json!([
            {"record": first, "decision": "approve", "note": "asked Ann"},
            {"record": second, "decision": "refuse", "note": "not this one"},
        ])
    );
    // The same click takes the sweep back, and leaves what was refused.
    browser.click("#tick-all");
    browser.click("#host-0 .refuse");
    assert_eq!(count(&browser, "#host-0.refused"), 1);
    browser.click("#tick-all");
    assert_eq!(count(&browser, "#host-0.refused"), 1);
    assert_eq!(count(&browser, "tbody.host .tick input:checked"), 8);

    // A host whose only record is refused alone is refused, until it is approved itself.
    browser.click("#host-1 .open");
    browser.click("#detail-1 .row .refuse");
    assert_eq!(count(&browser, "#host-1.refused"), 1);
    browser.click("#host-1 .tick input");
    assert_eq!(count(&browser, "#host-1.refused"), 0);
    assert_eq!(
        browser.run("return answers.standing(1)"),
        json!({"approve": 1, "refuse": 0, "all": 1})
    );
    assert_eq!(browser.console(), [""; 0]);
}

/// The names in sight with a label on more than one line, by their text.
const BROKEN: &str = r"
    const lines = text => {
        const range = document.createRange();
        range.selectNodeContents(text);
        return new Set([...range.getClientRects()].map(it => it.top)).size;
    };
    const names = [...document.querySelectorAll('.host .name code')];
    return names.filter(name => [...name.childNodes].some(it => it.data && lines(it) > 1))
        .map(name => name.textContent);
";

#[test]
fn a_name_breaks_between_its_labels_and_is_copied_whole() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    browser.open(&demonstration(&folder));
    browser.click("#tick-all");
    for width in [1440, 1280, 1200, 1024, 940, 900, 390] {
        browser.resize(width, 900);
        assert_eq!(browser.run(BROKEN), json!([]), "{width}");
        let wide = browser.run("return document.documentElement.scrollWidth");
        assert!(wide.as_u64().unwrap() <= width.into(), "{width} scrolls sideways: {wide}");
    }
    let copied = browser.run(
        "const code = document.querySelector('#host-0 .name code'); \
         getSelection().selectAllChildren(code); return getSelection().toString()",
    );
    assert_eq!(copied, "c10.webexconnect.com");
    browser.write("#search", "c11.webexconnect.com");
    browser.wait_for("return byId('shown').textContent.startsWith('1 host ')");
}

/// The text in sight that is too faint for what it stands on (WCAG 2.2, 1.4.3).
const FAINT: &str = r"
    const parts = color => color.match(/[\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b]
        .map(v => v / 255)
        .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
    const behind = element => {
        for (let it = element; it; it = it.parentElement) {
            const back = parts(getComputedStyle(it).backgroundColor);
            if (back.length === 3 || back[3] === 1) return back;
        }
        return [255, 255, 255];
    };
    const faint = new Set();
    const look = (element, color, text) => {
        const pair = [light(parts(color)), light(behind(element))];
        const ratio = (Math.max(...pair) + .05) / (Math.min(...pair) + .05);
        if (ratio < 4.5) faint.add(`${ratio.toFixed(2)}: ${element.className}: ${text.slice(0, 40)}`);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const element = text.parentElement;
        if (!text.data.trim() || !element.checkVisibility() || element.matches('script, option')) continue;
        look(element, getComputedStyle(element).color, text.data);
    }
    for (const field of document.querySelectorAll('input[placeholder]')) {
        if (!field.checkVisibility()) continue;
        look(field, getComputedStyle(field, '::placeholder').color, field.placeholder);
    }
    return [...faint];
";

/// What can be operated and has no name for those who do not see it, and ids given twice.
const NAMELESS: &str = r"
    const named = it => it.ariaLabel || it.labels?.length || it.textContent.trim();
    const ids = [...document.querySelectorAll('[id]')].map(it => it.id);
    return [
        ...[...document.querySelectorAll('button, input, select, [role=grid]')]
            .filter(it => !named(it)).map(it => it.outerHTML.slice(0, 80)),
        ...ids.filter((id, at) => ids.indexOf(id) !== at),
        ...[...document.querySelectorAll('[aria-controls], [aria-labelledby], [aria-describedby]')]
            .flatMap(it => ['aria-controls', 'aria-labelledby', 'aria-describedby'].map(name => it.getAttribute(name)))
            .filter(id => id && !ids.includes(id)),
        ...[...document.querySelectorAll('a[href]')].map(it => it.getAttribute('href')).filter(to => !ids.includes(to.slice(1))),
    ];
";

/// What can get the focus where nobody sees it. The link that skips comes into sight with it.
const AWAY: &str = r"
    return [...document.querySelectorAll('button, input, select, .row')]
        .filter(it => it.checkVisibility() && it.getBoundingClientRect().right <= 0)
        .map(it => it.outerHTML.slice(0, 80));
";

#[test]
fn it_suits_every_screen_and_paper() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    let page = demonstration(&folder);
    fs::copy(&page, pictures().join("review.html")).unwrap();
    browser.open(&page);
    // Something of everything: hosts that are held, unresolved and trusted, answers, a chosen row.
    for host in ["hold", "unresolved", "rewrite"] {
        browser.click(&format!("[data-decision={host}] .open"));
    }
    browser.click("#tick-all");
    browser.click("#host-1 .refuse");
    browser.run("document.querySelector('#records .row').focus()");
    browser.write("#reviewer", "Zoë Reviewer");
    let nothing = json!([]);
    assert_eq!(browser.run(NAMELESS), nothing);
    for (name, scheme, width, height) in [
        ("light", "light", 1280, 900),
        ("dark", "dark", 1280, 900),
        ("narrow", "light", 390, 844),
        ("narrow-dark", "dark", 390, 844),
    ] {
        browser.pretend("screen", scheme);
        browser.resize(width, height);
        assert_eq!(browser.run(FAINT), nothing, "{name}");
        let fits = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(browser.run(fits), true, "{name} scrolls sideways");
        assert_eq!(browser.run(AWAY), nothing, "{name}");
        for (part, selector) in [
            ("top", "header"),
            ("held", "[data-decision=hold]"),
            ("unresolved", "[data-decision=unresolved]"),
            ("trusted", "[data-decision=rewrite]"),
            ("certificate", "[data-decision=rewrite].opened .certificate"),
            ("records", "#records"),
            ("end", "#approvals"),
        ] {
            browser.run(&format!("document.querySelector({selector:?}).scrollIntoView()"));
            browser.settle();
            browser.picture(&pictures().join(format!("{name}-{part}.png")));
        }
    }
    browser.pretend("print", "light");
    browser.resize(794, 1123);
    assert_eq!(browser.run(FAINT), nothing, "on paper");
    browser.run("scrollTo(0, 0)");
    assert_eq!(browser.run("return document.querySelector('#filters').checkVisibility()"), false);
    assert_eq!(browser.run("return document.querySelector('.listed').checkVisibility()"), true);
    browser.whole_picture(&pictures().join("print.png"));
    browser.print(&pictures().join("print.pdf"));
    assert!(fs::metadata(pictures().join("print.pdf")).unwrap().len() > 10_000);
}

#[test]
fn without_script_it_reads() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    browser.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    browser.open(&demonstration(&folder));
    let page = browser.visible_text();
    for words in [
        "43 of 72 records would get a WebEx name",
        "runs no script here",
        "203.0.113.10:443",
        "forward DNS confirms it",
        "What would settle it",
        "203.0.113.18,NAME.webex.com",
        "https://203.0.113.10/photos/u000.jpg",
        "https://c10.webexconnect.com/photos/u000.jpg",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    for words in ["Download approvals", "Search"] {
        assert!(!page.contains(words), "{words}");
    }
    browser.resize(1280, 900);
    browser.whole_picture(&pictures().join("without-script.png"));
}

#[test]
fn a_report_of_what_was_done_takes_no_answers() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    folder.write("users.csv", "email,userProfilePhotoURL\r\na@b.example,https://203.0.113.7/a\r\n");
    folder.write("map.csv", "203.0.113.7,c7.webex.com\n");
    let fix = ["fix", "users.csv", "-o", "import.csv", "--offline", "--map", "map.csv"];
    let run = folder.run(&[&fix[..], &["--report", "review.html"]].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    browser.open(&folder.join("review.html"));
    assert_eq!(browser.console(), [""; 0]);
    assert_eq!(count(&browser, "#approvals"), 0);
    let shown = browser.visible_text();
    assert!(shown.contains("photofix plan EXPORT -o plan.json"), "{shown}");
    browser.click(".open");
    assert_eq!(browser.run("return document.querySelector('.tick').checkVisibility()"), false);
    assert_eq!(count(&browser, ".note"), 0);
}
