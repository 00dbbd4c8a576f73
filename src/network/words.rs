//! Failures in words that an administrator understands, the same on every system and every run:
//! no elapsed times, no error numbers, no local ports.

use std::io;

/// What went wrong on a connection.
pub(super) fn of_io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            "connection reset".to_owned()
        }
        io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => "connection closed".to_owned(),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => "this machine has no route to the address".to_owned(),
        io::ErrorKind::PermissionDenied => "this machine does not allow the connection".to_owned(),
        io::ErrorKind::TimedOut => "the address does not answer".to_owned(),
        kind => match rustls_error(error) {
            Some(error) => error.to_string(),
            // Kinds without a name of their own, such as too many open files.
            None if error.raw_os_error().is_some() => without_number(&error.to_string()),
            None => kind.to_string(),
        },
    }
}

/// An error of the operating system without its ` (os error 24)`.
fn without_number(text: &str) -> String {
    text.split(" (os error").next().unwrap_or(text).to_lowercase()
}

/// The TLS failure inside an I/O error, as `tokio-rustls` wraps it.
pub(super) fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// Text from a stranger, short and printable.
pub(super) fn of_stranger(text: &str) -> String {
    const LONGEST: usize = 80;
    text.trim()
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_failures_in_words() {
        for (kind, words) in [
            (io::ErrorKind::ConnectionRefused, "connection refused"),
            (io::ErrorKind::ConnectionReset, "connection reset"),
            (io::ErrorKind::UnexpectedEof, "connection closed"),
            (io::ErrorKind::NetworkUnreachable, "this machine has no route to the address"),
            (io::ErrorKind::AddrNotAvailable, "this machine has no route to the address"),
            (io::ErrorKind::TimedOut, "the address does not answer"),
            (io::ErrorKind::OutOfMemory, "out of memory"),
        ] {
            assert_eq!(of_io(&io::Error::new(kind, "os error 4711")), words);
        }
        let error = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::DecryptError);
        assert_eq!(of_io(&error), "cannot decrypt peer's message");
    }

    #[test]
    fn errors_of_the_system_lose_their_number() {
        assert_eq!(without_number("Too many open files (os error 24)"), "too many open files");
    }

    #[test]
    fn strangers_do_not_write_to_the_terminal() {
        assert_eq!(of_stranger(" 403 \u{1b}[31mno\u{202e}\r\n"), "403 ?[31mno?");
        assert_eq!(of_stranger(&"x".repeat(500)).len(), 80);
    }
}
