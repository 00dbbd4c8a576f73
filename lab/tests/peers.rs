//! The lab's OCSP responders, staples, old TLS and XMPP, met by OpenSSL, which is not ours.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a test speaks and may panic"
)]

mod openssl;
mod visitor;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use lab::{
    CaIssuers, Certificate, Crl, Delivery, Intermediate, Key, Lab, Link, Ocsp, OcspFault,
    OldProtocol, Sources, XmppFault, certificate_pem, crl,
};
use openssl::openssl;
use visitor::{PATIENCE, connect, destination, visit};

/// Writes the certificates that a server presents as PEM, and the lab's root.
fn save(lab: &Lab, logical: &str, folder: &Path) {
    let (_, chain) = visit(lab, logical, None, PATIENCE).unwrap();
    for (name, der) in ["server.pem", "issuer.pem"].iter().zip(&chain) {
        fs::write(folder.join(name), certificate_pem(der)).unwrap();
    }
    lab.write_ca(&folder.join("root.pem")).unwrap();
}

/// What a GET brings from one of the lab's publishers.
fn fetch(lab: &Lab, publisher: &str, path: &str) -> Vec<u8> {
    let mut stream = connect(lab, "198.51.100.1:80", PATIENCE).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {publisher}.lab.example\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let body = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"), "{path}");
    answer[body..].to_vec()
}

#[test]
fn openssl_asks_the_responders() {
    let named = |sources: Ocsp| Certificate::for_names(&["c12.webex.com"]).sources(sources);
    for (says, words) in [
        (Ocsp::good(), "server.pem: good"),
        (Ocsp::good().delegated(), "server.pem: good"),
        (Ocsp::good().delivery(Delivery::Moved), "307"),
        (Ocsp::revoked(Some(1)), "Reason: keyCompromise"),
        (Ocsp::revoked(None).delegated(), "server.pem: revoked"),
        (Ocsp::unknown(), "server.pem: unknown"),
        (Ocsp::unsuccessful(lab::ocsp::TRY_LATER), "trylater"),
        (Ocsp::unsuccessful(lab::ocsp::UNAUTHORIZED), "unauthorized"),
        (Ocsp::good().fault(OcspFault::Stale), "status expired"),
        (Ocsp::good().fault(OcspFault::Future), "not yet valid"),
        (Ocsp::good().fault(OcspFault::WithoutNextUpdate), "server.pem: good"),
        (Ocsp::good().fault(OcspFault::BadSignature), "Response Verify Failure"),
        (Ocsp::good().fault(OcspFault::OtherKey), "Response Verify Failure"),
        (Ocsp::good().fault(OcspFault::DelegateMissing), "Response Verify Failure"),
        (Ocsp::good().fault(OcspFault::DelegateWithoutUsage), "Response Verify Failure"),
        (Ocsp::good().fault(OcspFault::DelegateOfAnotherCa), "Response Verify Failure"),
        (Ocsp::good().fault(OcspFault::DelegateExpired), "Response Verify Failure"),
        (Ocsp::good().fault(OcspFault::OtherSerial), "No Status found"),
        (Ocsp::good().fault(OcspFault::OtherIssuer), "No Status found"),
        (Ocsp::good().fault(OcspFault::ForeignNonce), "Nonce Verify error"),
        (Ocsp::good().fault(OcspFault::Garbage), "missing asn1 encoding"),
        (Ocsp::good().delivery(Delivery::Status(500)), "500"),
        (Ocsp::good().delivery(Delivery::CutOff), "error"),
    ] {
        let lab =
            Lab::builder().photo_server("203.0.113.7", 443, named(says.clone())).start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        save(&lab, "203.0.113.7:443", folder.path());
        let publisher = destination(&lab, "198.51.100.1:80");
        let arguments = format!(
            "ocsp -url http://{publisher}/issuing-1 -header Host=ocsp.lab.example -issuer \
             issuer.pem -cert server.pem -CAfile root.pem -timeout 10"
        );
        let Some((_, said)) = openssl(folder.path(), &arguments) else { return };
        assert!(said.contains(words), "{says:?}: {said}");
        assert_eq!(lab.ocsp_questions()["c12.webex.com"], 1);
        assert_eq!(lab.fetches()["http://ocsp.lab.example/issuing-1"], 1);
    }
}

