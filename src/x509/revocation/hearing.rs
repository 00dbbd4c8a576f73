//! What each source says about one certificate, one after the other.

use super::{Revocation, Source};
use crate::evidence::{Fetch, FetchOutcome, Fetched, Purpose, RevocationFile};
use crate::x509::answer::{Dates, Statement};
use crate::x509::certificate::Certificate;
use crate::x509::crl::{self, Crl, CrlError, Reasons};
use crate::x509::form::FormDefect;
use crate::x509::ocsp::{Delegate, OcspError, Question};

/// Why nobody was asked where others were.
const LEFT_OUT: &str = "the server presents more certificates and sources than are asked about";

/// What one source says.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) source: Source,
    pub(super) elapsed_ms: Option<u64>,
    pub(super) said: Result<Said, Failure>,
}

/// An answer that can be believed.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) statement: Statement,
    pub(super) dates: Dates,
    /// For which reasons it speaks.
    pub(super) reasons: Reasons,
    /// Who gave it in the issuer's place.
    pub(super) delegate: Option<Delegate>,
    /// What is odd about its form.
    pub(super) form: Vec<FormDefect>,
}

/// Why there is none.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// There is one, and it cannot be believed.
    Invalid(String),
    TooLate(u64),
    Unreachable(String),
    /// Why not, where somebody said.
    NotAsked(Option<String>),
}

impl Failure {
    /// The state that a certificate has when this is all there is.
    pub(super) fn state(&self) -> Revocation {
        match self {
            Self::Invalid(why) => Revocation::Invalid(why.clone()),
            Self::TooLate(elapsed_ms) => Revocation::TooLate { elapsed_ms: *elapsed_ms },
            Self::Unreachable(why) => Revocation::Unreachable(why.clone()),
            Self::NotAsked(None) => Revocation::NotAsked,
            Self::NotAsked(Some(why)) => Revocation::Withheld(why.clone()),
        }
    }

    /// In words.
    pub(super) fn detail(&self, source: &Source) -> Option<String> {
        match self {
            Self::Invalid(why) | Self::Unreachable(why) => Some(why.clone()),
            Self::TooLate(elapsed_ms) => Some(format!(
                "{} had not answered after {}.{:03} s",
                source.who(),
                elapsed_ms / 1000,
                elapsed_ms % 1000
            )),
            Self::NotAsked(why) => why.clone(),
        }
    }
}

/// The question about one certificate, to all sources.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hearing<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) issuer: &'a Certificate,
    /// Whether servers were asked, so that an answer which is not there was not wanted.
    pub(super) were_asked: bool,
    pub(super) at: i64,
}

impl Hearing<'_> {
    /// The OCSP response that the server sent along.
    pub(super) fn staple(&self, response: &[u8]) -> Heard {
        let said = self.ocsp(response).map_err(|error| invalid(&Source::Stapled, &error));
        Heard { source: Source::Stapled, elapsed_ms: None, said }
    }

    /// A file of the administrator's; nothing where it is about other certificates.
    pub(super) fn file(&self, file: &RevocationFile) -> Option<Heard> {
        let source = Source::File(file.name.clone());
        let said = match file.purpose {
            Purpose::Ocsp => match self.ocsp(&file.bytes) {
                Err(OcspError::OtherCertificate) => return None,
                said => said.map_err(|error| invalid(&source, &error)),
            },
            Purpose::Crl => match self.crl(&file.bytes) {
                Err(CrlError::OtherIssuer(_) | CrlError::OtherCertificates(_)) => return None,
                said => said.map_err(|error| invalid(&source, &error)),
            },
            Purpose::CaIssuers => return None,
        };
        Some(Heard { source, elapsed_ms: None, said })
    }

    /// The answer to a question over HTTP, if it was put.
    pub(super) fn fetched(&self, question: &Fetch, answer: Option<&Fetched>) -> Heard {
        let url = question.url.clone();
        let source = match question.purpose {
            Purpose::Ocsp => Source::Ocsp(url),
            Purpose::Crl | Purpose::CaIssuers => Source::Crl(url),
        };
        let Some(answer) = answer else {
            let left_out = || format!("{}: {LEFT_OUT}", source.who());
            let said = Err(Failure::NotAsked(self.were_asked.then(left_out)));
            return Heard { source, elapsed_ms: None, said };
        };
        let said = match &answer.outcome {
            FetchOutcome::Body(body) if question.purpose == Purpose::Ocsp => {
                self.ocsp(body).map_err(|error| invalid(&source, &error))
            }
            FetchOutcome::Body(body) => self.crl(body).map_err(|error| invalid(&source, &error)),
            FetchOutcome::TooLate => Err(Failure::TooLate(answer.elapsed_ms)),
            FetchOutcome::Failed(why) => {
                Err(Failure::Unreachable(format!("{}: {why}", source.who())))
            }
            FetchOutcome::NotAsked(why) => {
                Err(Failure::NotAsked(Some(format!("{}: {why}", source.who()))))
            }
        };
        let elapsed_ms = match said {
            Err(Failure::NotAsked(_)) => None,
            _ => Some(answer.elapsed_ms),
        };
        Heard { source, elapsed_ms, said }
    }

    fn ocsp(&self, response: &[u8]) -> Result<Said, OcspError> {
        let answer = Question::new(self.certificate, self.issuer)?.read(response, self.at)?;
        Ok(Said {
            statement: answer.statement,
            dates: answer.dates,
            reasons: Reasons::ALL,
            delegate: answer.delegate,
            form: Vec::new(),
        })
    }

    fn crl(&self, bytes: &[u8]) -> Result<Said, CrlError> {
        let answer = Crl::read(&crl::der(bytes)?)?.about(self.certificate, self.issuer, self.at)?;
        Ok(Said {
            statement: answer.statement,
            dates: answer.dates,
            reasons: answer.reasons,
            delegate: None,
            form: answer.form,
        })
    }

    /// When a CRL revokes a delegate of the same issuer, if it does.
    pub(super) fn revokes(&self, bytes: &[u8], delegate: &Delegate) -> Option<i64> {
        let der = crl::der(bytes).ok()?;
        let answer = Crl::read(&der).ok()?.about(&delegate.certificate, self.issuer, self.at);
        match answer.ok()?.statement {
            Statement::Revoked { since, .. } => Some(since),
            Statement::Good | Statement::Unknown => None,
        }
    }
}

fn invalid(source: &Source, error: &dyn std::fmt::Display) -> Failure {
    Failure::Invalid(format!("{} {error}", source.what()))
}
