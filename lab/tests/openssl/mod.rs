//! OpenSSL's program, a peer that is not ours.

use std::path::Path;
use std::process::{Command, Stdio};

/// What OpenSSL says and whether it is content, or nothing where there is none. Its standard input
/// is empty.
pub(crate) fn openssl(folder: &Path, arguments: &str) -> Option<(bool, String)> {
    let mut command = Command::new("openssl");
    let run = command.args(arguments.split(' ')).current_dir(folder).stdin(Stdio::null()).output();
    let Ok(run) = run else {
        assert!(
            std::env::var_os("REQUIRE_PEERS").is_none(),
            "`openssl` is required here and was not found"
        );
        println!("skipped: `openssl` is not on this machine");
        return None;
    };
    let said = [&run.stdout[..], &run.stderr].concat();
    Some((run.status.success(), String::from_utf8_lossy(&said).into_owned()))
}
