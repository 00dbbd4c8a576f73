//! What certificates say, and whether a certification path leads to a trust anchor at a given time.
