//! What a look at an export's health costs, on records that are already in memory.
//!
//! `cargo bench --bench health [-- FILE…]` prints nanoseconds per record without the look and with
//! it, the best of several rounds, for the files given or for rows made up here: sound ones, sound
//! ones with all fields in quotes, and ones of which every tenth is damaged.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use photofix::export::{Choices, Encoding, Reader};
use photofix::health::Health;

const ROUNDS: usize = 7;
const RECORDS: usize = 200_000;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` passes `--bench` itself.
    let files: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    for file in &files {
        report(file, &std::fs::read(file)?)?;
    }
    if files.is_empty() {
        for (name, quote, damaged) in
            [("sound", "", false), ("sound, in quotes", "\"", false), ("damaged", "", true)]
        {
            let text = made_up(quote, damaged);
            report(&format!("UTF-8, {name}"), text.as_bytes())?;
            report(&format!("UTF-16LE, {name}"), &Encoding::Utf16Le.encode(&text))?;
        }
    }
    Ok(())
}

fn report(name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut best = [Duration::MAX; 2];
    let mut records = 0;
    for _ in 0..ROUNDS {
        for (looks, best) in [false, true].into_iter().zip(&mut best) {
            let begin = Instant::now();
            records = read(bytes, looks)?;
            *best = (*best).min(begin.elapsed());
        }
    }
    let [reading, looking] = best.map(|time| time.as_nanos() as f64 / records as f64);
    println!("{reading:6.0} ns  {looking:6.0} ns  {records} records  {name}");
    Ok(())
}

fn read(bytes: &[u8], looks: bool) -> Result<u64, Box<dyn Error>> {
    let mut reader = Reader::open(bytes, &Choices::default())?;
    let mut health = Health::new(reader.dialect());
    if looks {
        reader.keep_fields();
    }
    while let Some(record) = reader.next_record()? {
        if looks {
            health.look(&record);
        }
    }
    black_box(health.finish());
    Ok(reader.seen().records)
}

/// Rows like WebEx's, every fourth of an international name.
fn made_up(quote: &str, damaged: bool) -> String {
    let line = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{quote}{cell}{quote}")).collect();
        cells.join(",") + "\r\n"
    };
    let mut text = line(&[
        "employeeID",
        "displayName",
        "firstName",
        "lastName",
        "email",
        "userName",
        "jobTitle",
        "address1",
        "city",
        "state",
        "zipCode",
        "ISOcountry",
        "phoneBusinessISOCountry",
        "phoneBusinessNumber",
        "phoneMobileNumber",
        "fax",
        "userProfilePhotoURL",
        "center",
    ]);
    for row in 0..RECORDS {
        let (id, email) = (format!("{row:07}"), format!("user{row}@corp.example.com"));
        let (phone, mobile) = (format!("+1408{row:07}"), format!("+49 711 {row:07}"));
        let photo = format!("https://c1.webex.com/photos/{row}.jpg");
        let names =
            if row % 4 == 0 { ["Łukasz", "Müller"] } else { ["Elizabeth", "Raghunathan"] };
        let name = names.join(" ");
        let mut cells = [
            &id,
            &name,
            names[0],
            names[1],
            &email,
            &email,
            "Senior Engineer",
            "12 Main Street",
            "San Jose",
            "CA",
            "09134",
            "US",
            "1",
            &phone,
            &mobile,
            "",
            &photo,
            "No",
        ];
        if damaged && row % 10 == 0 {
            let (field, value) = match row / 10 % 5 {
                0 => (1, "Åukasz MÃ¼ller"),
                1 => (13, "1.41E+11"),
                2 => (10, "9134"),
                3 => (4, "user1@corp.example.com"),
                _ => (15, "N/A"),
            };
            cells[field] = value;
        }
        text += &line(&cells);
    }
    text
}
