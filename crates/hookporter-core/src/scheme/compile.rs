//! A scheme made ready: names spelled out, contradictions refused.

use crate::headers::{Names, Sought};
use crate::key_name::KeyUrlRule;
use crate::scheme::header::{List, More};
use crate::scheme::timestamp::TimestampAt;
use crate::scheme::{Encoding, FixedHeader, HeaderSet, KeyHeader, Part, Plan, Scheme, TimeUnit};
use crate::{ConfigError, KeyNaming};

/// A scheme that can be checked against requests.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    /// The names under which the proof may come; the first set is the usual one.
    pub(crate) sets: Vec<HeaderSet>,
    /// The headers that tell the body's length and its coding.
    pub(crate) body_headers: [Sought; 2],
    /// The names of both: what a check looks for in one pass.
    pub(crate) names: Names,
    pub(crate) signature: Option<SignatureSpec>,
    pub(crate) timestamp: Option<TimestampSpec>,
    /// The header that states a part of the key.
    pub(crate) key_header: Option<KeyHeader>,
    /// Headers with one right value.
    pub(crate) fixed: Vec<FixedHeader>,
    /// The byte that follows the id in the signed bytes, which an id must not contain.
    pub(crate) id_delimiter: Option<u8>,
    /// What names the key by URL.
    pub(crate) key_url: Option<KeyUrlRule>,
    pub(crate) plan: Plan,
    /// The parameter of the query that may be the proof.
    pub(crate) query: Option<String>,
    #[cfg(feature = "gzip")]
    pub(crate) gzip: Option<crate::scheme::Gzip>,
}

#[derive(Debug, Clone)]
pub(crate) struct SignatureSpec {
    pub(crate) prefix: String,
    pub(crate) names_algorithm: bool,
    pub(crate) optional_prefix: bool,
    pub(crate) list: Option<List>,
    pub(crate) more: Option<Box<More>>,
    pub(crate) repeats: bool,
    pub(crate) encoding: Encoding,
}

impl SignatureSpec {
    /// What separates whole lists with timestamps of their own, where they do.
    pub(crate) fn sets(&self) -> Option<char> {
        self.list.as_ref().and_then(|list| list.sets)
    }
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
    /// A member of the signed body, by pointer.
    Member(Vec<String>),
    /// The body, where the function that finds the proof finds it.
    Found,
}

impl Compiled {
    pub(crate) fn new(scheme: &Scheme) -> Result<Self, ConfigError> {
        let plan = Plan::of(scheme)?;
        let timestamp = timestamp_spec(scheme, &plan)?;
        let signature = signature_spec(scheme, &plan)?;
        if scheme.query.is_some() && !matches!(plan, Plan::StaticToken) {
            return Err(ConfigError::scheme("only a static token can stand in the query"));
        }
        if plan.has(&Part::Id) && scheme.id.is_none() {
            return Err(ConfigError::scheme("`{id}` is signed, but `.id(…)` does not say where it is"));
        }
        if let Some(name) = plan.key_parts().into_iter().find(|name| !scheme.key_rule.parts().contains(name)) {
            return Err(ConfigError::scheme(format!(
                "the key's `{name}` takes part, and the key rule does not ask for it"
            )));
        }
        if let Some(header) = &scheme.key_header
            && !scheme.key_rule.parts().contains(&&*header.part)
        {
            return Err(ConfigError::scheme("a header states a part of the key that the key rule does not ask for"));
        }
        if let Some(gzip) = scheme.gzip {
            plan.judge_gzip(gzip, timestamp.as_ref())?;
        }
        if plan.has_shared_secret() && scheme.key_url.as_ref().is_some_and(|named| named.is_in_body()) {
            return Err(ConfigError::scheme(
                "a key that the body names by URL is a public one, and this one is a secret",
            ));
        }
        let mut names = Names::default();
        let sets = HeaderSet::of(scheme, timestamp.as_ref(), &mut names);
        let body_headers = ["content-length", "content-encoding"].map(|name| names.seek(&name.into()));
        let compiled = Self {
            names,
            sets,
            body_headers,
            key_header: scheme.key_header.clone(),
            fixed: scheme.fixed.clone(),
            id_delimiter: plan.delimiter_after(&Part::Id),
            key_url: scheme.key_url.clone(),
            signature,
            timestamp,
            plan,
            query: scheme.query.clone(),
            #[cfg(feature = "gzip")]
            gzip: scheme.gzip,
        };
        if scheme.gzip.is_some() && compiled.key_naming() == KeyNaming::Body {
            return Err(ConfigError::scheme("a key that the body names is read from a body that is not compressed"));
        }
        Ok(compiled)
    }

