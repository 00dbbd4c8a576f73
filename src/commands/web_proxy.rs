//! The proxy for plain HTTP that the environment names, as curl and others read it.

use super::failure::Failure;
use crate::network::{NoProxy, Proxy};

/// The proxy of `http_proxy` and the hosts that `no_proxy` takes out; the lower-case spelling comes
/// first, and an empty one means none.
///
/// # Errors
/// [`Failure`] names the variable whose value is no HTTP proxy.
pub(super) fn of_environment() -> Result<Option<(Proxy, NoProxy)>, Failure> {
    of(|variable| std::env::var(variable).ok())
}

fn of(value: impl Fn(&str) -> Option<String>) -> Result<Option<(Proxy, NoProxy)>, Failure> {
    let first = |names: [&'static str; 2]| {
        names.into_iter().find_map(|name| value(name).map(|value| (name, value)))
    };
    // Under CGI the upper-case one is a header that a stranger sent (CVE-2016-5387).
    let names = if value("REQUEST_METHOD").is_some() {
        ["http_proxy"; 2]
    } else {
        ["http_proxy", "HTTP_PROXY"]
    };
    let Some((variable, text)) = first(names).filter(|(_, text)| !text.is_empty()) else {
        return Ok(None);
    };
    let proxy = Proxy::of_environment(&text).map_err(|error| {
        Failure::usage(
            format!("the environment's `{variable}`: {error}"),
            "set it to `http://HOST:PORT`, unset it, or name a proxy by --proxy",
        )
    })?;
    let except = first(["no_proxy", "NO_PROXY"]).map(|(_, text)| text).unwrap_or_default();
    Ok(Some((proxy, NoProxy::parse(&except))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_environment_comes_to() {
        let message =
            "the environment's `HTTP_PROXY`: a proxy is reached by `http`, not by `socks5`";
        for (variables, expected) in [
            (&[][..], Ok(None)),
            (&[("http_proxy", "")], Ok(None)),
            (&[("http_proxy", ""), ("HTTP_PROXY", "http://b:1")], Ok(None)),
            (&[("HTTP_PROXY", "b:1")], Ok(Some(("http://b:1", "")))),
            (&[("http_proxy", "a:1"), ("HTTP_PROXY", "b:1")], Ok(Some(("http://a:1", "")))),
            (&[("HTTP_PROXY", "b:1"), ("REQUEST_METHOD", "GET")], Ok(None)),
            (
                &[("http_proxy", "a:1"), ("NO_PROXY", "corp.example")],
                Ok(Some(("http://a:1", "corp.example"))),
            ),
            (&[("HTTP_PROXY", "socks5://b:1")], Err(message)),
        ] {
            let value = |wanted: &str| {
                let found = variables.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            };
            let expected = expected.map(|found| {
                found.map(|(proxy, except): (&str, &str)| {
                    (proxy.parse::<Proxy>().unwrap(), NoProxy::parse(except))
                })
            });
            let found = of(value).map_err(|failure| failure.message);
            assert_eq!(found, expected.map_err(str::to_owned), "{variables:?}");
        }
    }
}
