//! What the answers prove, put together (RFC 5280, 6.3; RFC 6960, 3.2).
//!
//! For each certificate of a path but the trust anchor:
//!
//! * a `revoked` from any source that can be believed wins, however many others say `good`
//! * else the first source that can be believed decides, in the order in which a client hears of
//!   them: the staple, the administrator's files, then by the time they took
//! * `unknown` is an answer of somebody who has none (RFC 6960, 2.2 lets the client ask elsewhere),
//!   so it decides only when nobody else says anything
//! * else there is no answer, and the failure that an administrator should look at first is named:
//!   an answer that cannot be believed, then one that was late, then none

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::hearing::{Failure, Heard, Hearing, Said};
use super::questions::{MAX_FOLLOWED, about, has_scheme, over_http};
use super::{MemberStatus, Outcome, Revocation, Status};
use crate::evidence::{Fetch, FetchOutcome, Fetched, Purpose, RevocationFile};
use crate::x509::answer::Statement;
use crate::x509::certificate::Certificate;
use crate::x509::crl::Reasons;
use crate::x509::issuer;
use crate::x509::path::PathOutcome;
use crate::x509::time::utc;
use crate::x509::trust::TrustAnchors;

/// Everything that may say whether the certificates of a chain are revoked.
#[derive(Clone, Copy, Debug)]
pub struct Answers<'a> {
    /// The OCSP response that the server sent along.
    pub staple: Option<&'a [u8]>,
    /// Whether servers were asked. Then a source that was left out was to be asked as well; else
    /// nobody was.
    pub were_asked: bool,
    /// What was asked over HTTP.
    pub fetched: &'a BTreeMap<Fetch, Fetched>,
    /// What the administrator gives.
    pub files: &'a [RevocationFile],
}

/// What the answers prove at a time in seconds since the epoch.
///
/// Trust anchors are left out, and so is every other root: nobody could revoke it but itself. Where the path leads to no anchor, its members are those linked by name.
pub fn evaluate(
    chain: &[Certificate],
    path: &PathOutcome,
    anchors: &TrustAnchors,
    answers: Answers<'_>,
    at: i64,
) -> Outcome {
    let mut members = Vec::new();
    for (position, member) in path.members.iter().take(MAX_FOLLOWED).enumerate() {
        let Some(certificate) = chain.get(*member) else { continue };
        let is_top = match &path.path {
            Some(_) => anchors.position_of(&certificate.der).is_some(),
            None => issuer::is_root(certificate, chain, anchors),
        };
        if is_top {
            continue;
        }
        // Only the server's own certificate is stapled for (RFC 6066, 8).
        let staple = answers.staple.filter(|_| position == 0);
        let answers = Answers { staple, ..answers };
        let status = match issuer_of(position, chain, path, anchors) {
            Some(issuer) => {
                let were_asked = answers.were_asked;
                status(&Hearing { certificate, issuer, were_asked, at }, answers)
            }
            None => without_issuer(certificate),
        };
        members.push(MemberStatus { member: *member, subject: certificate.label(), status });
    }
    Outcome { members }
}

/// The issuer of a member: the next one of the path, its trust anchor, or who is found.
fn issuer_of<'a>(
    position: usize,
    chain: &'a [Certificate],
    path: &PathOutcome,
    anchors: &'a TrustAnchors,
) -> Option<&'a Certificate> {
    let Some(found) = &path.path else {
        let certificate = &chain[path.members[position]];
        return issuer::of(certificate, chain, anchors).map(issuer::Issuer::certificate);
    };
    match path.members.get(position + 1) {
        Some(next) => chain.get(*next),
        None => anchors.roots()[found.anchor].certificate(),
    }
}

/// Without the issuer's key no answer can be believed, so nothing was asked.
fn without_issuer(certificate: &Certificate) -> Status {
    if over_http(&certificate.ocsp_urls).chain(over_http(&certificate.crl_urls)).next().is_none() {
        return not_offered(certificate);
    }
    let note = format!("its issuer `{}` is not known", certificate.issuer);
    Status { note: Some(note), ..Status::bare(Revocation::NotAsked) }
}

fn status(hearing: &Hearing<'_>, answers: Answers<'_>) -> Status {
    let questions = about(hearing.certificate, hearing.issuer);
    let mut heard: Vec<Heard> = answers.staple.map(|it| hearing.staple(it)).into_iter().collect();
    heard.extend(answers.files.iter().filter_map(|file| hearing.file(file)));
    let mut fetched: Vec<Heard> = questions
        .iter()
        .map(|question| hearing.fetched(question, answers.fetched.get(question)))
        .collect();
    fetched.sort_by_key(|heard| (heard.elapsed_ms.is_none(), heard.elapsed_ms));
    heard.extend(fetched);
    if heard.is_empty() {
        return not_offered(hearing.certificate);
    }
    let lists = answers.files.iter().filter(|file| file.purpose == Purpose::Crl);
    let mut lists: Vec<&[u8]> = lists.map(|file| file.bytes.as_slice()).collect();
    lists.extend(questions.iter().filter_map(|question| list(question, answers.fetched)));
    for one in &mut heard {
        doubt_delegate(one, hearing, &lists);
        set_aside_after_expiry(one, hearing);
    }
    weigh(heard)
}

/// The CRL that a question brought.
fn list<'a>(question: &Fetch, fetched: &'a BTreeMap<Fetch, Fetched>) -> Option<&'a [u8]> {
    match &fetched.get(question)?.outcome {
        FetchOutcome::Body(body) if question.purpose == Purpose::Crl => Some(body),
        _ => None,
    }
}