    /// Whether the public URL takes part in the signed bytes.
    pub(crate) fn needs_url(&self) -> bool {
        #[cfg(feature = "jwt")]
        if let Plan::Token(token) = &self.plan {
            return token.needs_url();
        }
        #[cfg(feature = "http-signatures")]
        if let Plan::Message(message) = &self.plan {
            return message.needs_url();
        }
        self.plan.has(&Part::Url)
    }
}

fn timestamp_spec(scheme: &Scheme, plan: &Plan) -> Result<Option<TimestampSpec>, ConfigError> {
    let signed = plan.has(&Part::Timestamp);
    let Some(source) = &scheme.timestamp else {
        if signed {
            return Err(ConfigError::scheme("`{timestamp}` is signed, but `.timestamp(…)` does not say where it is"));
        }
        return Ok(None);
    };
    let header = match &source.at {
        TimestampAt::Header(header) => header,
        TimestampAt::Member(pointer) => return member_spec(pointer, source.unit, signed, plan).map(Some),
        TimestampAt::Found if plan.has_function_that_finds() => {
            return Ok(Some(TimestampSpec { place: TimestampPlace::Found, unit: source.unit }));
        }
        TimestampAt::Found => {
            return Err(ConfigError::scheme("a timestamp is found in the body by the function that finds the proof"));
        }
    };
    if !signed && !matches!(plan, Plan::Function { .. }) {
        return Err(ConfigError::scheme("the timestamp is not among the signed bytes, so it proves nothing"));
    }
    if header.more.is_some() {
        return Err(ConfigError::scheme("a timestamp stands in one header, not in several"));
    }
    let place = match &header.list {
        None => TimestampPlace::Header(header.prefix.clone()),
        Some(list) => {
            let listed = scheme.signature.as_ref().is_some_and(|signature| {
                signature.header.name == header.name
                    && signature.header.list.as_ref().is_some_and(|other| other.is_like(list))
            });
            if !listed {
                return Err(ConfigError::scheme("a timestamp in a list stands in the signature's own list"));
            }
            TimestampPlace::Item(list.item.clone())
        }
    };
    Ok(Some(TimestampSpec { place, unit: source.unit }))
}

/// A timestamp in the body: it is read once the proof holds, so the proof must cover the body.
fn member_spec(pointer: &[String], unit: TimeUnit, signed: bool, plan: &Plan) -> Result<TimestampSpec, ConfigError> {
    if signed {
        return Err(ConfigError::scheme("`{timestamp}` stands in the signed bytes, and the timestamp in the body"));
    }
    if !matches!(plan, Plan::Stream { .. } | Plan::Whole { .. }) || !plan.covers_payload() {
        return Err(ConfigError::scheme("the proof does not cover the body, so a timestamp in it proves nothing"));
    }
    if pointer.is_empty() {
        return Err(ConfigError::scheme("a timestamp in the body is a member of it: `/timestamp`"));
    }
    Ok(TimestampSpec { place: TimestampPlace::Member(pointer.to_vec()), unit })
}

fn signature_spec(scheme: &Scheme, plan: &Plan) -> Result<Option<SignatureSpec>, ConfigError> {
    if plan.finds_its_signature() {
        if plan.has_function_that_finds() && scheme.signature.is_some() {
            return Err(ConfigError::scheme("the function finds the proof in the body, and no header carries one"));
        }
        return Ok(None);
    }
    if scheme.query.is_some() && scheme.signature.is_none() {
        return Ok(None);
    }
    let source = scheme
        .signature
        .as_ref()
        .ok_or_else(|| ConfigError::scheme("`.signature(…)` does not say where the proof is"))?;
    if let Some(problem) = source.header.problem(scheme.alternative.is_some()) {
        return Err(ConfigError::scheme(problem));
    }
    let listed = |at: &TimestampAt| matches!(at, TimestampAt::Header(header) if header.list.is_some());
    let has_timestamp = scheme.timestamp.as_ref().is_some_and(|source| listed(&source.at));
    if source.header.repeats && has_timestamp {
        return Err(ConfigError::scheme("a header that may repeat has no timestamp in it"));
    }
    if source.header.has_sets() && (!has_timestamp || !plan.key_parts().is_empty()) {
        return Err(ConfigError::scheme("each set of signatures has a timestamp in it, and signs no part of the key"));
    }
    Ok(Some(SignatureSpec {
        prefix: source.header.prefix.clone(),
        names_algorithm: source.header.names_algorithm,
        optional_prefix: source.header.optional_prefix,
        repeats: source.header.repeats,
        list: source.header.list.clone(),
        more: source.header.more.clone(),
        encoding: source.encoding,
    }))
}