#[test]
fn what_is_published_stands_where_certificates_say() {
    let sources = Sources::from(Ocsp::good())
        .crl_at("ldap:///CN=Lab?certificateRevocationList")
        .crl(Crl::empty())
        .ca_issuers(CaIssuers::Issuer, Delivery::Prompt);
    let lab = Lab::builder()
        .photo_server(
            "203.0.113.7",
            443,
            Certificate::for_names(&["c12.webex.com"])
                .key(Key::P384)
                .sources(sources)
                .presenting(&[Link::EndEntity, Link::CrossCertificate, Link::Intermediate])
                .under(Intermediate::default().key(Key::P521).sources(Ocsp::good())),
        )
        .start()
        .unwrap();
    let (_, chain) = visit(&lab, "203.0.113.7:443", None, PATIENCE).unwrap();
    assert_eq!(fetch(&lab, "ca", "/issuing-1.crt"), chain[2].as_ref());
    let folder = tempfile::tempdir().unwrap();
    save(&lab, "203.0.113.7:443", folder.path());
    let list = fetch(&lab, "crl", "/issuing-1.crl");
    fs::write(folder.path().join("list.pem"), crl::pem(&list)).unwrap();
    fs::write(folder.path().join("issuer.pem"), certificate_pem(&chain[2])).unwrap();
    let verify = "verify -crl_check -CAfile root.pem -untrusted issuer.pem -CRLfile list.pem \
                  -verify_hostname c12.webex.com server.pem";
    let Some((content, said)) = openssl(folder.path(), verify) else { return };
    assert!(content, "{said}");
    let shown = "x509 -in server.pem -noout -text";
    let Some((_, said)) = openssl(folder.path(), shown) else { return };
    let at = ["ldap:///CN=Lab", "crl.lab.example/issuing-1.crl"].map(|uri| said.find(uri).unwrap());
    assert!(at[0] < at[1], "LDAP stands first: {said}");
    for words in ["OCSP - URI:http://ocsp.lab.example/issuing-1", "CA Issuers - URI:http://ca.lab"]
    {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn openssl_is_shown_staples_and_keys_of_every_kind() {
    let named = || Certificate::for_names(&["c12.webex.com"]);
    for (certificate, words) in [
        (named().staple(Ocsp::good()), &["Cert Status: good", "return code: 0 (ok)"][..]),
        (named().staple(Ocsp::revoked(Some(4)).delegated()), &["Cert Status: revoked"]),
        (named(), &["OCSP response: no response sent"]),
        (named().key(Key::P384), &["public key is 384 bit", "return code: 0 (ok)"]),
        (named().key(Key::P521), &["public key is 521 bit", "return code: 0 (ok)"]),
        (named().key(Key::Ed25519), &["public key is 256 bit", "return code: 0 (ok)"]),
        (named().key(Key::Rsa2048), &["public key is 2048 bit", "return code: 0 (ok)"]),
        (named().key(Key::Rsa3072), &["public key is 3072 bit", "return code: 0 (ok)"]),
        (named().under(Intermediate::default().expired()), &["certificate has expired"]),
        (named().without_intermediate(), &["unable to get local issuer certificate"]),
    ] {
        let what = format!("{certificate:?}");
        let lab = Lab::builder().photo_server("203.0.113.7", 443, certificate).start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        lab.write_ca(&folder.path().join("root.pem")).unwrap();
        let server = destination(&lab, "203.0.113.7:443");
        let arguments = format!("s_client -connect {server} -status -CAfile root.pem");
        let Some((_, said)) = openssl(folder.path(), &arguments) else { return };
        for words in words {
            assert!(said.contains(words), "{what}: {words}: {said}");
        }
    }
}

#[test]
fn openssl_sees_how_old_a_server_is() {
    let named = Certificate::for_names(&["c12.webex.com"]).key(Key::Rsa2048);
    for (protocol, option, version) in [
        (OldProtocol::Tls10, "-tls1", "TLS 1.0"),
        (OldProtocol::Tls11, "-tls1_1", "TLS 1.1"),
        (OldProtocol::Tls12Rsa, "-tls1_2", "TLS 1.2"),
    ] {
        let lab = Lab::builder()
            .old_tls_server("203.0.113.7", 443, protocol, named.clone().staple(Ocsp::good()))
            .start()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let server = destination(&lab, "203.0.113.7:443");
        let arguments = format!(
            "s_client -connect {server} -servername C12.webex.com {option} -cipher \
             AES128-SHA:@SECLEVEL=0 -legacy_server_connect -status -msg"
        );
        let Some((_, said)) = openssl(folder.path(), &arguments) else { return };
        for message in ["ServerHello", "Certificate", "CertificateStatus", "ServerHelloDone"] {
            assert!(said.contains(&format!("<<< {version}, Handshake [")), "{version}: {said}");
            assert!(said.contains(&format!("], {message}")), "{message}: {said}");
        }
        let hello = lab::Hello::new("203.0.113.7:443", Some("c12.webex.com"));
        assert_eq!(lab.handshakes()[&hello], 1);
    }
}

#[test]
fn a_modern_client_is_told_that_nothing_fits() {
    for (protocol, words) in [
        (OldProtocol::Tls10, "ProtocolVersion"),
        (OldProtocol::Tls11, "ProtocolVersion"),
        (OldProtocol::Tls12Rsa, "HandshakeFailure"),
    ] {
        let lab = Lab::builder()
            .old_tls_server("203.0.113.7", 443, protocol, Certificate::for_names(&["a.webex.com"]))
            .start()
            .unwrap();
        let said = visit(&lab, "203.0.113.7:443", None, PATIENCE).map(|_| ()).unwrap_err();
        assert!(said.to_string().contains(words), "{protocol:?}: {said}");
    }
}

#[test]
fn openssl_begins_tls_in_an_xmpp_stream() {
    let named = || {
        Certificate::for_names(&["xmpp.webex.com"])
            .xmpp_address("corp.example.com")
            .service_name("_xmpp-client.corp.example.com")
    };
    for (fault, domain, words) in [
        (None, "corp.example.com", "return code: 0 (ok)"),
        (None, "other.example.com", "no peer certificate"),
        (Some(XmppFault::Failure), "corp.example.com", "no peer certificate"),
        (Some(XmppFault::NotXmpp), "corp.example.com", "no peer certificate"),
        (Some(XmppFault::Close), "corp.example.com", "no peer certificate"),
    ] {
        let lab = Lab::builder();
        let lab = match fault {
            None => lab.xmpp_server("203.0.113.7", 5222, "corp.example.com", named()),
            Some(it) => {
                lab.faulty_xmpp_server("203.0.113.7", 5222, "corp.example.com", named(), it)
            }
        };
        let lab = lab.start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        lab.write_ca(&folder.path().join("root.pem")).unwrap();
        let server = destination(&lab, "203.0.113.7:5222");
        let arguments = format!(
            "s_client -connect {server} -starttls xmpp -xmpphost {domain} -CAfile root.pem"
        );
        let Some((_, said)) = openssl(folder.path(), &arguments) else { return };
        assert!(said.contains(words), "{fault:?} {domain}: {said}");
        let asked = ("203.0.113.7:5222".to_owned(), format!("stream to {domain}"));
        assert_eq!(lab.requests()[&asked], 1);
    }
}

#[test]
fn openssl_reads_the_names_of_an_xmpp_server() {
    let named = Certificate::for_names(&["xmpp.webex.com", "203.0.113.7"])
        .xmpp_address("corp.example.com")
        .service_name("_xmpp-client.corp.example.com");
    let lab = Lab::builder().photo_server("203.0.113.7", 443, named).start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    save(&lab, "203.0.113.7:443", folder.path());
    let arguments = "x509 -in server.pem -noout -ext subjectAltName";
    let Some((_, said)) = openssl(folder.path(), arguments) else { return };
    for words in [
        "othername: XmppAddr::corp.example.com",
        "othername: SRVName::_xmpp-client.corp.example.com",
        "DNS:xmpp.webex.com",
        "IP Address:203.0.113.7",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}
