//! The CA certificates that Cisco's Jabber guides have administrators install, and what became of
//! them. The guides were not kept up: who follows one installs roots that help nobody.

use crate::x509::certificate::Certificate;

/// One of them.
struct GuideRoot {
    /// The part of its subject by which it is known.
    known_by: &'static str,
    /// The guides that name it.
    guides: &'static str,
    /// What became of it.
    became: &'static str,
}

static GUIDE_ROOTS: [GuideRoot; 6] = [
    GuideRoot {
        known_by: "CN=DST Root CA X3",
        guides: "Jabber for Mac 9.6",
        became: "it expired on 2021-09-30; WebEx servers have been certified under `IdenTrust \
                 Commercial Root CA 1` since 2021-03-31",
    },
    GuideRoot {
        known_by: "CN=VeriSign Class 3 Public Primary Certification Authority - G5",
        guides: "Jabber 10.5 to 14.1",
        became: "browsers have not trusted servers that are certified under it since 2018",
    },
    GuideRoot {
        known_by: "CN=VeriSign Class 3 Secure Server CA - G3",
        guides: "Jabber 10.5 to 14.1",
        became: "this intermediate expired on 2020-02-07",
    },
    GuideRoot {
        known_by: "CN=AddTrust External CA Root",
        guides: "Jabber 11.6 to 14.1",
        became: "it expired on 2020-05-30; what it certified leads to `USERTrust RSA Certification \
                 Authority` today",
    },
    GuideRoot {
        known_by: "OU=Go Daddy Class 2 Certification Authority",
        guides: "Jabber 11.6 to 14.1",
        became: "`Go Daddy Root Certificate Authority - G2` took its place, and newer systems trust \
                 that one alone",
    },
    GuideRoot {
        known_by: "CN=QuoVadis Root CA 2",
        guides: "Cisco's notices on WebEx certificates",
        became: "WebEx servers have been certified under `IdenTrust Commercial Root CA 1` since \
                 2021-03-31",
    },
];

/// What to say of those that a chain and its trust anchor are, or are issued by.
pub(super) fn remarks<'a>(certificates: impl Iterator<Item = &'a Certificate>) -> Vec<String> {
    let names: Vec<[&str; 2]> = certificates.map(|it| [&*it.subject, &*it.issuer]).collect();
    let is_met = |root: &&GuideRoot| {
        names.iter().flatten().any(|name| parts(name).any(|part| part == root.known_by))
    };
    GUIDE_ROOTS
        .iter()
        .filter(is_met)
        .map(|root| {
            let (_, name) = root.known_by.split_once('=').unwrap_or_default();
            let GuideRoot { guides, became, .. } = root;
            format!("the chain has to do with `{name}`, which guides name ({guides}): {became}")
        })
        .collect()
}

/// The parts of a name in the text form of RFC 4514, which escapes commas inside them.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    name.split(move |c: char| {
        let ends = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::issue::Authority;

    #[test]
    fn they_are_known_by_name() {
        for (name, met) in [
            ("DST Root CA X3", true),
            ("VeriSign Class 3 Public Primary Certification Authority - G5", true),
            ("VeriSign Class 3 Secure Server CA - G3", true),
            ("AddTrust External CA Root", true),
            ("QuoVadis Root CA 2", true),
            ("QuoVadis Root CA 2 G3", false),
            ("x,CN=QuoVadis Root CA 2", false),
            ("ISRG Root X1", false),
        ] {
            let root = Authority::root(name);
            let below = Certificate::parse(&root.server(|_| {})).unwrap();
            let root = Certificate::parse(&root.der).unwrap();
            for certificate in [root, below] {
                let found = remarks(std::iter::once(&certificate));
                assert_eq!(found.len(), usize::from(met), "{name}: {found:?}");
                assert!(found.iter().all(|remark| remark.contains(&format!("`{name}`"))));
            }
        }
        let two = r"OU=Go Daddy Class 2 Certification Authority,O=The Go Daddy Group\, Inc.,C=US";
        let found: Vec<&str> = parts(two).collect();
        assert_eq!(found[1], r"O=The Go Daddy Group\, Inc.");
        assert_eq!(found[0], GUIDE_ROOTS[4].known_by);
    }
}
