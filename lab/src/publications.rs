//! What the lab's publishers have: CRLs, certificates of issuers, and OCSP responders.

use std::collections::HashMap;
use std::sync::Arc;

use crate::authority::Issuing;
use crate::counts::Counts;
use crate::http::{Reply, Request};
use crate::sources::Delivery;

/// Where nothing listens, where nothing answers, and where there is no address. Publishers that
/// answer stand at `ocsp`, `crl` and `ca` in the same domain.
pub(crate) const UNREACHABLE_HOST: &str = "unreachable.lab.example";
pub(crate) const STALLED_HOST: &str = "stalled.lab.example";
const NOWHERE_HOST: &str = "nowhere.lab.example";
pub(crate) const PUBLISHERS: [&str; 3] = ["ocsp.lab.example", "crl.lab.example", "ca.lab.example"];

/// What stands before the path of what has moved.
const MOVED: &str = "/moved";

/// Everything, by path. Paths are distinct whatever the host.
#[derive(Default)]
pub(crate) struct Publications {
    pub(crate) pages: HashMap<String, Page>,
    /// With the place that a responder has among those of its certificates.
    pub(crate) responders: HashMap<String, (Arc<Issuing>, usize)>,
}

/// Something that a GET brings.
pub(crate) struct Page {
    pub(crate) body: Vec<u8>,
    pub(crate) kind: &'static str,
    pub(crate) delivery: Delivery,
}

/// The URI of something at a publisher.
pub(crate) fn address_of(delivery: &Delivery, publisher: &str, path: &str) -> String {
    match delivery {
        Delivery::NoAddress => format!("http://{NOWHERE_HOST}{path}"),
        Delivery::Refused => format!("http://{UNREACHABLE_HOST}{path}"),
        Delivery::Tarpit => format!("http://{STALLED_HOST}{path}"),
        _ => format!("http://{publisher}.lab.example{path}"),
    }
}

impl Publications {
    /// The reply to a request. Certificates that an OCSPRequest is about are counted.
    pub(crate) fn reply(&self, request: &Request, counts: &Counts) -> Reply {
        let moved = request.target.strip_prefix(MOVED);
        let path = moved.unwrap_or(&request.target);
        let (mut reply, delivery) = match request.method.as_str() {
            "GET" => match self.pages.get(path) {
                Some(page) => (Reply::found(page.kind, page.body.clone()), page.delivery.clone()),
                None => (Reply::not_found(), Delivery::Prompt),
            },
            "POST" => match self.responders.get(path) {
                Some((issuing, place)) => {
                    let (answer, about) = issuing.answer(&request.body, *place);
                    let delivery = about.first().map(|(_, ocsp)| ocsp.delivery.clone());
                    for (label, _) in about.into_iter().filter(|_| moved.is_none()) {
                        counts.ocsp.add(label);
                    }
                    let reply = Reply::found("application/ocsp-response", answer);
                    (reply, delivery.unwrap_or_default())
                }
                None => (Reply::not_found(), Delivery::Prompt),
            },
            _ => (Reply::not_found(), Delivery::Prompt),
        };
        match delivery {
            Delivery::Moved if moved.is_some() => reply,
            Delivery::Moved => {
                Reply::redirect(307, format!("http://{}{MOVED}{path}", request.host))
            }
            Delivery::Circular => {
                Reply::redirect(307, format!("http://{}{}", request.host, request.target))
            }
            Delivery::MovedTo(uri) => Reply::redirect(307, uri),
            Delivery::Status(status) => Reply::status(status),
            other => {
                reply.delivery = other;
                reply
            }
        }
    }
}
