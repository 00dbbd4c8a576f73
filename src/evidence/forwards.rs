//! Answers to forward questions, by name and by address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::written::answers;
use super::{Answer, Family};
use crate::name::Fqdn;

/// A forward question.
type Question = (Fqdn, Family);

/// What forward DNS said. Written down are the answers alone; the way round follows from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Forwards {
    answers: BTreeMap<Question, Answer<Vec<IpAddr>>>,
    names_at: BTreeMap<IpAddr, BTreeSet<Fqdn>>,
}

impl Forwards {
    pub(super) fn learn(&mut self, question: Question, answer: Answer<Vec<IpAddr>>) {
        for address in answer.found().into_iter().flatten() {
            self.names_at.entry(*address).or_default().insert(question.0.clone());
        }
        self.answers.insert(question, answer);
    }

    pub(super) fn answer(&self, name: &Fqdn, family: Family) -> Option<&Answer<Vec<IpAddr>>> {
        self.answers.get(&(name.clone(), family))
    }

    /// The names whose answer contains an address, in order.
    pub(super) fn names_at(&self, address: IpAddr) -> impl Iterator<Item = &Fqdn> {
        self.names_at.get(&address).into_iter().flatten()
    }
}

impl Serialize for Forwards {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        answers::serialize(&self.answers, to)
    }
}

impl<'de> Deserialize<'de> for Forwards {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut forwards = Self::default();
        for (question, answer) in answers::deserialize(from)? {
            forwards.learn(question, answer);
        }
        Ok(forwards)
    }
}
