//! By which column the records of several exports are matched, and a record's key in it.

use crate::export::{Dialect, KeyField, Record};

/// The column by which the records of exports are matched, as WebEx matches a record with a user:
/// by e-mail address, and by the next best column where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyColumn {
    /// Its name, as it stands in the planned export.
    pub name: String,
    /// Whether letter case tells two keys apart. In an `employeeID` it may; in an e-mail address,
    /// and in a user name, which is one, it does not.
    pub folds_case: bool,
}

impl KeyColumn {
    /// The first of the planned export's key columns (`email`, else `userName`, else `employeeID`)
    /// that all the other files have too.
    pub fn choose(planned: &Dialect, others: &[&Dialect]) -> Option<Self> {
        let everywhere =
            |key: &&KeyField| others.iter().all(|other| find(other, &key.column).is_some());
        let key = planned.key_fields.iter().find(everywhere)?;
        let folds_case = ["email", "username"].contains(&key.column.to_ascii_lowercase().as_str());
        Some(Self { name: key.column.clone(), folds_case })
    }

    /// Where it stands in the records of a file.
    pub fn field(&self, dialect: &Dialect) -> Option<usize> {
        find(dialect, &self.name).map(|key| key.field)
    }

    /// The key of a record, spelled as it is compared; none where the cell is empty, is `-`
    /// (WebEx's word for empty) or cannot be read.
    pub fn of(&self, record: &Record<'_>, dialect: &Dialect) -> Option<String> {
        let text = self.text(record, self.field(dialect)?)?;
        Some(self.folded(&text))
    }

    /// The same as it stands in a [`field`](Self::field) of the record.
    pub fn text(&self, record: &Record<'_>, field: usize) -> Option<String> {
        if record.defect().is_some() {
            return None;
        }
        let text = record.field(field)?.text().ok()?;
        match text.trim() {
            "" | "-" => None,
            text => Some(text.to_owned()),
        }
    }

    /// A key's text, spelled as it is compared.
    pub fn folded(&self, text: &str) -> String {
        if self.folds_case { text.to_lowercase() } else { text.to_owned() }
    }
}

fn find<'d>(dialect: &'d Dialect, column: &str) -> Option<&'d KeyField> {
    dialect.key_fields.iter().find(|key| key.column.eq_ignore_ascii_case(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{Choices, Reader, RecordKind};

    /// The keys of an export's records by a column, `.` for none.
    fn keys(export: &str, other: &str) -> (Option<String>, String) {
        let dialect = |text: &str| {
            Reader::open(text.as_bytes(), &Choices::default()).unwrap().dialect().clone()
        };
        let Some(column) = KeyColumn::choose(&dialect(export), &[&dialect(other)]) else {
            return (None, String::new());
        };
        let mut reader = Reader::open(export.as_bytes(), &Choices::default()).unwrap();
        let dialect = reader.dialect().clone();
        let mut keys = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            if record.kind() == RecordKind::Data {
                keys.push(column.of(&record, &dialect).unwrap_or_else(|| ".".to_owned()));
            }
        }
        (Some(column.name), keys.join(" "))
    }

    #[test]
    fn the_column_and_the_spelling() {
        let all = "employeeID,userName,email,userProfilePhotoURL\nA1,Bo,Cy@X.example,u\n";
        for (export, other, column, found) in [
            (all, all, "email", "cy@x.example"),
            (all, "USERNAME,userProfilePhotoURL\n", "userName", "bo"),
            (all, "userProfilePhotoURL,employeeID\n", "employeeID", "A1"),
            ("Email,userProfilePhotoURL\n É@x ,\n-,\n\"\",\nß,\n", all, "Email", "é@x . . ß"),
            ("email,userProfilePhotoURL\nx\n\n\"a\"\"b\",u,more\n", all, "email", "x a\"b"),
        ] {
            assert_eq!(keys(export, other), (Some(column.to_owned()), found.to_owned()));
        }
        assert_eq!(keys(all, "userProfilePhotoURL,fax\n").0, None);
    }
}
