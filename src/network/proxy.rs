//! The proxy that connections are made through (`--proxy`, or the environment's).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An HTTP proxy: `http://[USER:PASSWORD@]HOST:PORT`. For TLS it is asked to CONNECT (RFC 9110,
/// 9.3.6), for plain HTTP by absolute-form (RFC 9112, 3.2.2).
///
/// DNS questions do not go through it. Neither [`fmt::Display`] nor [`fmt::Debug`] shows the
/// credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    host: String,
    port: u16,
    /// The value of `Proxy-Authorization` (RFC 7617).
    authorization: Option<String>,
}

/// Why a text names no proxy. The text may hold a password, so it is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// No URL, or one without a host.
    #[error("the proxy is not `http://[USER:PASSWORD@]HOST:PORT`")]
    NotAUrl,
    /// A scheme other than `http`.
    #[error("a proxy is reached by `http`, not by `{0}`")]
    Scheme(String),
    /// Something follows the port.
    #[error("a proxy has no path and no query")]
    Path,
    /// A percent sign in the credentials without two hexadecimal digits, or not UTF-8.
    #[error("the credentials of the proxy are not percent-encoded text")]
    Credentials,
}

impl Proxy {
    /// Reads what the environment's `http_proxy` holds, where the scheme may be left out.
    ///
    /// # Errors
    /// [`ProxyError`], as when reading a text with a scheme.
    pub fn of_environment(text: &str) -> Result<Self, ProxyError> {
        if text.contains("://") { text.parse() } else { format!("http://{text}").parse() }
    }

    /// The value of `Proxy-Authorization`, when there are credentials (RFC 9110, 11.7.2).
    pub(super) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// Host (IPv6 without brackets) and port, as the operating system resolves them.
    pub(super) fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// The head of the request for a tunnel to `authority`.
    pub(super) fn connect_request(&self, authority: &str) -> String {
        let authorization = self
            .authorization
            .as_ref()
            .map(|value| format!("Proxy-Authorization: {value}\r\n"))
            .unwrap_or_default();
        format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{authorization}\r\n")
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let url = url::Url::parse(text).map_err(|_| ProxyError::NotAUrl)?;
        if url.scheme() != "http" {
            return Err(ProxyError::Scheme(url.scheme().to_owned()));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyError::Path);
        }
        let host = url.host_str().ok_or(ProxyError::NotAUrl)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port_or_known_default().ok_or(ProxyError::NotAUrl)?;
        let authorization = if url.username().is_empty() && url.password().is_none() {
            None
        } else {
            let user = percent_decoded(url.username())?;
            let password = percent_decoded(url.password().unwrap_or_default())?;
            Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
        };
        Ok(Self { host, port, authorization })
    }
}

/// RFC 3986, 2.1.
fn percent_decoded(text: &str) -> Result<String, ProxyError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value =
                digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
            bytes.push(value.ok_or(ProxyError::Credentials)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| ProxyError::Credentials)
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "http://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "http://{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read_and_shown_without_credentials() {
        for (text, shown) in [
            ("http://proxy.example:3128", Ok("http://proxy.example:3128")),
            ("http://proxy.example", Ok("http://proxy.example:80")),
            ("http://u:p%40ss@proxy.example:3128/", Ok("http://proxy.example:3128")),
            ("http://[2001:db8::1]:3128", Ok("http://[2001:db8::1]:3128")),
            ("https://proxy.example:3128", Err(ProxyError::Scheme("https".to_owned()))),
            ("socks5://proxy.example", Err(ProxyError::Scheme("socks5".to_owned()))),
            ("proxy.example", Err(ProxyError::NotAUrl)),
            ("http://proxy.example:3128/path", Err(ProxyError::Path)),
            ("http://u%zz@proxy.example", Err(ProxyError::Credentials)),
            ("http://u%f@proxy.example", Err(ProxyError::Credentials)),
            ("http://u%ff@proxy.example", Err(ProxyError::Credentials)),
        ] {
            let found = text.parse::<Proxy>();
            let found = found.map(|proxy| {
                assert_eq!(format!("{proxy:?}"), format!("Proxy({proxy})"));
                proxy.to_string()
            });
            assert_eq!(found, shown.map(ToOwned::to_owned), "{text}");
        }
    }

    #[test]
    fn the_environment_may_leave_out_the_scheme() {
        for (text, shown) in [
            ("proxy.example:3128", Ok("http://proxy.example:3128")),
            ("me:secret@proxy.example:3128", Ok("http://proxy.example:3128")),
            ("http://proxy.example:3128/", Ok("http://proxy.example:3128")),
            ("socks5://proxy.example", Err(ProxyError::Scheme("socks5".to_owned()))),
            ("", Err(ProxyError::NotAUrl)),
        ] {
            let found = Proxy::of_environment(text).map(|proxy| proxy.to_string());
            assert_eq!(found, shown.map(ToOwned::to_owned), "{text}");
        }
    }

    #[test]
    fn the_request_for_a_tunnel() {
        let proxy: Proxy = "http://aladdin:open%20sesame@proxy.example:3128".parse().unwrap();
        assert_eq!(
            proxy.connect_request("[2001:db8::7]:443"),
            "CONNECT [2001:db8::7]:443 HTTP/1.1\r\nHost: [2001:db8::7]:443\r\n\
             Proxy-Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"
        );
    }
}
