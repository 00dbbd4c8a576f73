//! Finds the record that somebody asks about while an export is counted.

use super::cell::{Photo, record_facts};
use crate::census::Census;
use crate::evidence::{Endpoint, OldHost};
use crate::export::{Dialect, Position, Record};
use crate::name::Fqdn;
use crate::photo::{Classified, Classifier, NotUrl, PhotoCell, Sought};
use crate::report::explanation::RecordFacts;
use crate::row::{PhotoCellOf, photo_cell};

/// Endpoints that an error names; it counts the others.
const ENDPOINTS_NAMED: usize = 4;
/// The longest piece of a cell that an error shows, in characters.
const LONGEST_CELL_SHOWN: usize = 60;

/// What somebody asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The data record of this number, from 1.
    Record(u64),
    /// The first record that points to this host.
    Host(Sought),
}

/// The record asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub position: Position,
    /// The key column and its value; none where a defect makes them doubtful.
    pub key: Option<(String, String)>,
    /// Its photo cell.
    pub photo: Photo,
}

impl Found {
    /// What an explanation says of it.
    pub fn facts(&self, domains: &[Fqdn]) -> RecordFacts {
        let key = self.key.as_ref().map(|(column, value)| (column.as_str(), value.as_str()));
        record_facts(self.position, key, &self.photo, domains)
    }
}

/// Why there is nothing to explain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// The export has fewer records.
    #[error("there is no record {wanted}: {}{}", number_of(*records), after(swallowed))]
    Record {
        /// The number asked about.
        wanted: u64,
        /// The records there are.
        records: u64,
        /// A quote that is never closed, and the record that it is in.
        swallowed: Option<(u64, String)>,
    },
    /// No photo cell points to the host.
    #[error("no photo cell points to `{typed}`: {}{}", among(*hosts, others), beside(elsewhere))]
    Host {
        /// The host as it was typed.
        typed: String,
        /// How many addresses and bare hosts photo cells point to.
        hosts: usize,
        /// Endpoints of the same host.
        others: Vec<Endpoint>,
        /// Photo cells that hold the address and are no URL: how many, the first one's record, and
        /// its text.
        elsewhere: Option<(u64, u64, String)>,
    },
    /// What was typed means several endpoints.
    #[error("`{typed}` means {} endpoints: {}", endpoints.len(), named(endpoints))]
    Several {
        /// The host as it was typed.
        typed: String,
        /// The endpoints.
        endpoints: Vec<Endpoint>,
    },
}

fn number_of(records: u64) -> String {
    match records {
        0 => "there are no records".to_owned(),
        1 => "there is 1 record".to_owned(),
        _ => format!("there are {records} records"),
    }
}

fn after(swallowed: &Option<(u64, String)>) -> String {
    match swallowed {
        Some((record, why)) => format!("; in record {record} {why}"),
        None => String::new(),
    }
}

fn among(hosts: usize, others: &[Endpoint]) -> String {
    match (others, hosts) {
        ([], 0) => "they point to no address at all".to_owned(),
        ([], 1) => "they point to 1 other host".to_owned(),
        ([], _) => format!("they point to {hosts} other hosts"),
        (others, _) => format!("they point to {}", named(others)),
    }
}

fn beside(elsewhere: &Option<(u64, u64, String)>) -> String {
    match elsewhere {
        None => String::new(),
        Some((1, record, cell)) => {
            format!("; record {record} has it in a photo cell that is no http(s) URL: `{cell}`")
        }
        Some((cells, record, cell)) => format!(
            "; {cells} photo cells that are no http(s) URL have it, the first is of record \
             {record}: `{cell}`"
        ),
    }
}

fn named(endpoints: &[Endpoint]) -> String {
    let mut named: Vec<String> =
        endpoints.iter().take(ENDPOINTS_NAMED).map(|endpoint| format!("`{endpoint}`")).collect();
    let more = endpoints.len().saturating_sub(ENDPOINTS_NAMED);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    named.join(", ")
}

/// Looks at each data record of an export for the one asked about.
#[derive(Clone, Debug)]
pub struct Search {
    question: Question,
    dialect: Dialect,
    photos: Classifier,
    found: Option<Found>,
    elsewhere: Option<(u64, u64, String)>,
}

impl Search {
    /// A search in an export of this dialect; `domains` are those that make a host `webex`.
    pub fn new(question: Question, dialect: &Dialect, domains: &[Fqdn]) -> Self {
        let (dialect, photos) = (dialect.clone(), Classifier::new(domains));
        Self { question, dialect, photos, found: None, elsewhere: None }
    }

