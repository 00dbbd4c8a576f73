//! How fast records come out of an export that is already in memory.
//!
//! `cargo bench --bench reader [-- FILE…]` prints GB/s, the best of several rounds, for the files
//! given (headered exports) or for rows made up here.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use photofix::export::{Choices, Encoding, Reader};

const ROUNDS: usize = 7;
const MADE_UP_BYTES: usize = 128 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` passes `--bench` itself.
    let files: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    for file in &files {
        report(file, &std::fs::read(file)?)?;
    }
    if files.is_empty() {
        let text = made_up();
        report("UTF-8, made up", text.as_bytes())?;
        let wide = Encoding::Utf16Le.encode(&text);
        report("UTF-16LE, made up", &wide)?;
    }
    Ok(())
}

fn report(name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut best = Duration::MAX;
    let mut records = 0;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        records = read(bytes)?;
        best = best.min(begin.elapsed());
    }
    let speed = bytes.len() as f64 / best.as_secs_f64() / 1e9;
    println!("{speed:6.2} GB/s  {records} records  {name}");
    Ok(())
}

/// Looks at every photo cell's bytes.
fn read(bytes: &[u8]) -> Result<u64, Box<dyn Error>> {
    let mut reader = Reader::open(bytes, &Choices::default())?;
    while let Some(record) = reader.next_record()? {
        black_box(record.photo().map(|photo| photo.raw().first().copied()));
    }
    Ok(reader.seen().records)
}

/// Rows like WebEx's: 28 columns, every eighth with an escaped field, every hundredth with a line
/// break in one.
fn made_up() -> String {
    let mut text = String::with_capacity(MADE_UP_BYTES + 1024);
    let columns: Vec<String> = (1..=27).map(|n| format!("column{n}")).collect();
    text.push_str(&columns.join(","));
    text.push_str(",userProfilePhotoURL\r\n");
    let mut row = 0;
    while text.len() < MADE_UP_BYTES {
        row += 1;
        let name = match row {
            n if n % 100 == 0 => "\"Müller, Jürgen\r\nBuilding \"\"F\"\"\"",
            n if n % 8 == 0 => "\"Featherstonehaugh, Elizabeth\"",
            _ => "Elizabeth Raghunathan",
        };
        let cells = ",Senior Engineer,Main Street 12,San Jose,CA,95134,US".repeat(4);
        text.push_str(&format!("{row:07},{name},,{cells},https://c1.webex.com/p/{row}.jpg\r\n"));
    }
    text
}
