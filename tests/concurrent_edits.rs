//! Ten thousand edits between two exports, and a plan that is carried from the one to the other:
//! no cell moves but the approved ones, and every change that is not made is listed. What should
//! come out is worked out here from the edits, by nothing that the program uses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Folder;
use photofix::seal;
use serde_json::{Value, json};

/// Users of the export that is planned for.
const USERS: usize = 3_000;
/// Edits between the exports.
const EDITS: usize = 10_000;

/// Hosts that the map decides, and their names; the reviewer approves the first and the fourth,
/// refuses the second, and does not mention the others. A port of its own is a host of its own.
const DECIDED: [(&str, &str); 5] = [
    ("203.0.113.7", "c7.webex.com"),
    ("203.0.113.8", "c8.webex.com"),
    ("203.0.113.9", "c9.webex.com"),
    ("[2001:db8::7]", "a-longer-name-than-the-address.webexconnect.com"),
    ("203.0.113.7:8443", "c7.webex.com:8443"),
];
const APPROVED: [bool; 5] = [true, false, false, true, false];

/// Hosts that are none of the plan's business.
const OTHERS: [&str; 5] =
    ["c1.webex.com", "photos.example.org", "198.51.100.1", "ldap-photos", "c7.webex.com"];

/// A generator of the same numbers every time (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % sides
    }

    fn of<'a>(&mut self, things: &[&'a str]) -> &'a str {
        things[self.roll(things.len())]
    }
}

/// A record: whose, the photo cell, another column, and whether it is written in quotes.
#[derive(Clone)]
struct Row {
    key: String,
    cell: String,
    phone: String,
    quoted: bool,
}

impl Row {
    fn to_csv(&self, cell: &str) -> String {
        match self.quoted {
            true => format!("\"{}\",\"{cell}\",\"{}\"\r\n", self.key, self.phone),
            false => format!("{},{cell},{}\r\n", self.key, self.phone),
        }
    }

    /// Whose it is, as WebEx would know it.
    fn user(&self) -> Option<String> {
        let key = self.key.trim().to_lowercase();
        (!key.is_empty() && key != "-").then_some(key)
    }

    /// Which of the decided hosts the cell names.
    fn decided(&self) -> Option<usize> {
        let rest = self.cell.strip_prefix("https://")?;
        let host = rest.split('/').next()?;
        DECIDED.iter().position(|(decided, _)| *decided == host)
    }

    /// The cell with the name in place of the host.
    fn fixed(&self) -> Option<String> {
        let (host, name) = DECIDED[self.decided()?];
        Some(self.cell.replacen(host, name, 1))
    }
}

fn file(rows: &[Row]) -> String {
    let rows = rows.iter().map(|row| row.to_csv(&row.cell));
    "email,userProfilePhotoURL,phoneMobileNumber\r\n".to_owned() + &rows.collect::<String>()
}

fn cell(dice: &mut Dice) -> String {
    let path = dice.roll(1_000_000);
    match dice.roll(10) {
        0..8 => format!("https://{}/p/{path}.jpg", DECIDED[dice.roll(DECIDED.len())].0),
        8 => format!("https://{}/p/{path}.jpg", dice.of(&OTHERS)),
        _ => dice.of(&["", "-", "N/A"]).to_owned(),
    }
}

fn row(dice: &mut Dice, number: usize) -> Row {
    let key = format!("user{number}@corp.example.com");
    let phone = format!("+41 44 {:07}", dice.roll(10_000_000));
    Row { key, cell: cell(dice), phone, quoted: dice.roll(2) == 0 }
}

/// Something that happens to a user while the plan is being reviewed.
fn edit(dice: &mut Dice, rows: &mut Vec<Row>, newest: &mut usize) {
    let at = dice.roll(rows.len());
    match dice.roll(16) {
        0..3 => rows[at].cell = cell(dice),
        3 => rows[at].cell.push('x'),
        4 | 5 => {
            // Somebody does by hand what the plan would do.
            if let Some(fixed) = rows[at].fixed() {
                rows[at].cell = fixed;
            }
        }
        6..9 => rows[at].phone = format!("+41 79 {:07}", dice.roll(10_000_000)),
        9 => rows[at].quoted ^= true,
        10 => rows[at].key = rows[at].key.to_uppercase(),
        11 => {
            let other = dice.roll(rows.len());
            rows.swap(at, other);
        }
        12 => {
            rows.remove(at);
        }
        13 => {
            *newest += 1;
            let row = row(dice, *newest);
            rows.insert(at, row);
        }
        14 if dice.roll(4) == 0 => {
            let twin = Row { cell: cell(dice), ..rows[at].clone() };
            rows.push(twin);
        }
        15 if dice.roll(4) == 0 => rows[at].key = dice.of(&["", "-", " "]).to_owned(),
        _ => {}
    }
}