    /// Looks at the next data record.
    pub fn look(&mut self, record: &Record<'_>) {
        match &self.question {
            Question::Record(wanted) if record.position().record != *wanted => return,
            Question::Host(_) if self.found.is_some() => return,
            _ => {}
        }
        let photo = match photo_cell(record, &self.dialect, &mut self.photos) {
            PhotoCellOf::Missing => Photo::Missing,
            PhotoCellOf::Unreadable(why) => Photo::Unreadable(why),
            PhotoCellOf::Cell(text, Classified::Cell(cell)) => Photo::Cell(text.into_owned(), cell),
            PhotoCellOf::Cell(text, Classified::Origin(id)) => {
                let url = self.photos.url(id);
                if let Question::Host(sought) = &self.question
                    && !url.endpoint().is_some_and(|endpoint| sought.means(&endpoint))
                {
                    return;
                }
                Photo::Cell(text.into_owned(), PhotoCell::Url(url.clone()))
            }
        };
        if let Question::Host(sought) = &self.question
            && !photo.endpoint().is_some_and(|endpoint| sought.means(&endpoint))
        {
            let (position, sought) = (record.position(), sought.clone());
            self.look_beside(position, &photo, &sought);
            return;
        }
        let key = match record.defect() {
            None => record.key(&self.dialect),
            // A record that swallowed others would show their users as its own.
            Some(_) => None,
        };
        let key = key.map(|(column, value)| (column.to_owned(), value.into_owned()));
        self.found = Some(Found { position: record.position(), key, photo });
    }

    /// A cell that is no URL and has the address all the same is what somebody may mean.
    fn look_beside(&mut self, position: Position, photo: &Photo, sought: &Sought) {
        let Photo::Cell(text, PhotoCell::NotUrl(why)) = photo else { return };
        let OldHost::Address(address) = &sought.host else { return };
        if matches!(why, NotUrl::TooLong(_))
            || !(text.contains(&address.to_string()) || text.contains(&sought.typed))
        {
            return;
        }
        match &mut self.elsewhere {
            Some((cells, ..)) => *cells += 1,
            None => {
                let shown = text.chars().take(LONGEST_CELL_SHOWN).collect();
                self.elsewhere = Some((1, position.record, shown));
            }
        }
    }

    /// What was found, when the whole export was counted.
    ///
    /// # Errors
    /// [`NotFound`] says what is there instead.
    pub fn finish(self, census: &Census) -> Result<Found, NotFound> {
        match self.question {
            Question::Record(wanted) => self.found.ok_or_else(|| NotFound::Record {
                wanted,
                records: census.records,
                swallowed: census
                    .unreadable
                    .iter()
                    .find(|record| record.why.reason == "unclosed-quote")
                    .map(|record| (record.record, record.why.explanation.clone())),
            }),
            Question::Host(sought) => {
                let meant = only(&sought, census.endpoints.keys())?;
                match (self.found, meant) {
                    (Some(found), Some(_)) => Ok(found),
                    _ => Err(NotFound::Host {
                        hosts: hosts(census.endpoints.keys()),
                        others: others(&sought, census.endpoints.keys()),
                        typed: sought.typed,
                        elsewhere: self.elsewhere,
                    }),
                }
            }
        }
    }
}

/// The one endpoint of several that is meant.
///
/// # Errors
/// [`NotFound::Several`] when more than one is.
pub fn only<'e>(
    sought: &Sought,
    endpoints: impl Iterator<Item = &'e Endpoint>,
) -> Result<Option<&'e Endpoint>, NotFound> {
    let meant: Vec<&Endpoint> = endpoints.filter(|endpoint| sought.means(endpoint)).collect();
    match meant.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => Err(NotFound::Several {
            typed: sought.typed.clone(),
            endpoints: several.iter().map(|one| (*one).clone()).collect(),
        }),
    }
}

/// That a document's endpoints do not have the host.
pub fn not_among<'e>(
    sought: &Sought,
    endpoints: impl Iterator<Item = &'e Endpoint> + Clone,
) -> NotFound {
    NotFound::Host {
        typed: sought.typed.clone(),
        hosts: hosts(endpoints.clone()),
        others: others(sought, endpoints),
        elsewhere: None,
    }
}

fn hosts<'e>(endpoints: impl Iterator<Item = &'e Endpoint>) -> usize {
    endpoints.map(|endpoint| &endpoint.host).collect::<std::collections::BTreeSet<_>>().len()
}

