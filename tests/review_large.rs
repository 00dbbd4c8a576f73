//! The review page of 200,000 changed rows: small enough to send, there at once, and written in
//! memory that does not grow with the rows.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and measures"
)]

mod browser;
mod common;

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use browser::{Browser, DOWN, END};
use common::Folder;

const ROWS: usize = 200_000;
const HOSTS: usize = 40;
/// How soon the page is there, drawn and ready, from the moment it is asked for.
const OPENED: Duration = Duration::from_secs(3);
/// How often it may be opened to be that fast once: the machine may be busy with other tests.
const ATTEMPTS: usize = 5;
/// The largest page, in bytes.
const LARGEST: u64 = 30_000_000;
/// What ten times the rows may need in memory besides, in kB: what an allocator keeps.
const MORE_MEMORY: u64 = 4_000;

/// Plans an export of so many rows, with its page; gives the most memory that was needed, in kB,
/// where the system says that.
fn plan(folder: &Folder, rows: usize) -> u64 {
    let mut export = String::from("employeeID,email,userProfilePhotoURL,businessUnit\r\n");
    for row in 0..rows {
        let host = row * 7_919 % HOSTS + 1;
        write!(
            export,
            "{row:06},firstname.lastname{row:06}@corp.example.com,\
             https://203.0.113.{host}/photos/{:02}/firstname.lastname{row:06}.jpg,IT\r\n",
            row % 97
        )
        .unwrap();
    }
    folder.write("users.csv", export);
    folder.write("map.csv", "203.0.113.0/24,c10.webexconnect.com\n");
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv", "--force"];
    let mut run = folder
        .command(&[&plan[..], &["--report", "review.html"]].concat())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", run.id());
    let mut peak = 0;
    let ended = loop {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(now.unwrap_or(0));
        if let Some(ended) = run.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(ended.success(), "{ended}");
    peak
}

#[test]
fn two_hundred_thousand_rows_are_there_at_once() {
    let folder = Folder::new();
    let few = plan(&folder, ROWS / 10);
    let many = plan(&folder, ROWS);
    println!("memory: {few} kB for {} rows, {many} kB for {ROWS}", ROWS / 10);
    assert!(many <= few + MORE_MEMORY, "{few} kB, then {many} kB");
    let page = folder.join("review.html");
    let size = fs::metadata(&page).unwrap().len();
    println!("page: {size} bytes, {} per row", size / ROWS as u64);
    assert!(size < LARGEST, "{size}");

    let Some(browser) = Browser::start() else { return };
    let in_time = (0..ATTEMPTS).any(|_| {
        browser.open(&page);
        browser.settle();
        let script = "return [performance.getEntriesByType('navigation')[0].loadEventEnd, \
                      performance.now()].map(Math.round)";
        let found = browser.run(script);
        println!("opened: {} ms to the load event, {} ms until it was drawn", found[0], found[1]);
        Duration::from_millis(found[1].as_u64().unwrap()) < OPENED
    });
    assert!(in_time, "it never opened within {OPENED:?}");
    assert_eq!(browser.console(), [""; 0]);

    // Few of the rows are in the document, and the last is as near as the first.
    let drawn = "return document.querySelectorAll('.row').length";
    assert!(browser.run(drawn).as_u64().unwrap() < 100);
    browser.run("document.querySelector('#records .row').focus()");
    browser.press(&format!("{END}{DOWN}"));
    assert_eq!(browser.run("return document.activeElement.number"), ROWS - 1);
    let seen = "const row = document.activeElement.getBoundingClientRect(); \
                const list = document.querySelector('#records .list').getBoundingClientRect(); \
                return row.top >= list.top && row.bottom <= list.bottom + 1";
    assert_eq!(browser.run(seen), true);
    assert!(browser.run(drawn).as_u64().unwrap() < 100);

    let start = Instant::now();
    browser.write("#search", "lastname123456@");
    browser.wait_for("return byId('shown').textContent === '1 host and 1 record match'");
    println!("searched: {} ms, typing and waiting included", start.elapsed().as_millis());
    assert_eq!(browser.run("return document.querySelectorAll('#records .row').length"), 1);
    browser.click("#filters [type=reset]");
    browser.wait_for("return byId('shown').textContent === ''");
    let start = Instant::now();
    browser.click("#tick-all");
    println!("approved: {} ms", start.elapsed().as_millis());
    let approved = "return byId('tally').textContent.includes('(200,000 records)')";
    assert_eq!(browser.run(approved), true);
}
