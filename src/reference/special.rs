//! Which addresses are everybody's.

use std::net::IpAddr;

/// Whether an address is reachable by everybody: not private, loopback, link-local,
/// documentation, or otherwise special (RFC 6890 and the IANA registries it founded).
///
/// Addresses that are not public are never contacted without `--allow-private`.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = matches!(
                (a, b, c),
                (0 | 10 | 127, _, _)
                    | (100, 64..=127, _) // shared address space, RFC 6598
                    | (169, 254, _)
                    | (172, 16..=31, _)
                    | (192, 0, 0 | 2) // protocol assignments; documentation
                    | (192, 88, 99) // 6to4 relay anycast
                    | (192, 168, _)
                    | (198, 18 | 19, _) // benchmarking
                    | (198, 51, 100)
                    | (203, 0, 113)
                    | (224.., _, _) // multicast, reserved, broadcast
            );
            !special
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public(IpAddr::V4(v4));
            }
            let [a, b, ..] = v6.segments();
            let is_global_unicast = a & 0xe000 == 0x2000;
            let special = match a {
                // Protocol assignments, Teredo, ORCHID; documentation.
                0x2001 => b < 0x0200 || b == 0x0db8,
                // 6to4: the embedded IPv4 address may be anything.
                0x2002 => true,
                // Documentation, RFC 9637.
                0x3fff => b < 0x1000,
                _ => false,
            };
            is_global_unicast && !special
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for (address, public) in [
            ("66.163.36.181", true),
            ("8.8.8.8", true),
            ("192.0.2.1", false),
            ("192.0.99.1", true),
            ("192.88.99.1", false),
            ("192.88.2.1", true),
            ("10.0.0.1", false),
            ("127.0.0.1", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("169.254.169.254", false),
            ("172.31.0.1", false),
            ("172.32.0.1", true),
            ("203.0.113.9", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("2402:2500::1", true),
            ("2001:db8::1", false),
            ("::1", false),
            ("fe80::1", false),
            ("fc00::1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::a00:1", false),
            ("2002:a00:1::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
