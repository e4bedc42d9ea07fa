//! A scheme made ready: names spelled out, contradictions refused, parts sorted into before and after the body.

use std::sync::Arc;

use crate::ConfigError;
use crate::algorithm::Algorithm;
use crate::headers::Names;
use crate::scheme::header::List;
use crate::scheme::{Encoding, Part, Proof, Scheme, SignedFunction, TimeUnit, template};

/// A scheme that can be checked against requests.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    /// The names under which the proof may come; the first set is the usual one.
    pub(crate) sets: Vec<HeaderSet>,
    /// The headers that tell the body's length and its coding.
    pub(crate) body_headers: [Arc<str>; 2],
    /// The names of both: what a check looks for in one pass.
    pub(crate) names: Names,
    pub(crate) signature: Option<SignatureSpec>,
    pub(crate) timestamp: Option<TimestampSpec>,
    /// The byte that follows the id in the signed bytes, which an id must not contain.
    pub(crate) id_delimiter: Option<u8>,
    pub(crate) plan: Plan,
}

/// One set of names for the proof headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderSet {
    pub(crate) signature: Option<Arc<str>>,
    pub(crate) timestamp: Option<Arc<str>>,
    pub(crate) id: Option<Arc<str>>,
}

impl HeaderSet {
    fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        [&self.signature, &self.timestamp, &self.id].into_iter().flatten()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct SignatureSpec {
    pub(crate) prefix: String,
    pub(crate) list: Option<List>,
    pub(crate) encoding: Encoding,
}

#[derive(Debug, Clone)]
pub(crate) struct TimestampSpec {
    pub(crate) place: TimestampPlace,
    pub(crate) unit: TimeUnit,
}

#[derive(Debug, Clone)]
pub(crate) enum TimestampPlace {
    /// A header of its own, after a prefix.
    Header(String),
    /// An item of the signature header's list.
    Item(String),
    /// The body, where a function finds it.
    Body,
}

/// How the proof is computed.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// A MAC that is fed while the body arrives.
    Stream { algorithm: Algorithm, before: Vec<Part>, after: Vec<Part> },
    /// A message put together once the body is whole.
    Whole { algorithm: Algorithm, parts: Vec<Part> },
    /// Messages from a function; with no algorithm, the secret itself is the proof.
    Function { algorithm: Option<Algorithm>, function: SignedFunction },
    /// The secret itself.
    StaticToken,
    /// A JSON web token.
    #[cfg(feature = "jwt")]
    Token(crate::jwt::TokenScheme),
}

impl Compiled {
    pub(crate) fn new(scheme: &Scheme) -> Result<Self, ConfigError> {
        let plan = plan(&scheme.proof)?;
        let timestamp = timestamp_spec(scheme, &plan)?;
        let signature = signature_spec(scheme, &plan)?;
        if plan.has(&Part::Id) && scheme.id.is_none() {
            return Err(ConfigError::scheme("`{id}` is signed, but `.id(…)` does not say where it is"));
        }
        let sets = sets(scheme, timestamp.as_ref());
        let body_headers = ["content-length".into(), "content-encoding".into()];
        Ok(Self {
            names: Names::new(sets.iter().flat_map(HeaderSet::names).chain(&body_headers)),
            sets,
            body_headers,
            id_delimiter: plan.delimiter_after(&Part::Id),
            signature,
            timestamp,
            plan,
        })
    }

    /// Whether the public URL takes part in the signed bytes.
    pub(crate) fn needs_url(&self) -> bool {
        self.plan.has(&Part::Url)
    }
}

fn plan(proof: &Proof) -> Result<Plan, ConfigError> {
    Ok(match proof {
        Proof::StaticToken => Plan::StaticToken,
        #[cfg(feature = "jwt")]
        Proof::Token(token) => Plan::Token(token.checked()?),
        Proof::Function(algorithm, function) => Plan::Function { algorithm: *algorithm, function: function.clone() },
        Proof::Template(algorithm, text) => {
            let mut parts = template::parse(text)?;
            let bodies = parts.iter().filter(|part| **part == Part::Body).count();
            let reads_body = parts.iter().any(|part| matches!(part, Part::Field(_) | Part::SortedForm));
            match parts.iter().position(|part| *part == Part::Body) {
                Some(at) if bodies == 1 && !reads_body && !algorithm.is_asymmetric() => {
                    let after = parts.drain(at..).skip(1).collect();
                    Plan::Stream { algorithm: *algorithm, before: parts, after }
                }
                _ => Plan::Whole { algorithm: *algorithm, parts },
            }
        }
    })
}

fn timestamp_spec(scheme: &Scheme, plan: &Plan) -> Result<Option<TimestampSpec>, ConfigError> {
    if let Some(unit) = scheme.body_timestamp {
        if scheme.timestamp.is_some() || !plan.finds_signatures() {
            return Err(ConfigError::scheme("a timestamp in the body is found by the function that finds the proof"));
        }
        return Ok(Some(TimestampSpec { place: TimestampPlace::Body, unit }));
    }
    let signed = plan.has(&Part::Timestamp);
    let Some(source) = &scheme.timestamp else {
        if signed {
            return Err(ConfigError::scheme("`{timestamp}` is signed, but `.timestamp(…)` does not say where it is"));
        }
        return Ok(None);
    };
    if !signed && !matches!(plan, Plan::Function { .. }) {
        return Err(ConfigError::scheme("the timestamp is not among the signed bytes, so it proves nothing"));
    }
    let place = match &source.header.list {
        None => TimestampPlace::Header(source.header.prefix.clone()),
        Some(list) => {
            let listed = scheme.signature.as_ref().is_some_and(|signature| {
                signature.header.name == source.header.name
                    && signature
                        .header
                        .list
                        .as_ref()
                        .is_some_and(|other| other.separator == list.separator && other.pair == list.pair)
            });
            if !listed {
                return Err(ConfigError::scheme("a timestamp in a list stands in the signature's own list"));
            }
            TimestampPlace::Item(list.item.clone())
        }
    };
    Ok(Some(TimestampSpec { place, unit: source.unit }))
}