fn not_offered(certificate: &Certificate) -> Status {
    Status { note: only_elsewhere(certificate), ..Status::bare(Revocation::NotOffered) }
}

/// Where the certificate offers an answer only over a protocol that is not asked.
fn only_elsewhere(certificate: &Certificate) -> Option<String> {
    let mut urls = certificate.crl_urls.iter().chain(&certificate.ocsp_urls).peekable();
    let first = *urls.peek()?;
    let ldap = ["ldap", "ldaps"];
    let kind = if urls.all(|url| ldap.iter().any(|scheme| has_scheme(url, scheme))) {
        "LDAP"
    } else {
        "a protocol other than HTTP"
    };
    Some(format!("it names a source over {kind} only, `{first}`"))
}

/// An issuer may have revoked whom it let answer in its place. That is not asked (see
/// [`crate::x509::ocsp`]), but where a CRL of that issuer came, it is looked up.
fn doubt_delegate(heard: &mut Heard, hearing: &Hearing<'_>, lists: &[&[u8]]) {
    let Ok(Said { delegate: Some(delegate), .. }) = &heard.said else { return };
    if delegate.no_check {
        return;
    }
    if let Some(since) = lists.iter().find_map(|list| hearing.revokes(list, delegate)) {
        heard.said = Err(Failure::Invalid(format!(
            "{} is signed by `{}`, whose certificate was revoked on {}",
            heard.source.what(),
            delegate.certificate.label(),
            utc(since)
        )));
    }
}

/// A certificate that has expired is expired, and that is what its administrator mends. Lists may
/// drop it from then on (RFC 5280, 5), so what they say of it no longer decides anything; that it
/// is still listed is told.
fn set_aside_after_expiry(heard: &mut Heard, hearing: &Hearing<'_>) {
    let not_after = hearing.certificate.not_after;
    if hearing.at <= not_after {
        return;
    }
    let Ok(Said { statement: Statement::Revoked { since, .. }, .. }) = &heard.said else { return };
    heard.said = Err(Failure::Invalid(format!(
        "{} says that it was revoked on {}, which decides nothing after it expired on {}",
        heard.source.what(),
        utc(*since),
        utc(not_after)
    )));
}

/// From what each source says, in the order in which they were heard, to the one state.
fn weigh(mut heard: Vec<Heard>) -> Status {
    join_parts(&mut heard);
    let said = |statement: fn(&Statement) -> bool| {
        heard.iter().position(|one| one.said.as_ref().is_ok_and(|it| statement(&it.statement)))
    };
    let decisive = said(|it| matches!(it, Statement::Revoked { .. }))
        .or_else(|| said(|it| *it == Statement::Good))
        .or_else(|| said(|it| *it == Statement::Unknown))
        .or_else(|| {
            let weight = |at: &usize| match &heard[*at].said {
                Ok(_) => 0,
                Err(failure) => failure.state().weight(),
            };
            (0..heard.len()).max_by_key(|at| (weight(at), Reverse(*at)))
        });
    let Some(decisive) = decisive else { return Status::bare(Revocation::NotAsked) };
    let one = heard.remove(decisive);
    let (state, dates) = match &one.said {
        Ok(said) => (state(&said.statement), Some(said.dates)),
        Err(failure) => (failure.state(), None),
    };
    let form = one.said.as_ref().map_or_else(|_| Vec::new(), |said| said.form.clone());
    let notes: Vec<String> = heard.iter().filter_map(|other| note(other, &state)).collect();
    Status {
        state,
        source: Some(one.source),
        elapsed_ms: one.elapsed_ms,
        this_update: dates.map(|dates| dates.this_update),
        next_update: dates.and_then(|dates| dates.next_update),
        note: (!notes.is_empty()).then(|| notes.join("; ")),
        form,
    }
}

/// CRLs that are about some reasons each say "good" together, or nothing: then whoever counted on
/// them learns which reasons nobody speaks for.
fn join_parts(heard: &mut [Heard]) {
    let is_part = |one: &Heard| {
        one.said
            .as_ref()
            .is_ok_and(|it| it.statement == Statement::Good && it.reasons != Reasons::ALL)
    };
    let covered = heard
        .iter()
        .filter(|one| is_part(one))
        .filter_map(|one| one.said.as_ref().ok())
        .fold(Reasons::NONE, |covered, said| covered.and(said.reasons));
    if covered == Reasons::ALL {
        return;
    }
    for one in heard.iter_mut().filter(|one| is_part(one)) {
        one.said = Err(Failure::Invalid(format!(
            "{} is about some reasons only: none that came speaks for {}",
            one.source.what(),
            covered.missing().join(", ")
        )));
    }
}

fn state(statement: &Statement) -> Revocation {
    match statement {
        Statement::Good => Revocation::Good,
        Statement::Revoked { since, reason } => {
            Revocation::Revoked { since: Some(*since), reason: reason.clone() }
        }
        Statement::Unknown => Revocation::Unknown,
    }
}

/// What else an administrator should hear: a source that says otherwise, or nothing.
fn note(other: &Heard, decided: &Revocation) -> Option<String> {
    match &other.said {
        Ok(said) => {
            let says = state(&said.statement);
            (says.as_str() != decided.as_str())
                .then(|| format!("{} says {}", other.source.what(), says.as_str()))
        }
        Err(failure) => failure.detail(&other.source),
    }
}
