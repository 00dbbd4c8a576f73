//! What a photo cell holds, and where its host stands.
//!
//! The `url` crate's WHATWG parser says what a cell *means*: it takes an address in any spelling
//! that a client takes. It is never asked to write one, because it would rewrite the rest as well.
//! Where the host *stands* is found by a scan of our own and checked against the parser.

mod cell;
mod classifier;
mod host;
mod sought;

pub use cell::{MAX_CELL, NotUrl, PhotoCell, classify, parsed};
pub use classifier::{Classified, Classifier, ORIGINS_KEPT, OriginId};
pub use host::{
    HostKind, HostNotAlone, PhotoUrl, host_is_alone, is_plain, replaced, request_target,
};
pub use sought::{NoHost, Sought};