/// What should come out: the import file, and `reason key` of every conflict.
fn expected(
    planned: &[Row],
    fresh: &[Row],
    answer: &dyn Fn(usize) -> Option<bool>,
) -> (String, BTreeSet<String>) {
    let count = |rows: &[Row]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        rows.iter().filter_map(Row::user).for_each(|user| *counts.entry(user).or_default() += 1);
        counts
    };
    let (in_planned, in_fresh) = (count(planned), count(fresh));
    let of = |counts: &BTreeMap<String, usize>, user: &str| counts.get(user).copied().unwrap_or(0);
    // A record of the planned export that is approved to change.
    let approved = |at: usize| {
        let host = planned[at].decided()?;
        answer(at).unwrap_or(APPROVED[host]).then(|| planned[at].fixed().unwrap())
    };
    let mut conflicts = BTreeSet::new();
    let mut rows = String::new();
    for (number, row) in fresh.iter().enumerate() {
        let mut cell = row.cell.clone();
        if let (Some(host), Some(fixed)) = (row.decided(), row.fixed()) {
            let user = row.user();
            let before: Vec<usize> = match &user {
                Some(user) => (0..planned.len())
                    .filter(|at| planned[*at].user().as_ref() == Some(user))
                    .collect(),
                None => Vec::new(),
            };
            let alone = user.as_ref().is_some_and(|user| of(&in_fresh, user) == 1);
            let decided: Vec<usize> =
                before.iter().copied().filter(|at| planned[*at].decided().is_some()).collect();
            let refused = !decided.is_empty() && decided.iter().all(|at| approved(*at).is_none());
            match before.as_slice() {
                _ if user.is_none() => drop(conflicts.insert(format!("no-key found {number}"))),
                _ if refused => {}
                _ if !alone => drop(conflicts.insert(format!("twice {}", user.unwrap()))),
                [] if APPROVED[host] => cell = fixed,
                [] => {}
                [one] if approved(*one).is_some() && planned[*one].cell == row.cell => cell = fixed,
                [_] => drop(conflicts.insert(format!("changed-since {}", user.unwrap()))),
                _ => drop(conflicts.insert(format!("twice-when-planned {}", user.unwrap()))),
            }
        }
        rows.push_str(&row.to_csv(&cell));
    }
    for (at, row) in planned.iter().enumerate() {
        let Some(new) = approved(at) else { continue };
        let Some(user) = row.user() else {
            conflicts.insert(format!("no-key planned {at}"));
            continue;
        };
        let now: Vec<&Row> =
            fresh.iter().filter(|row| row.user().as_ref() == Some(&user)).collect();
        match now.as_slice() {
            [_, _, ..] => drop(conflicts.insert(format!("twice {user}"))),
            _ if of(&in_planned, &user) > 1 => {
                conflicts.insert(format!("twice-when-planned {user}"));
            }
            [] => drop(conflicts.insert(format!("gone {user}"))),
            [one] if one.cell == row.cell || one.cell == new => {}
            [_] => drop(conflicts.insert(format!("changed-since {user}"))),
        }
    }
    ("email,userProfilePhotoURL,phoneMobileNumber\r\n".to_owned() + &rows, conflicts)
}

fn found_conflicts(report: &Value) -> BTreeSet<String> {
    let conflicts = report["carry"]["conflicts"].as_array().unwrap().iter();
    conflicts
        .map(|conflict| {
            let reason = conflict["reason"].as_str().unwrap();
            let number = |key: &str| conflict[key]["record"].as_u64().map(|number| number - 1);
            match (conflict["key"].as_str(), number("planned"), number("found")) {
                (Some(key), ..) => format!("{reason} {key}"),
                (None, Some(planned), _) => format!("{reason} planned {planned}"),
                (None, None, found) => format!("{reason} found {}", found.unwrap()),
            }
        })
        .collect()
}

