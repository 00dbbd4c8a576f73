//! The review page in a real browser: it asks for nothing, it does what it offers, it is fast with
//! 200,000 rows, and what strangers wrote in it stays text. Pictures are kept in `target/review/`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and measures"
)]

mod browser;
mod common;

use std::fs;
use std::path::PathBuf;

use browser::Browser;
use common::{Folder, samples};

/// Where pictures are kept, to be looked at.
fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("review");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The plan of the demonstration, with its page.
fn demonstration(folder: &Folder) -> PathBuf {
    let lab = lab::demo::webex().start().unwrap();
    let config = lab.write_config(folder.path()).unwrap();
    let (users, map) = (samples().join("users.csv"), samples().join("map.csv"));
    let run = folder.run(&[
        "plan",
        users.to_str().unwrap(),
        "-o",
        "plan.json",
        "--map",
        map.to_str().unwrap(),
        "--config",
        config.to_str().unwrap(),
        "--timeout",
        "1s",
        "--retries",
        "0",
        "--report",
        "review.html",
        "--report",
        "report.json",
    ]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    folder.join("review.html")
}

#[test]
fn pictures_for_people() {
    let Some(browser) = Browser::start() else { return };
    let folder = Folder::new();
    let page = demonstration(&folder);
    fs::copy(&page, pictures().join("review.html")).unwrap();
    browser.open(&page);
    println!("{:?}", browser.console());
    println!("{:?}", browser.requests());
    for (name, scheme, width) in
        [("light", "light", 1280), ("dark", "dark", 1280), ("narrow", "light", 390)]
    {
        browser.pretend("screen", scheme);
        browser.resize(width, 900);
        browser.run(
            "document.querySelectorAll('.opened .open').forEach(b => b.click()); scrollTo(0,0)",
        );
        browser.picture(&pictures().join(format!("{name}-1.png")));
        browser.run("document.querySelectorAll('.open')[1].click(); document.querySelectorAll('.open')[12].click(); document.querySelectorAll('.open')[1].scrollIntoView()");
        browser.picture(&pictures().join(format!("{name}-2.png")));
        browser.run("document.querySelectorAll('.open')[12].scrollIntoView()");
        browser.picture(&pictures().join(format!("{name}-3.png")));
        browser.run("scrollTo(0, 1e6)");
        browser.picture(&pictures().join(format!("{name}-4.png")));
    }
    browser.pretend("print", "light");
    browser.print(&pictures().join("print.pdf"));
}
