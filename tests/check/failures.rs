//! Every way in which `check` cannot begin: the status, the words, and nothing on standard output.

use crate::authority::{Authority, NAME};
use crate::common::Folder;

#[test]
fn what_cannot_be_used_is_named() {
    let folder = Folder::new();
    let root = Authority::root("Root");
    let server = root.server(|_| {});
    folder.write("root.pem", root.pem());
    folder.write("chain.pem", server.pem());
    folder.write("chain.der", &server.0);
    folder.write("text.pem", "hello\n");
    folder.write("empty.pem", "");
    folder.write("broken.pem", server.pem().replace("MII", "M*I"));
    let junk = lab::certificate_pem(b"this is no certificate");
    folder.write("junk.pem", [server.pem(), junk].concat());
    folder.write("list.crl", root.crl(&[]));
    for (arguments, status, words) in [
        // Files.
        (&[NAME, "--chain", "none.pem"][..], 1, &["cannot read `none.pem`"][..]),
        (&[NAME, "--chain", "chain.der"], 2, &["`chain.der`", "openssl x509 -inform der"]),
        (&[NAME, "--chain", "text.pem"], 2, &["`text.pem` holds no certificate in PEM form"]),
        (&[NAME, "--chain", "empty.pem"], 2, &["`empty.pem` holds no certificate in PEM form"]),
        (&[NAME, "--chain", "broken.pem"], 2, &["`broken.pem` is not a PEM file of certificates"]),
        (
            &[NAME, "--chain", "junk.pem"],
            2,
            &["`junk.pem` certificate 2: the certificate is not DER as RFC 5280 has it"],
        ),
        (&[NAME, "--chain", "chain.pem", "--ocsp", "none.ocsp"], 1, &["cannot read `none.ocsp`"]),
        (&[NAME, "--chain", "chain.pem", "--crl", "empty.pem"], 2, &["`empty.pem` is empty"]),
        (
            &[NAME, "--chain", "chain.pem", "--crl", "root.pem"],
            2,
            &["`root.pem` holds no CRL", "give a CRL, in DER or PEM"],
        ),
        (&[NAME, "--chain", "chain.pem", "--crl", "chain.der"], 2, &["`chain.der` holds no CRL"]),
        (
            &[NAME, "--chain", "chain.pem", "--ocsp", "list.crl"],
            2,
            &["`list.crl` holds no OCSP response", "openssl ocsp -respout"],
        ),
        (&[NAME, "--chain", "chain.pem", "--trust", "none.pem"], 1, &["cannot read `none.pem`"]),
        // Times.
        (
            &[NAME, "--chain", "chain.pem", "--at", "tomorrow"],
            2,
            &["--at", "`tomorrow`", "such as `2027-01-31T12:00:00Z`"],
        ),
        (&[NAME, "--chain", "chain.pem", "--at", "2027-01-31"], 2, &["--at", "`2027-01-31`"]),
        (&[NAME, "--chain", "chain.pem", "--at", "2027-02-30T00:00:00Z"], 2, &["--at"]),
        // Hosts.
        (&["--chain", "chain.pem"], 2, &["HOST[:PORT]|URL"]),
        (&["203.0.113.7", "--chain", "chain.pem"], 2, &["`203.0.113.7`", "with an address"]),
        (&["photos", "--chain", "chain.pem"], 2, &["`photos`", "fully qualified name"]),
        (&["http://c12.webex.com/"], 2, &["plain http presents no certificate"]),
        (&["ftp://c12.webex.com/"], 2, &["neither a host nor an http(s) URL"]),
        (&["c12.webex.com:99999"], 2, &["`c12.webex.com:99999`", "a port from 1 to 65535"]),
        (&["c12.webex.com:0"], 2, &["`c12.webex.com:0`", "a port from 1 to 65535"]),
        (&["juliet@corp.example"], 2, &["`juliet@corp.example`: it names a user, not a server"]),
        (&["-"], 2, &["standard input names no host", "one `HOST[:PORT]` or URL per line"]),
        // Options that do not go together.
        (&[NAME], 2, &["`check` asks the network, and --offline forbids it", "--chain"]),
        (&[NAME, "--xmpp-domain", "corp.example"], 2, &["--xmpp-domain means nothing"]),
        (&[NAME, "--service", "xmpp", "--xmpp-domain", "corp"], 2, &["--xmpp-domain", "`corp`"]),
        (&[NAME, "--service", "sip"], 2, &["sip", "http", "xmpp"]),
        (&[NAME, "--role", "cups"], 2, &["--role", "`cups`", "`expressway-e`"]),
        (&[NAME, "--role", "cucm", "--chain", "chain.pem"], 2, &["cannot be used with"]),
        (&[NAME, "--role", "cucm", "--service", "xmpp"], 2, &["cannot be used with"]),
        (&["cucm.corp.example:6970", "--role", "cucm"], 2, &["no TLS at that port"]),
        (&[NAME, "--csr", "chain.pem"], 2, &["cannot be used with"]),
        (&["--csr", "chain.pem", "--save-roots", "x.pem"], 2, &["cannot be used with"]),
        (&[NAME, "--profile", "jabber-99"], 2, &["`jabber-99`", "`jabber-12`"]),
        (&[NAME, "--warn-days", "soon"], 2, &["--warn-days", "soon"]),
    ] {
        let before = folder.names();
        let run = folder.run(&[&["check", "--offline"], arguments].concat());
        assert_eq!(run.status, status, "{arguments:?}: {}{}", run.text(), run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{arguments:?}: no {word:?} in {}", run.stderr);
        }
        assert!(run.stdout.is_empty(), "{arguments:?}: {}", run.text());
        assert_eq!(folder.names(), before, "{arguments:?}");
    }
}
