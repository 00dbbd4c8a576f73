//! Exports like WebEx's: 28 columns, cells that need quotes, line breaks in some, names of many
//! languages, photo URLs of every kind. The same options give the same bytes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use photofix::export::Encoding;

/// Distinct addresses among the photo URLs.
const ADDRESSES: u64 = 200;

/// What an export is like.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Its length, or a little more.
    pub(crate) bytes: u64,
    /// Of a hundred rows, how many have an address in their photo URL.
    pub(crate) addresses: u64,
    /// How it is written.
    pub(crate) encoding: Encoding,
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
    "zip",
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

/// Writes one; gives the number of its rows.
pub(crate) fn write(path: &Path, shape: Shape) -> io::Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let delimiter = if shape.encoding == Encoding::Utf8 { "," } else { "\t" };
    if shape.encoding != Encoding::Utf8 {
        out.write_all(shape.encoding.byte_order_mark())?;
    }
    let mut written = 0;
    let mut rows = 0;
    let mut text = COLUMNS.join(delimiter) + "\r\n";
    while written < shape.bytes {
        while text.len() < 1 << 16 {
            row(&mut text, rows, shape.addresses, delimiter);
            rows += 1;
        }
        let bytes = shape.encoding.encode(&text);
        out.write_all(&bytes)?;
        written += bytes.len() as u64;
        text.clear();
    }
    out.into_inner()?.sync_all()?;
    Ok(rows)
}

fn row(text: &mut String, row: u64, addresses: u64, delimiter: &str) {
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
    let address = below(ADDRESSES);
    let photo = match below(100) {
        n if n < addresses => {
            format!("https://10.0.{}.{}:8443/photos/{row}.jpg", address / 100, address % 100)
        }
        n if n < addresses + 30 => String::new(),
        n if n < addresses + 35 => "-".to_owned(),
        _ => format!("https://c{address}.webex.com/photos/u{row:08}.jpg?v={}", below(90)),
    };
    let phone = 2_000_000 + below(7_000_000);
    let zip = below(99_999);
    let cells: [&str; 28] = [
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

/// The map that names every address.
pub(crate) fn write_map(path: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for address in 0..ADDRESSES {
        let host = format!("10.0.{}.{}", address / 100, address % 100);
        writeln!(out, "{host},photo-{address}.dc{}.webexconnect.com", address % 7)?;
    }
    out.flush()
}
