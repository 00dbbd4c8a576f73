//! The lab: DNS, TLS and photo servers on loopback, for tests and the demonstration.
