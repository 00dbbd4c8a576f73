//! Bytes to records and back: the dialect of an export, its records, and a span's splice.
