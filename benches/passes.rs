//! What the steps of a run cost, on exports that are already in memory: records out of bytes, photo
//! cells, a host spliced, both passes, one decision.
//!
//! `cargo bench --bench passes [-- FILTER]` compares with the run before (criterion). What a run
//! costs beside other programs says `lab/src/bin/compare`; whether a step takes more instructions than
//! it did, `lab/src/bin/instructions.rs`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark; it fails by panicking")]

use std::hint::black_box;
use std::io;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lab::exports::{Shape, Size, address, host};
use photofix::census::{Census, Photos};
use photofix::decide::{Certified, OnAmbiguity, OnUntrusted, Policy, Reach, Subject, decide};
use photofix::evidence::{Answer, Endpoint, Evidence, Family, OldHost, Scheme};
use photofix::export::{Choices, Contents, Encoding, Reader, RecordKind};
use photofix::name::Fqdn;
use photofix::photo::{Classifier, classify};
use photofix::profile::VerdictKind;
use photofix::reference::{Candidate, DEFAULT_DOMAINS, Scope};
use photofix::rewrite::{Outputs, Rewriter, Treatment, Treatments, Unguarded, rewrite_export};

/// Bytes of an export: more than the processor's nearer caches hold.
const BYTES: u64 = 16 << 20;

fn domains() -> Vec<Fqdn> {
    DEFAULT_DOMAINS.into_iter().map(|domain| Fqdn::parse(domain).unwrap()).collect()
}

/// Exports by name.
fn exports() -> [(&'static str, Shape, Vec<u8>); 3] {
    [
        ("UTF-8", 1, Encoding::Utf8),
        ("UTF-8 half", 50, Encoding::Utf8),
        ("UTF-16LE", 1, Encoding::Utf16Le),
    ]
    .map(|(name, addresses, encoding)| {
        let size = Size::Bytes(BYTES);
        let shape = Shape { size, addresses, encoding, ..Shape::default() };
        let mut bytes = Vec::new();
        shape.write(&mut bytes).unwrap();
        (name, shape, bytes)
    })
}

/// Every address gets its name.
fn treatments(shape: &Shape) -> Treatments {
    let scope = Scope { domains: domains(), ..Scope::default() };
    let rewritten = |nth| {
        let old = OldHost::Address(address(nth).into());
        let endpoint = Endpoint { host: old, port: 8443, scheme: Scheme::Https };
        let name = Fqdn::parse(&host(nth)).unwrap();
        let candidate = Candidate { name, sources: Default::default(), support: None };
        (endpoint, Treatment::Rewrite(scope.admit(&candidate).unwrap()))
    };
    let by_endpoint = (0..shape.distinct).map(rewritten).collect();
    Treatments { domains: domains(), by_endpoint, ..Treatments::default() }
}

/// Goes through records, and looks at every photo cell's bytes.
fn read(bytes: &[u8]) -> u64 {
    let mut reader = Reader::open(bytes, &Choices::default()).unwrap();
    while let Some(record) = reader.next_record().unwrap() {
        black_box(record.photo().map(|photo| photo.raw().first().copied()));
    }
    reader.seen().records
}

fn count(bytes: &[u8], domains: &[Fqdn]) -> u64 {
    let mut reader = Reader::open(bytes, &Choices::default()).unwrap();
    Census::take(&mut reader, domains, Photos::Off).unwrap().records
}

fn rewrite(bytes: &[u8], treatments: &Treatments) -> u64 {
    let mut reader = Reader::open(bytes, &Choices::default()).unwrap();
    let mut rewriter = Rewriter::new(treatments, reader.dialect());
    let import = &mut io::sink();
    let mut outputs = Outputs { import, contents: Contents::Everything, rollback: None };
    rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut ())
        .unwrap()
        .decided
}

