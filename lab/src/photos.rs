//! What photo servers serve: one photo for everybody unless it is declared otherwise, by the host
//! that is asked for and by path.

use std::time::Duration;

use crate::http::{PHOTO, Reply, Request};
use crate::sources::Delivery;

/// What a photo server serves under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Photo {
    /// A photo of its own for every path, the same on every server.
    Own,
    /// Another photo of its own for every path.
    Other,
    /// The one that shows nobody's face.
    Placeholder,
    /// A page behind status 200.
    Page,
    /// A page that is called an image.
    PageAsImage,
    /// Nothing, behind status 200.
    Nothing,
    /// This status.
    Status(u16),
    /// The photo of its own, so much later.
    Late(Duration),
    /// A photo that never ends.
    Endless,
    /// Half of the photo, and the connection ends.
    CutOff,
    /// A redirect.
    Redirect(String),
}

/// The photos of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Album(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    host: Option<String>,
    prefix: String,
    photo: Photo,
}

impl Album {
    pub(crate) fn add(&mut self, host: &str, prefix: &str, photo: Photo) {
        let host = (host != "*").then(|| host.to_ascii_lowercase());
        self.0.push(Entry { host, prefix: prefix.to_owned(), photo });
    }

    /// What was declared first for the host and the beginning of the path; else the one photo for
    /// everybody, and nothing under `/missing/`.
    pub(crate) fn reply(&self, request: &Request) -> Reply {
        if request.method != "GET" {
            return Reply::not_found();
        }
        let fits = |entry: &&Entry| {
            let is_host = entry.host.as_ref().is_none_or(|host| *host == request.host);
            is_host && request.target.starts_with(&entry.prefix)
        };
        match self.0.iter().find(fits) {
            Some(entry) => entry.photo.reply(&request.target),
            None if request.target.starts_with("/missing/") => Reply::not_found(),
            None => Reply::found("image/png", PHOTO.to_vec()),
        }
    }
}

impl Photo {
    fn reply(&self, target: &str) -> Reply {
        // Whatever follows the end of a PNG is not shown.
        let own = || Reply::found("image/png", [PHOTO, target.as_bytes()].concat());
        let page = b"<!DOCTYPE html><title>Error</title><p>Something went wrong.".to_vec();
        match self {
            Self::Own => own(),
            Self::Other => Reply::found("image/png", [PHOTO, b"?", target.as_bytes()].concat()),
            Self::Placeholder => Reply::found("image/png", PHOTO.to_vec()),
            Self::Page => Reply::found("text/html", page),
            Self::PageAsImage => Reply::found("image/png", page),
            Self::Nothing => Reply::found("image/png", Vec::new()),
            Self::Status(status) => Reply::status(*status),
            Self::Late(more) => own().coming(Delivery::After(*more)),
            Self::Endless => own().coming(Delivery::Endless),
            Self::CutOff => own().coming(Delivery::CutOff),
            Self::Redirect(location) => Reply::redirect(302, location.clone()),
        }
    }
}
