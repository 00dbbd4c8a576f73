//! How evidence is written down: bytes as base64 (RFC 4648, 4), answers as a list in the order of
//! their questions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serializer};

/// Bytes, such as DER.
pub mod base64_bytes {
    use super::*;

    /// Writes them.
    ///
    /// # Errors
    /// What the serialiser says.
    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    /// Reads them.
    ///
    /// # Errors
    /// What the deserialiser says, or why it is no base64.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        decode(&String::deserialize(from)?)
    }

    pub(super) fn decode<E: serde::de::Error>(text: &str) -> Result<Vec<u8>, E> {
        STANDARD.decode(text).map_err(|error| E::custom(format!("it is no base64: {error}")))
    }
}

/// Bytes that may be absent.
pub(super) mod base64_option {
    use super::*;

    pub(in crate::evidence) fn serialize<S: Serializer>(
        bytes: &Option<Vec<u8>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_some(&STANDARD.encode(bytes)),
            None => to.serialize_none(),
        }
    }

    pub(in crate::evidence) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| base64_bytes::decode(&text)).transpose()
    }
}

/// Several of them.
pub(super) mod base64_list {
    use super::*;

    pub(in crate::evidence) fn serialize<S: Serializer>(
        list: &[Vec<u8>],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(|bytes| STANDARD.encode(bytes)))
    }

    pub(in crate::evidence) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Vec<u8>>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts.iter().map(|text| base64_bytes::decode(text)).collect()
    }
}

/// Answers by question. JSON's objects have texts as keys, and our questions say more.
pub(super) mod answers {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry<Q, A> {
        question: Q,
        answer: A,
    }

    pub(in crate::evidence) fn serialize<Q: Serialize, A: Serialize, S: Serializer>(
        answers: &BTreeMap<Q, A>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(answers.iter().map(|(question, answer)| Entry { question, answer }))
    }

    pub(in crate::evidence) fn deserialize<'de, Q, A, D>(
        from: D,
    ) -> Result<BTreeMap<Q, A>, D::Error>
    where
        Q: Deserialize<'de> + Ord,
        A: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let entries = Vec::<Entry<Q, A>>::deserialize(from)?;
        let written = entries.len();
        let answers: BTreeMap<Q, A> =
            entries.into_iter().map(|entry| (entry.question, entry.answer)).collect();
        if answers.len() == written {
            return Ok(answers);
        }
        Err(serde::de::Error::custom("two answers to the same question"))
    }
}
