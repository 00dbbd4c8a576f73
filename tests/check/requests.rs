//! Certification requests.

use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::Value;

use crate::authority::{common_name, names};
use crate::common::{Folder, peer};
use crate::{json, texts};

fn request(change: impl FnOnce(&mut CertificateParams)) -> String {
    let mut params = CertificateParams::default();
    common_name(&mut params, "cucm.webex.com");
    names(&mut params, &["cucm.webex.com"]);
    change(&mut params);
    params.serialize_request(&KeyPair::generate().unwrap()).unwrap().pem().unwrap()
}

/// The rules that are not fine, and how they stand.
fn against(request: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = request["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["standing"] != "fine")
        .map(|finding| (text(&finding["rule"]), text(&finding["standing"])))
        .collect()
}

#[test]
fn requests_of_a_library() {
    let folder = Folder::new();
    let der = |pem: &str| {
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            lines.collect::<String>(),
        )
        .unwrap()
    };
    folder.write("good.csr", request(|_| {}));
    folder.write("good.der", der(&request(|_| {})));
    folder.write(
        "organization.csr",
        request(|params| params.distinguished_name.push(DnType::OrganizationName, "A & B")),
    );
    folder.write(
        "unit.csr",
        request(|params| params.distinguished_name.push(DnType::OrganizationalUnitName, "IT")),
    );
    folder.write("bare.csr", request(|params| params.subject_alt_names.clear()));
    folder.write(
        "address.csr",
        request(|params| {
            common_name(params, "10.0.0.1");
            names(params, &["10.0.0.1"]);
        }),
    );
    folder.write("local.csr", request(|params| names(params, &["cucm.webex.com", "cucm.local"])));
    folder.write("other.csr", request(|params| names(params, &["cucm2.webex.com"])));
    folder.write("odd.csr", request(|params| names(params, &["cucm.webex.com", "*"])));
    folder.write("two.csr", [request(|_| {}), request(|_| {})].concat());
    let refused = |rule: &str| (rule.to_owned(), "refused".to_owned());
    let doubtful = |rule: &str| (rule.to_owned(), "doubtful".to_owned());
    for (file, status, standing, expected) in [
        ("good.csr", 0, "fine", vec![]),
        ("good.der", 3, "refused", vec![refused("encoding")]),
        ("organization.csr", 3, "refused", vec![refused("subject-characters")]),
        ("unit.csr", 0, "doubtful", vec![doubtful("subject-attributes")]),
        ("bare.csr", 3, "refused", vec![refused("subject-alt-name"), doubtful("common-name")]),
        ("address.csr", 3, "refused", vec![refused("subject-alt-name"), refused("not-an-address")]),
        ("local.csr", 3, "refused", vec![refused("public-name")]),
        ("other.csr", 3, "refused", vec![refused("common-name")]),
        ("odd.csr", 3, "refused", vec![refused("name-syntax")]),
        ("two.csr", 3, "refused", vec![refused("encoding")]),
    ] {
        let document = json(&folder.run(&["check", "--csr", file, "--format", "json"]), status);
        let first = &document["requests"][0];
        assert_eq!((&first["standing"], &first["file"]), (&standing.into(), &file.into()));
        assert_eq!(against(first), expected, "{document:#}");
        let human = folder.run(&["check", "--csr", file]);
        assert_eq!(human.status, status);
        for (rule, standing) in &expected {
            let line = human.text().lines().any(|it| it.starts_with(&format!("  {standing}  ")));
            assert!(line && human.text().contains(&format!("({rule})")), "{}", human.text());
        }
    }
    let all = folder.run(&["check", "--csr", "good.csr", "--csr", "two.csr", "--format", "jsonl"]);
    let kinds: Vec<String> = all
        .text()
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        (all.status, kinds),
        (3, ["csr", "request", "request", "request", "end"].map(str::to_owned).to_vec())
    );
    let document = json(&folder.run(&["check", "--csr", "two.csr", "--format", "json"]), 3);
    assert_eq!(document["requests"][1]["number"], 2);
    assert_eq!(texts(&document["requests"][1]["names"]), ["cucm.webex.com"]);
}

