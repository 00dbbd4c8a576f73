//! The command line of photofix.

fn main() {}
