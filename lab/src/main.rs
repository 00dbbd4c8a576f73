//! Runs the main job on the samples inside the lab.

fn main() {}