#[test]
fn no_cell_moves_but_the_approved_ones_and_every_conflict_is_listed() {
    for seed in [1, 20_261_120, 4_711] {
        let mut dice = Dice(seed);
        let mut planned: Vec<Row> = (0..USERS).map(|number| row(&mut dice, number)).collect();
        // A few that are odd from the beginning.
        for _ in 0..20 {
            let at = dice.roll(planned.len());
            let twin = Row { cell: cell(&mut dice), ..planned[at].clone() };
            planned.push(twin);
            let at = dice.roll(planned.len());
            planned[at].key = dice.of(&["", "-"]).to_owned();
        }
        let folder = Folder::new();
        folder.write("users.csv", file(&planned));
        // The map decides a host on every port.
        let map = DECIDED[..4].iter();
        let map = map.map(|(host, name)| format!("{},{name}\n", host.trim_matches(['[', ']'])));
        folder.write("map.csv", map.collect::<String>());
        let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
        assert_eq!(folder.run(&plan).status, 3);

        let host = |at: usize, decision: &str| {
            let address = DECIDED[at].0.trim_matches(['[', ']']);
            json!({
                "endpoint": {"address": address, "port": 443, "scheme": "https"},
                "decision": decision,
            })
        };
        let mut rows: BTreeMap<usize, bool> = BTreeMap::new();
        while rows.len() < 200 {
            let at = dice.roll(planned.len());
            if planned[at].decided().is_some() {
                rows.insert(at, dice.roll(2) == 0);
            }
        }
        let answers = rows.iter().map(|(at, approved)| {
            let decision = if *approved { "approve" } else { "refuse" };
            json!({"record": at + 1, "decision": decision, "note": null})
        });
        let approvals = json!({
            "schema": "photofix.approvals/1",
            "plan": {
                "sha256": seal::sha256(&folder.read("plan.json")),
                "export_sha256": seal::sha256(&folder.read("users.csv")),
            },
            "reviewer": "Jane Doe",
            "time": "2026-11-20T09:30:00Z",
            "hosts": [host(0, "approve"), host(1, "refuse"), host(3, "approve")],
            "rows": answers.collect::<Vec<_>>(),
            "sha256": seal::UNSEALED,
        });
        folder.write("approvals.json", seal::to_file(&approvals).unwrap());

        let mut fresh = planned.clone();
        let mut newest = USERS;
        (0..EDITS).for_each(|_| edit(&mut dice, &mut fresh, &mut newest));
        folder.write("fresh.csv", file(&fresh));
        let rebase = ["apply", "--plan", "plan.json", "--export", "fresh.csv", "--rebase", "-o"];
        let more = ["import.csv", "--approvals", "approvals.json", "--report", "r.json"];
        let rollback = ["--rollback", "rollback.csv"];
        let run = folder.run(&[&rebase[..], &more, &rollback].concat());
        assert_eq!(run.status, 3, "{}", run.stderr);

        let (import, conflicts) = expected(&planned, &fresh, &|at| rows.get(&at).copied());
        let found = String::from_utf8(folder.read("import.csv")).unwrap();
        for ((number, found), expected) in found.lines().enumerate().zip(import.lines()) {
            assert_eq!(found, expected, "seed {seed}, line {}", number + 1);
        }
        assert!(found == import);
        let report = json_of(&folder.read("r.json"));
        let listed = found_conflicts(&report);
        let missing: Vec<_> = conflicts.difference(&listed).collect();
        let more: Vec<_> = listed.difference(&conflicts).collect();
        assert_eq!((missing, more), (vec![], vec![]), "seed {seed}");
        // Something of everything happened.
        for word in ["changed-since", "gone", "twice ", "twice-when-planned", "no-key planned"] {
            assert!(conflicts.iter().any(|conflict| conflict.starts_with(word)), "{word}");
        }
        let number = |key: &str| report["carry"][key].as_u64().unwrap();
        assert!(number("carried") > 100 && number("newcomers") > 50 && number("already") > 20);
        let ledger = &report["ledger"];
        assert_eq!(ledger["records"], fresh.len());
        assert_eq!(ledger["rewritten"], number("carried") + number("newcomers"));
        let run = folder.run(&["verify", "fresh.csv", "import.csv"]);
        assert_eq!(run.status, 0, "{}", run.text());
        take_back(&folder, &mut dice, &fresh, &import, &mut newest);
    }
}

/// Takes the changes back: at once, and after more edits.
fn take_back(folder: &Folder, dice: &mut Dice, fresh: &[Row], import: &str, newest: &mut usize) {
    let reverse = ["apply", "--plan", "plan.json", "--reverse", "--force", "-o", "back.csv"];
    let run = folder.run(&[&reverse[..], &["--export", "import.csv"]].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(folder.read("back.csv") == folder.read("fresh.csv"));

    let mut after = fresh.to_vec();
    let mut ours: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (row, line) in after.iter_mut().zip(import.lines().skip(1)) {
        let fixed = row.fixed().filter(|fixed| row.to_csv(fixed).trim_end() == line);
        if let Some(fixed) = fixed {
            let old = std::mem::replace(&mut row.cell, fixed.clone());
            ours.insert(row.user().unwrap(), (old, fixed));
        }
    }
    assert!(file(&after) == import);
    (0..EDITS / 4).for_each(|_| edit(dice, &mut after, newest));
    folder.write("after.csv", file(&after));
    let more = ["--export", "after.csv", "--report", "back.json"];
    let run = folder.run(&[&reverse[..], &more].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    after.iter().filter_map(Row::user).for_each(|user| *counts.entry(user).or_default() += 1);
    let mut expected = after.clone();
    let (mut back, mut already) = (0, 0);
    for row in &mut expected {
        let Some(user) = row.user() else { continue };
        let Some((old, new)) = ours.get(&user).filter(|_| counts[&user] == 1) else { continue };
        already += usize::from(row.cell == *old);
        if row.cell == *new {
            row.cell.clone_from(old);
            back += 1;
        }
    }
    assert!(String::from_utf8(folder.read("back.csv")).unwrap() == file(&expected));
    let report = json_of(&folder.read("back.json"));
    let carry = &report["carry"];
    assert_eq!((&carry["carried"], &carry["already"]), (&back.into(), &already.into()));
    let conflicts = carry["conflicts"].as_array().unwrap().len();
    assert_eq!(back + already + conflicts, ours.len(), "every change of ours is accounted for");
    assert!(back > 100 && conflicts > 50, "{back} {conflicts}");
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}
