//! Exports like WebEx's, for benchmarks: 28 columns, cells that need quotes, line breaks in some,
//! names of many languages, photo URLs of every kind. The same shape gives the same bytes.
//!
//! ```
//! use lab::exports::{Shape, Size};
//!
//! let shape = Shape { size: Size::Rows(10), ..Shape::default() };
//! let mut export = Vec::new();
//! assert_eq!(shape.write(&mut export)?, 10);
//! assert!(String::from_utf8(export)?.contains(",userProfilePhotoURL,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, Write};
use std::net::Ipv4Addr;

use photofix::export::Encoding;

/// What an export is like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its length.
    pub size: Size,
    /// Of a hundred rows, how many have an address in their photo URL.
    pub addresses: u64,
    /// Distinct addresses among the photo URLs; at most 65,536. Where every row has one, they come
    /// in turn.
    pub distinct: u64,
    /// What stands in front of the addresses.
    pub scheme: &'static str,
    /// What stands behind them: nothing, or a colon and the port.
    pub port: &'static str,
    /// How it is written: UTF-8 with commas, UTF-16 with a byte order mark and tabs.
    pub encoding: Encoding,
}

/// How long an export is.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    /// So many bytes, or a little more.
    Bytes(u64),
    /// So many rows below the header.
    Rows(u64),
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            size: Size::Bytes(1 << 20),
            addresses: 1,
            distinct: 200,
            scheme: "https",
            port: ":8443",
            encoding: Encoding::Utf8,
        }
    }
}

const COLUMNS: [&str; 28] = [
    "displayName",
    "firstName",
    "lastName",
    "email",
    "userName",
    "jobTitle",
    "address1",
    "address2",
    "city",
    "state",
    "zipCode",
    "ISOcountry",
    "phoneBusinessISOCountry",
    "phoneBusinessNumber",
    "phoneMobileISOCountry",
    "phoneMobileNumber",
    "fax",
    "policyGroupName",
    "userProfilePhotoURL",
    "activeConnect",
    "center",
    "storageAllocated",
    "CUCMClusterName",
    "businessUnit",
    "IMLoggingEnable",
    "endpointName",
    "autoUpgradeSiteName",
    "employeeID",
];

const NAMES: [(&str, &str); 8] = [
    ("Elizabeth", "Featherstonehaugh"),
    ("Jürgen", "Müller"),
    ("Zoë", "Ångström"),
    ("Wei", "王伟"),
    ("John", "Smith"),
    ("María José", "Núñez"),
    ("Priya", "Raghunathan"),
    ("Oleg", "Соколов"),
];

/// Bytes of text that are gathered before they are written.
const CHUNK: usize = 1 << 16;

impl Shape {
    /// Writes one; gives the number of its rows.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, out: &mut impl Write) -> io::Result<u64> {
        let delimiter = if self.encoding == Encoding::Utf8 { "," } else { "\t" };
        if self.encoding != Encoding::Utf8 {
            out.write_all(self.encoding.byte_order_mark())?;
        }
        let (mut written, mut rows) = (0, 0);
        let mut text = COLUMNS.join(delimiter) + "\r\n";
        loop {
            let is_long_enough = match self.size {
                Size::Bytes(bytes) => written >= bytes,
                Size::Rows(wanted) => rows >= wanted,
            };
            if is_long_enough || text.len() >= CHUNK {
                let bytes = self.encoding.encode(&text);
                out.write_all(&bytes)?;
                text.clear();
            }
            if is_long_enough {
                return Ok(rows);
            }
            let before = text.len();
            self.row(&mut text, rows, delimiter);
            written += self.length(&text[before..]);
            rows += 1;
        }
    }

    fn length(&self, text: &str) -> u64 {
        match self.encoding {
            Encoding::Utf8 | Encoding::Latin1 => text.len() as u64,
            Encoding::Utf16Le | Encoding::Utf16Be => 2 * text.encode_utf16().count() as u64,
        }
    }

    fn row(&self, text: &mut String, row: u64, delimiter: &str) {
        // Numbers that look random and are those of the row alone (Steele and others, "SplitMix64").
        let mut state = row.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut below = |limit: u64| {
            state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB).wrapping_add(row);
            (state ^ (state >> 31)) % limit
        };
        let (first, last) = NAMES[below(8) as usize];
        let display = match below(100) {
            0 => format!("\"{last}, {first}\r\nBuilding \"\"F\"\"\""),
            1..=12 => format!("\"{last}, {first}\""),
            _ => format!("{first} {last}"),
        };
        let nth = if self.addresses == 100 { row % self.distinct } else { below(self.distinct) };
        let photo = match below(100) {
            n if n < self.addresses => {
                format!("{}://{}{}/photos/{row}.jpg", self.scheme, address(nth), self.port)
            }
            n if n < self.addresses + 30 => String::new(),
            n if n < self.addresses + 35 => "-".to_owned(),
            _ => format!("https://c{nth}.webex.com/photos/u{row:08}.jpg?v={}", below(90)),
        };
        let phone = 2_000_000 + below(7_000_000);
        let zip = below(99_999);
        let cells: [&str; COLUMNS.len()] = [
            &display,
            first,
            last,
            &format!("user{row:08}@example.com"),
            &format!("user{row:08}@example.com"),
            "Senior Engineer",
            "170 West Tasman Drive",
            "",
            "San José",
            "CA",
            &format!("{zip:05}"),
            "US",
            "1",
            &format!("+1408{phone}"),
            "",
            "",
            "",
            "Default Group",
            &photo,
            "Yes",
            "CT-UK",
            "1024",
            "",
            "Collaboration",
            "No",
            "",
            "",
            &format!("{row:07}"),
        ];
        text.push_str(&cells.join(delimiter));
        text.push_str("\r\n");
    }

    /// The map that names every address: [`host`] of each.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_map(&self, out: &mut impl Write) -> io::Result<()> {
        (0..self.distinct).try_for_each(|nth| writeln!(out, "{},{}", address(nth), host(nth)))
    }
}

/// The `nth` address of the photo URLs, from 0: `10.0.0.0`, `10.0.0.1`, …
pub fn address(nth: u64) -> Ipv4Addr {
    let [.., third, fourth] = nth.to_be_bytes();
    Ipv4Addr::new(10, 0, third, fourth)
}

/// The name that the `nth` address shall have.
pub fn host(nth: u64) -> String {
    format!("photo-{nth}.dc{}.webexconnect.com", nth % 7)
}