fn signature_spec(scheme: &Scheme, plan: &Plan) -> Result<Option<SignatureSpec>, ConfigError> {
    #[cfg(feature = "jwt")]
    if matches!(plan, Plan::Token(_)) {
        return Ok(None);
    }
    if plan.finds_signatures() {
        return match scheme.signature {
            None => Ok(None),
            Some(_) => Err(ConfigError::scheme("the function finds the proof in the body, and no header carries one")),
        };
    }
    let source = scheme
        .signature
        .as_ref()
        .ok_or_else(|| ConfigError::scheme("`.signature(…)` does not say where the proof is"))?;
    if let Some(list) = &source.header.list {
        if list.item.is_empty() {
            return Err(ConfigError::scheme("a signature list needs `.item(…)`: the name of the items that count"));
        }
        if !list.separator.is_ascii() || !list.pair.is_ascii() || list.separator == list.pair {
            return Err(ConfigError::scheme("list separators are two different ASCII characters"));
        }
    }
    Ok(Some(SignatureSpec {
        prefix: source.header.prefix.clone(),
        list: source.header.list.clone(),
        encoding: source.encoding,
    }))
}

fn sets(scheme: &Scheme, timestamp: Option<&TimestampSpec>) -> Vec<HeaderSet> {
    let own_timestamp = timestamp.is_some_and(|spec| matches!(spec.place, TimestampPlace::Header(_)));
    let usual = HeaderSet {
        signature: scheme.signature.as_ref().map(|source| source.header.name.clone()),
        timestamp: scheme.timestamp.as_ref().filter(|_| own_timestamp).map(|source| source.header.name.clone()),
        id: scheme.id.as_ref().map(|header| header.name.clone()),
    };
    let Some((prefix, other)) = &scheme.alternative else {
        return vec![usual];
    };
    let rename = |name: &Option<Arc<str>>| {
        let name = name.as_ref()?;
        Some(name.strip_prefix(prefix.as_str()).map_or_else(|| name.clone(), |rest| format!("{other}{rest}").into()))
    };
    let second =
        HeaderSet { signature: rename(&usual.signature), timestamp: rename(&usual.timestamp), id: rename(&usual.id) };
    vec![usual, second]
}

impl Plan {
    /// The parts of the signed bytes, in order.
    fn parts(&self) -> impl Iterator<Item = &Part> {
        let (first, second): (&[Part], &[Part]) = match self {
            Self::Stream { before, after, .. } => (before, after),
            Self::Whole { parts, .. } => (parts, &[]),
            _ => (&[], &[]),
        };
        first.iter().chain(second)
    }

    /// Whether the proof covers the whole payload.
    pub(crate) fn covers_payload(&self) -> bool {
        match self {
            Self::Stream { .. } => true,
            Self::Whole { parts, .. } => parts.contains(&Part::Body),
            Self::Function { .. } | Self::StaticToken => false,
            #[cfg(feature = "jwt")]
            Self::Token(token) => token.covers_payload(),
        }
    }

    fn has(&self, wanted: &Part) -> bool {
        self.parts().any(|part| part == wanted)
    }

    /// Whether a function finds the signatures, so that no header carries any.
    fn finds_signatures(&self) -> bool {
        matches!(self, Self::Function { function, .. } if function.finds_signatures)
    }

    /// Whether `wanted` is a header among the signed bytes.
    pub(crate) fn signs_header(&self, wanted: &str) -> bool {
        if let Self::Function { function, .. } = self {
            return function.headers.iter().any(|name| **name == *wanted);
        }
        self.parts().any(|part| matches!(part, Part::Header(name) if **name == *wanted))
    }

    /// Whether the URL stands beside another part, with nothing between them that no URL has.
    pub(crate) fn runs_url_together(&self) -> bool {
        // The body stands between what comes before it and after it.
        let body = [Part::Body];
        let parts: Vec<&Part> = match self {
            Self::Stream { before, after, .. } => before.iter().chain(&body).chain(after).collect(),
            Self::Whole { parts, .. } => parts.iter().collect(),
            _ => return false,
        };
        // A dot or a bar may be part of a query and of a body too; a blank or a line feed is part of no URL.
        let ends_url = |text: &[u8]| text.iter().any(|byte| !byte.is_ascii_graphic());
        parts.windows(2).any(|pair| match pair {
            [Part::Url, Part::Literal(text)] => !ends_url(text),
            [Part::Literal(_), Part::Url] => false,
            [one, other] => **one == Part::Url || **other == Part::Url,
            _ => false,
        })
    }

    fn delimiter_after(&self, wanted: &Part) -> Option<u8> {
        let mut parts = self.parts();
        parts.find(|part| *part == wanted)?;
        match parts.next()? {
            Part::Literal(text) => text.first().copied(),
            _ => None,
        }
    }
}
