//! Files that administrators hand in by mistake, known by what they are.

use std::fmt;

use super::columns::same;

/// A file that is no WebEx Messenger export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// An Office Open XML workbook.
    Xlsx,
    /// A workbook in the format of Excel before 2007, or another OLE compound file.
    Xls,
    /// A ZIP archive other than a workbook.
    Zip,
    /// Something compressed with gzip.
    Gzip,
    /// A PDF document.
    Pdf,
    /// UTF-32 text.
    Utf32,
    /// A web page.
    Html,
    /// An XML document.
    Xml,
    /// JSON text.
    Json,
    /// The users CSV of Webex Meetings Site Administration (Control Hub, "Meetings").
    MeetingsUsers,
    /// The users CSV of Control Hub.
    ControlHubUsers,
    /// The "Connect User Report" of the Administration Tool.
    ConnectReport,
}

impl Foreign {
    /// What to do instead.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Xlsx | Self::Xls => {
                "give the file that the Administration Tool exported, unopened: a spreadsheet \
                 drops the leading zeros and `+` of telephone numbers, and saving as CSV does not \
                 bring them back"
            }
            Self::Zip => "extract the archive and give the CSV file in it",
            Self::Gzip => "decompress it first, for instance with `gzip -d`",
            Self::Utf32 => "give the file as exported; WebEx takes UTF-8 and UTF-16LE only",
            Self::Pdf | Self::Json | Self::Xml => {
                "export the users in the Administration Tool: User tab > More Actions > \
                 Import/Export"
            }
            Self::Html => {
                "this may be a sign-in page saved in place of the export; sign in to the \
                 Administration Tool and download the export again"
            }
            Self::MeetingsUsers | Self::ControlHubUsers | Self::ConnectReport => {
                "it holds no photo URLs; export the users in the WebEx Messenger Administration \
                 Tool: User tab > More Actions > Import/Export"
            }
        }
    }

    /// Recognises a file by its first bytes, where these cannot begin an export.
    pub(super) fn by_signature(head: &[u8]) -> Option<Self> {
        let holds = |needle: &[u8]| memchr::memmem::find(head, needle).is_some();
        let zip = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06");
        if zip && (holds(b"xl/") || holds(b"opendocument.spreadsheet")) {
            return Some(Self::Xlsx);
        }
        let signatures: [(&[u8], Self); 6] = [
            (b"\xFF\xFE\0\0", Self::Utf32),
            (b"\0\0\xFE\xFF", Self::Utf32),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Self::Xls),
            (b"\x1F\x8B", Self::Gzip),
            (b"%PDF-", Self::Pdf),
            (b"PK", Self::Zip),
        ];
        signatures
            .into_iter()
            .find(|(signature, what)| head.starts_with(signature) && (*what != Self::Zip || zip))
            .map(|(_, what)| what)
    }

    /// Recognises a text by how it begins. To be asked only about a text without photo column.
    pub(super) fn by_beginning(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        let begins =
            |with: &str| text.get(..with.len()).is_some_and(|t| t.eq_ignore_ascii_case(with));
        if begins("<!doctype html") || begins("<html") {
            Some(Self::Html)
        } else if begins("<?xml") || begins("<!--") || begins("<") {
            Some(Self::Xml)
        } else if begins("{") || begins("[") {
            Some(Self::Json)
        } else {
            None
        }
    }

    /// Recognises another product's CSV by its header.
    pub(super) fn by_header(header: &[String]) -> Option<Self> {
        let has = |wanted: &str| header.iter().any(|name| same(name, wanted));
        let begins = |wanted: &str| {
            header.iter().any(|name| name.trim().to_ascii_lowercase().starts_with(wanted))
        };
        if begins("user id/email")
            || (has("First Name") && has("Last Name") && has("Display Name"))
            || (has("First Name") && has("User Status"))
        {
            Some(Self::ControlHubUsers)
        } else if has("Username") && (has("User Status") || begins("total storage used")) {
            Some(Self::ConnectReport)
        } else if has("UserID") && has("Active") {
            Some(Self::MeetingsUsers)
        } else {
            None
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Xlsx => "an Excel workbook (`.xlsx`) or another zipped spreadsheet",
            Self::Xls => "an Excel workbook in the old format (`.xls`)",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "compressed with gzip",
            Self::Pdf => "a PDF document",
            Self::Utf32 => "UTF-32 text",
            Self::Html => "a web page",
            Self::Xml => "an XML document",
            Self::Json => "JSON text",
            Self::MeetingsUsers => "the users CSV of Webex Meetings Site Administration",
            Self::ControlHubUsers => "the users CSV of Control Hub",
            Self::ConnectReport => "a Connect User Report",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_signature() {
        for (head, what) in [
            (&b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml"[..], Some(Foreign::Xlsx)),
            (
                b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                Some(Foreign::Xlsx),
            ),
            (b"PK\x03\x04users.csv", Some(Foreign::Zip)),
            (b"PK\x05\x06", Some(Foreign::Zip)),
            (b"PKI,email", None),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Some(Foreign::Xls)),
            (b"\x1F\x8B\x08", Some(Foreign::Gzip)),
            (b"%PDF-1.7", Some(Foreign::Pdf)),
            (b"\xFF\xFE\0\0e\0\0\0", Some(Foreign::Utf32)),
            (b"\0\0\xFE\xFF", Some(Foreign::Utf32)),
            (b"\xFF\xFEe\0", None),
            (b"email,", None),
            (b"", None),
        ] {
            assert_eq!(Foreign::by_signature(head), what, "{head:x?}");
        }
    }

    #[test]
    fn by_beginning() {
        for (text, what) in [
            ("\u{FEFF}\r\n<!DOCTYPE html><title>Sign in", Some(Foreign::Html)),
            ("<HTML>", Some(Foreign::Html)),
            ("<?xml version='1.0'?>", Some(Foreign::Xml)),
            ("<users>", Some(Foreign::Xml)),
            (" {\"users\": []}", Some(Foreign::Json)),
            ("[1]", Some(Foreign::Json)),
            ("email,userName", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(Foreign::by_beginning(text), what, "{text:?}");
        }
    }

    #[test]
    fn by_header() {
        for (header, what) in [
            ("UserID,Active,FirstName,TC1", Some(Foreign::MeetingsUsers)),
            (
                "First Name,Last Name,Display Name,User ID/Email (Required)",
                Some(Foreign::ControlHubUsers),
            ),
            ("User ID/Email (Required),User Status", Some(Foreign::ControlHubUsers)),
            ("First Name,Last Name,Display Name,Days", Some(Foreign::ControlHubUsers)),
            ("Username,User Status,Total Storage Used(MB)", Some(Foreign::ConnectReport)),
            ("firstName,lastName,displayName,email,userName", None),
            ("userName,activeConnect", None),
        ] {
            let header: Vec<String> = header.split(',').map(str::to_owned).collect();
            assert_eq!(Foreign::by_header(&header), what, "{header:?}");
        }
    }
}