/// Endpoints of the host on other ports.
fn others<'e>(sought: &Sought, endpoints: impl Iterator<Item = &'e Endpoint>) -> Vec<Endpoint> {
    endpoints.filter(|endpoint| endpoint.host == sought.host).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::{Bound, Photos};
    use crate::export::{Choices, Reader};

    fn search(export: &str, question: Question) -> Result<Found, NotFound> {
        let domains = [Fqdn::parse("webex.com").unwrap()];
        let mut reader = Reader::open(export.as_bytes(), &Choices::default()).unwrap();
        let mut search = Search::new(question, reader.dialect(), &domains);
        let mut look = |record: &Record<'_>| search.look(record);
        let (photos, bound) = (Photos::Off, Bound::STRICT);
        let census = Census::take_watched(&mut reader, &domains, photos, bound, &mut look).unwrap();
        search.finish(&census)
    }

    fn host(typed: &str) -> Question {
        Question::Host(typed.parse().unwrap())
    }

    const EXPORT: &str = "email,userProfilePhotoURL\n\
        a@x,https://203.0.113.7/a\n\
        \n\
        b@x,-\n\
        c@x,http://0xCB.0.113.8:8080/c\n\
        d@x,203.0.113.9/d.jpg\n\
        e@x,https://203.0.113.8/e\n\
        f@x,https://203.0.113.7/f\n\
        g@x,ftp://203.0.113.9/g.jpg\n";

    #[test]
    fn records_are_counted_as_reports_count_them() {
        for (question, record, line, kind) in [
            (Question::Record(1), 1, 2, "ip"),
            (Question::Record(2), 2, 4, "dash"),
            (Question::Record(7), 7, 9, "not-url"),
            (host("203.0.113.7"), 1, 2, "ip"),
            (host("203.0.113.8:443"), 5, 7, "ip"),
            (host("http://203.0.113.8:8080"), 3, 5, "ip"),
        ] {
            let found = search(EXPORT, question.clone()).unwrap();
            let position = found.position;
            assert_eq!((position.record, position.line), (record, line), "{question:?}");
            assert_eq!(found.photo.kind(), kind, "{question:?}");
            assert!(found.key.is_some_and(|(column, _)| column == "email"));
        }
    }

    #[test]
    fn what_is_not_there_says_what_is() {
        let open = "email,userProfilePhotoURL\na@x,https://203.0.113.7/a\nb@x,\"https://x\nc@x,-\n";
        for (export, question, message) in [
            (EXPORT, Question::Record(8), "there is no record 8: there are 7 records"),
            (EXPORT, Question::Record(0), "there is no record 0: there are 7 records"),
            (
                "email,userProfilePhotoURL\n",
                Question::Record(1),
                "there is no record 1: there are no records",
            ),
            (
                open,
                Question::Record(3),
                "there is no record 3: there are 2 records; in record 2 the quote opened on line 3 \
                 (byte 56) is never closed; 2 more lines up to the end of the file are inside it",
            ),
            (
                EXPORT,
                host("203.0.113.99"),
                "no photo cell points to `203.0.113.99`: they point to 2 other hosts",
            ),
            (
                EXPORT,
                host("203.0.113.9"),
                "no photo cell points to `203.0.113.9`: they point to 2 other hosts; 2 photo cells \
                 that are no http(s) URL have it, the first is of record 4: `203.0.113.9/d.jpg`",
            ),
            (
                EXPORT,
                host("203.0.113.8:9"),
                "no photo cell points to `203.0.113.8:9`: they point to \
                 `https://203.0.113.8:443`, `http://203.0.113.8:8080`",
            ),
            (
                EXPORT,
                host("203.0.113.8"),
                "`203.0.113.8` means 2 endpoints: `https://203.0.113.8:443`, \
                 `http://203.0.113.8:8080`",
            ),
            (
                "email,userProfilePhotoURL\na@x,-\n",
                host("ldap"),
                "no photo cell points to `ldap`: they point to no address at all",
            ),
        ] {
            let error = search(export, question.clone()).unwrap_err();
            assert_eq!(error.to_string(), message, "{question:?}");
        }
    }

    #[test]
    fn an_unreadable_record_is_found_and_says_why() {
        let export = "email,userProfilePhotoURL\na@x,\"https://203.0.113.7/a\n";
        let found = search(export, Question::Record(1)).unwrap();
        let Photo::Unreadable(why) = found.photo else { panic!("{found:?}") };
        assert_eq!((why.reason, found.key), ("unclosed-quote", None));
    }
}