#[test]
fn requests_of_openssl() {
    let Some(openssl) = peer("openssl") else { return };
    let folder = Folder::new();
    let make = |file: &str, more: &[&str]| {
        let fixed = ["req", "-new", "-nodes", "-keyout", "key.pem", "-out", file];
        let mut command = std::process::Command::new(&openssl);
        let output = command.current_dir(folder.path()).args(fixed).args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let subject = ["-subj", "/C=DE/O=Example/CN=cucm.webex.com"];
    let san = ["-addext", "subjectAltName=DNS:cucm.webex.com"];
    for (what, more, expected) in [
        ("RSA 2048", &["-newkey", "rsa:2048"][..], &[][..]),
        ("RSA 1024", &["-newkey", "rsa:1024"], &["key", "proof-of-possession"]),
        (
            "SHA-1",
            &["-newkey", "rsa:2048", "-sha1"],
            &["signature-algorithm", "proof-of-possession"],
        ),
        ("P-384", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], &[]),
        ("Ed25519", &["-newkey", "ed25519"], &["key"]),
        (
            "a client",
            &["-newkey", "rsa:2048", "-addext", "extendedKeyUsage=clientAuth"],
            &["purpose"],
        ),
        (
            "a CA",
            &["-newkey", "rsa:2048", "-addext", "basicConstraints=critical,CA:TRUE"],
            &["not-a-ca"],
        ),
    ] {
        make("a.csr", &[&subject[..], &san, more].concat());
        let run = folder.run(&["check", "--csr", "a.csr", "--format", "json"]);
        let document = json(&run, if expected.is_empty() { 0 } else { 3 });
        let mut found: Vec<String> =
            against(&document["requests"][0]).into_iter().map(|(rule, _)| rule).collect();
        let mut expected: Vec<&str> = expected.to_vec();
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{what}: {document:#}");
    }
    // Text before the request, a key in the same file.
    make("b.csr", &[&subject[..], &san, &["-newkey", "rsa:2048", "-text"]].concat());
    assert_eq!(folder.run(&["check", "--csr", "b.csr"]).status, 0);
    let both = [folder.read("key.pem"), folder.read("b.csr")].concat();
    folder.write("both.csr", both);
    let run = folder.run(&["check", "--csr", "both.csr"]);
    assert_eq!(run.status, 3);
    assert!(run.text().contains("whoever is sent it can pose as the server"), "{}", run.text());
}

#[test]
fn what_is_no_request_is_named() {
    let folder = Folder::new();
    folder.write("empty.csr", "");
    folder.write("text.csr", "hello");
    folder.write(
        "rubbish.csr",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
    );
    folder.write("damaged.csr", request(|_| {}).replacen("\nMI", "\nM*I", 1));
    folder.write("cert.csr", crate::authority::self_signed().pem());
    folder.write("utf16.csr", [0xff, 0xfe, b'-', 0]);
    folder.write("huge.csr", vec![b'A'; 1024 * 1024 + 1]);
    for (file, status, words) in [
        ("none.csr", 2, &["cannot read `none.csr`"][..]),
        ("empty.csr", 2, &["`empty.csr`: it is empty"]),
        ("text.csr", 2, &["`text.csr`: it is neither PEM nor DER"]),
        ("rubbish.csr", 2, &["`rubbish.csr`: it is no certification request as RFC 2986 has it"]),
        ("damaged.csr", 2, &["`damaged.csr`: the Base64 of its certification request is damaged"]),
        ("cert.csr", 2, &["it holds `CERTIFICATE` in PEM form", "is checked with --chain"]),
        ("utf16.csr", 2, &["`utf16.csr`: it is text in UTF-16", "save it as plain text"]),
        ("huge.csr", 2, &["`huge.csr` is longer than any certification request"]),
    ] {
        let run = folder.run(&["check", "--csr", file]);
        assert_eq!(run.status, status, "{file}: {}", run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{file}: no {word:?} in {}", run.stderr);
        }
        assert!(run.stdout.is_empty(), "{file}");
    }
}