fn passes(criterion: &mut Criterion) {
    let domains = domains();
    for (name, shape, bytes) in exports() {
        let treatments = treatments(&shape);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(bytes.len() as u64)).sample_size(20);
        group.bench_function("read", |b| b.iter(|| read(&bytes)));
        group.bench_function("first pass", |b| b.iter(|| count(&bytes, &domains)));
        group.bench_function("second pass", |b| b.iter(|| rewrite(&bytes, &treatments)));
        group.finish();
    }
}

/// A new host in a record, which is written.
fn splice(criterion: &mut Criterion) {
    for (encoding, delimiter) in [(Encoding::Utf8, ","), (Encoding::Utf16Le, "\t")] {
        let text =
            "email,userProfilePhotoURL,city\r\nann@example.com,https://10.0.0.1/a.jpg,Łódź\r\n";
        let text = text.replace(',', delimiter);
        let file = [encoding.byte_order_mark(), &encoding.encode(&text)].concat();
        let mut reader = Reader::open(&file[..], &Choices::default()).unwrap();
        reader.next_record().unwrap();
        let record = reader.next_record().unwrap().unwrap();
        assert_eq!(record.kind(), RecordKind::Data);
        let photo = record.photo().unwrap();
        let mut out = Vec::with_capacity(1024);
        criterion.bench_function(&format!("splice, {encoding}"), |b| {
            b.iter(|| {
                out.clear();
                let span = photo.raw_range(black_box(8..16)).unwrap();
                record.write_spliced(span, "photo-1.dc1.webexconnect.com", &mut out).unwrap();
            });
        });
        let wanted = encoding.encode("https://photo-1.dc1.webexconnect.com/a.jpg");
        assert!(out.windows(wanted.len()).any(|bytes| bytes == &wanted[..]));
    }
}

/// Cells by what they hold, met for the first time and again.
fn classifier(criterion: &mut Criterion) {
    let domains = domains();
    for (name, cell) in [
        ("address", "https://10.0.0.1:8443/photos/1.jpg"),
        ("odd address", "https://user@0x0a.0.0.1./photos/1.jpg"),
        ("name", "https://c1.webex.com/photos/1.jpg?v=7"),
        ("no URL", "see the intranet"),
    ] {
        let mut group = criterion.benchmark_group(format!("photo cell, {name}"));
        group.bench_function("first", |b| b.iter(|| classify(black_box(cell), &domains)));
        let mut classifier = Classifier::new(&domains);
        group.bench_function("again", |b| b.iter(|| classifier.classify(black_box(cell))));
        group.finish();
    }
}

/// One endpoint: a PTR name that leads back, and three others that do not.
fn decision(criterion: &mut Criterion) {
    let scope = Scope { domains: domains(), ..Scope::default() };
    let (old, name) = (address(1).into(), host(1));
    let mut evidence = Evidence::default();
    let others = ["elsewhere.webex.com", "ghost.webex.com", "webex.com.evil.example"];
    let names = [name.as_str()].iter().chain(&others).map(|name| (*name).to_owned()).collect();
    evidence.pointers.insert(old, Answer::Found(names));
    for (name, at) in [(name.as_str(), old), (others[0], address(2).into())] {
        let name = Fqdn::parse(name).unwrap();
        evidence.learn_addresses(name, Family::V4, Answer::Found(vec![at]));
    }
    let endpoint = Endpoint { host: OldHost::Address(old), port: 443, scheme: Scheme::Https };
    let policy = Policy {
        untrusted: OnUntrusted::Hold,
        ambiguity: OnAmbiguity::Hold,
        reach: Reach::Network,
    };
    criterion.bench_function("decision", |b| {
        b.iter(|| {
            let mut trusted = |_: &_, _| {
                Certified::Judged(VerdictKind::Trusted, String::new(), Subject::Certificate)
            };
            decide(black_box(&endpoint), &scope, &evidence, policy, &mut trusted, &|_| None)
        });
    });
}

criterion_group!(benches, passes, splice, classifier, decision);
criterion_main!(benches);
