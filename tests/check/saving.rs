//! Certificates for other programs.

use lab::{Certificate, Lab};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::authority::{Authority, NAME};
use crate::common::Folder;
use crate::{AT, json, verdict};

fn ders(pem: &[u8]) -> Vec<Vec<u8>> {
    CertificateDer::pem_slice_iter(pem).map(|der| der.unwrap().to_vec()).collect()
}

#[test]
fn what_was_saved_can_be_given_and_trusted() {
    let folder = Folder::new();
    let (root, other) = (Authority::root("Root"), Authority::root("Other"));
    let sub = root.intermediate("Sub");
    let server = sub.server(|_| {});
    folder.write("root.pem", [other.pem(), root.pem()].concat());
    folder.write("chain.pem", [server.pem(), sub.pem()].concat());
    let save = ["--save-chain", "saved.pem", "--save-roots", "roots.pem"];
    let given = [NAME, "c13.webex.com", "--chain", "chain.pem", "--trust", "root.pem", "--at", AT];
    let all = [&["check"], &given[..], &save].concat();
    let run = folder.run(&all);
    assert_eq!(run.status, 3, "c13 is not named: {}{}", run.text(), run.stderr);
    let saved = folder.read("saved.pem");
    assert_eq!(ders(&saved), [server.0.clone(), sub.der.clone()], "each once");
    let text = String::from_utf8(saved.clone()).unwrap();
    let comments: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(comments, ["# c12.webex.com:443", "# CN=c12.webex.com", "# CN=Sub"]);
    assert!(text.lines().all(|line| line.len() <= 64), "RFC 7468, 2");
    let roots = folder.read("roots.pem");
    assert_eq!(ders(&roots), std::slice::from_ref(&root.der), "the one that the path leads to");
    assert!(roots.starts_with(b"# CN=Root\n"));

    folder.write("root.pem", roots);
    let again = verdict(&folder, &[NAME, "--chain", "saved.pem"], 0);
    assert_eq!(again["verdict"], "trusted");

    // What exists is refused, and stays; --force replaces it.
    folder.write("saved.pem", "mine");
    let run = folder.run(&all);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("the file of certificates `saved.pem` exists already"));
    assert_eq!(folder.read("saved.pem"), b"mine");
    let run = folder.run(&[&all[..], &["--force"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_eq!(folder.read("saved.pem"), saved);
    let forced = folder.command(&all).env("PHOTOFIX_FORCE", "yes").output().unwrap();
    assert_eq!(forced.status.code(), Some(3));
}

#[test]
fn where_there_is_nothing_no_file_is_written() {
    let folder = Folder::new();
    let root = Authority::root("Root");
    folder.write("root.pem", Authority::root("Other").pem());
    folder.write("chain.pem", root.server(|_| {}).pem());
    let run = folder.run(&[
        "check",
        NAME,
        "--chain",
        "chain.pem",
        "--trust",
        "root.pem",
        "--at",
        AT,
        "--save-chain",
        "saved.pem",
        "--save-roots",
        "roots.pem",
    ]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let note = "note: `roots.pem` was not written: no path leads to a trust anchor";
    assert!(run.text().contains(note), "{}", run.text());
    assert_eq!(folder.names(), ["chain.pem", "root.pem", "saved.pem"]);
}

#[test]
fn no_input_is_overwritten() {
    let folder = Folder::new();
    let root = Authority::root("Root");
    folder.write("root.pem", root.pem());
    folder.write("chain.pem", root.server(|_| {}).pem());
    folder.write("list.crl", root.crl(&[]));
    folder.write("photofix.toml", "");
    let given = [
        "check",
        NAME,
        "--chain",
        "chain.pem",
        "--trust",
        "root.pem",
        "--crl",
        "list.crl",
        "--at",
        AT,
        "--force",
        "--config",
        "photofix.toml",
    ];
    let before: Vec<Vec<u8>> = folder.names().iter().map(|name| folder.read(name)).collect();
    for (option, path, words) in [
        ("--save-chain", "chain.pem", "is the same file as a file of --chain"),
        ("--save-roots", "./root.pem", "is the same file as a file of trust anchors"),
        ("--save-roots", "list.crl", "is the same file as a file of --crl"),
        ("--save-chain", "photofix.toml", "is the same file as the configuration"),
        ("--save-chain", "-", "would go to standard output, where the verdicts go"),
        ("--save-chain", "no/such/folder.pem", "cannot write `no/such/folder.pem`"),
    ] {
        let run = folder.run(&[&given[..], &[option, path]].concat());
        let status = if path.starts_with("no/") { 1 } else { 2 };
        assert_eq!(run.status, status, "{option} {path}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{option} {path}: {}", run.stderr);
    }
    let both = ["--save-chain", "new.pem", "--save-roots", "./new.pem"];
    let run = folder.run(&[&given[..], &both].concat());
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("would be written to `./new.pem`"), "{}", run.stderr);
    let after: Vec<Vec<u8>> = folder.names().iter().map(|name| folder.read(name)).collect();
    assert_eq!(before, after);
}

#[test]
fn what_servers_present_is_saved() {
    let lab = Lab::builder()
        .host("a.webex.com", &["203.0.113.1"])
        .host("b.webex.com", &["203.0.113.2"])
        .photo_server("203.0.113.1", 443, Certificate::for_names(&["a.webex.com"]))
        .photo_server("203.0.113.2", 443, Certificate::for_names(&["b.webex.com"]))
        .start()
        .unwrap();
    let folder = Folder::new();
    let config = lab.write_config(folder.path()).unwrap();
    let run = folder.run(&[
        "check",
        "b.webex.com",
        "a.webex.com",
        "--config",
        config.to_str().unwrap(),
        "--format",
        "json",
        "--save-chain",
        "saved.pem",
        "--save-roots",
        "roots.pem",
    ]);
    let document = json(&run, 0);
    let text = String::from_utf8(folder.read("saved.pem")).unwrap();
    let servers: Vec<&str> = text.lines().filter(|line| line.contains(":443 at ")).collect();
    assert_eq!(servers, ["# a.webex.com:443 at 203.0.113.1", "# b.webex.com:443 at 203.0.113.2"]);
    let presented: usize = document["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["chain"].as_array().unwrap().len())
        .sum();
    assert!(ders(text.as_bytes()).len() <= presented);
    assert_eq!(ders(&folder.read("roots.pem")).len(), 1);
}
