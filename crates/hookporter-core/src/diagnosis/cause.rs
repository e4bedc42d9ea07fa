//! What may be wrong with a request, or with the set-up that refuses it.

use std::fmt;

use crate::KeyId;

/// A cause, and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// What is wrong.
    pub cause: Cause,
    /// How sure that is.
    pub certainty: Certainty,
}

/// How sure a cause is; the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Certainty {
    /// The bytes show it: with this one thing changed the proof holds.
    Proven,
    /// What was received points to it.
    Likely,
    /// Nothing rules it out.
    Possible,
}

impl Certainty {
    /// The certainty as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// What may be wrong. Its text is for people; no secret and no byte of the body is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// A key of this endpoint that has expired fits.
    ExpiredKey(KeyId),
    /// A key that is not this endpoint's fits; what the keys were called.
    OtherKeys(String),
    /// The key fits once it is spelled otherwise: how.
    KeySpelling(KeyId, &'static str),
    /// No key fits: the secret is another endpoint's, or was replaced.
    WrongSecret,
    /// The body was changed on its way: what undoes it.
    BodyChanged(String),
    /// The body is empty, and the proof is over one that is not.
    BodyEmpty,
    /// The body is shorter than its head announced, in bytes.
    BodyCut {
        /// The `Content-Length`.
        announced: u64,
        /// What arrived.
        received: u64,
    },
    /// The body is not what its `Content-Encoding` says: it was inflated, and the header left.
    BodyInflated,
    /// The body has an encoding that the sender does not use: which.
    BodyCompressed(&'static str),
    /// The method is one that carries no event: which.
    OtherMethod(&'static str),
    /// A parameter of the query that the proof needs is missing.
    QueryLost,
    /// The answer that a sender reports is not of this library: whose, and what usually brings it about.
    AnsweredInFront(&'static str, &'static str),
    /// The sender called another URL: what differs, and the URL without its query.
    WrongUrl(String, String),
    /// The clocks disagree, or the request is late: how many seconds it lies behind (negative) or ahead.
    Clock(i64),
    /// Local time was taken for Unix time: how many hours it lies behind (negative) or ahead.
    TimeZone(i64),
    /// The timestamp is in another unit: in which.
    TimeUnit(&'static str),
    /// The proof is made with another algorithm: with which.
    OtherAlgorithm(&'static str),
    /// The proof is written in another encoding: in which.
    OtherEncoding(&'static str),
    /// The proof is of another version of the sender's: the header that shows it.
    OtherVersion(String),
    /// The headers are those of other senders: their ids.
    OtherSender(Vec<&'static str>),
    /// A header of the sender's is missing, while others of it are there.
    HeaderStripped(String),
    /// No header of the sender's is there.
    NoHeaders,
    /// A header arrives under another name: it, and the name.
    HeaderRenamed(String, String),
    /// A header stands twice, with one value or with two.
    HeaderDoubled(String, &'static str),
    /// Two values of a header were made one.
    HeaderMerged(String),
    /// The value of a header was rewritten: how.
    HeaderRewritten(String, &'static str),
}

impl Cause {
    pub(super) const fn proven(self) -> Diagnosis {
        Diagnosis { cause: self, certainty: Certainty::Proven }
    }

    pub(super) const fn likely(self) -> Diagnosis {
        Diagnosis { cause: self, certainty: Certainty::Likely }
    }

    pub(super) const fn possible(self) -> Diagnosis {
        Diagnosis { cause: self, certainty: Certainty::Possible }
    }

    /// Where the guide says what it means and how to mend it: a heading of the page *causes*, which is the cause's word.
    #[must_use]
    pub fn guide(&self) -> String {
        format!("https://docs.rs/hookporter/latest/hookporter/guide/causes/index.html#{}", self.as_str())
    }
}

/// The word of each cause, so that none is left out of their list.
macro_rules! words {
    ($($cause:pat => $word:literal,)*) => {
        impl Cause {
            /// Every cause's word.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// The cause as a word: kebab-case, stable.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $($cause => $word,)* }
            }
        }
    };
}

words! {
    Self::ExpiredKey(_) => "expired-key",
    Self::OtherKeys(_) => "other-keys",
    Self::KeySpelling(..) => "key-spelling",
    Self::WrongSecret => "wrong-secret",
    Self::BodyChanged(_) => "body-changed",
    Self::BodyEmpty => "body-empty",
    Self::BodyCut { .. } => "body-cut",
    Self::BodyInflated => "body-inflated",
    Self::BodyCompressed(_) => "body-compressed",
    Self::OtherMethod(_) => "other-method",
    Self::QueryLost => "query-lost",
    Self::AnsweredInFront(..) => "answered-in-front",
    Self::WrongUrl(..) => "wrong-url",
    Self::Clock(_) => "clock",
    Self::TimeZone(_) => "time-zone",
    Self::TimeUnit(_) => "time-unit",
    Self::OtherAlgorithm(_) => "other-algorithm",
    Self::OtherEncoding(_) => "other-encoding",
    Self::OtherVersion(_) => "other-version",
    Self::OtherSender(_) => "other-sender",
    Self::HeaderStripped(_) => "header-stripped",
    Self::NoHeaders => "no-headers",
    Self::HeaderRenamed(..) => "header-renamed",
    Self::HeaderDoubled(..) => "header-doubled",
    Self::HeaderMerged(_) => "header-merged",
    Self::HeaderRewritten(..) => "header-rewritten",
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExpiredKey(id) => write!(f, "signed with key `{id}`, which has expired here"),
            Self::OtherKeys(name) => write!(f, "signed with the keys of {name}, not with this endpoint's"),
            Self::KeySpelling(id, how) => write!(f, "key `{id}` is not written as it should be: it fits {how}"),
            Self::WrongSecret => f.write_str(
                "no key fits: the secret is another endpoint's or another mode's, or it was replaced; compare it with the \
                 sender's dashboard",
            ),
            Self::BodyChanged(how) => write!(f, "the body was changed: {how}"),
            Self::BodyEmpty => f.write_str("the body is empty: something in front has read it"),
            Self::BodyCut { announced, received } => {
                write!(f, "the body was cut: {announced} bytes were announced, {received} are here")
            }
            Self::BodyInflated => f.write_str(
                "the body is not what its `Content-Encoding` says: a proxy inflated it and left the header",
            ),
            Self::BodyCompressed(how) => {
                write!(f, "the body arrives with the encoding {how}: a proxy compresses it, or leaves the header of one that was")
            }
            Self::OtherMethod(method) => write!(
                f,
                "the method is {method}: a redirect in front (`http` to `https`, a slash at the end) made a POST one, or \
                 somebody opened the URL"
            ),
            Self::QueryLost => f.write_str(
                "a parameter of the query that the proof needs is missing: a proxy drops the query, or the URL as given to \
                 the sender lacks it",
            ),
            Self::AnsweredInFront(who, why) => {
                write!(f, "the answer is {who}'s own, so the request did not come through: {why}")
            }
            Self::WrongUrl(what, url) => write!(f, "the sender called another {what}: {url}"),
            Self::Clock(seconds) if *seconds < 0 => write!(
                f,
                "sent {} s ago by this machine's clock: it was late or played again, or this clock is ahead",
                seconds.unsigned_abs()
            ),
            Self::Clock(seconds) => {
                write!(f, "sent {seconds} s from now by this machine's clock: this clock is behind, or the sender's ahead")
            }
            Self::TimeZone(hours) => write!(f, "the time is {hours:+} h off: a local time was taken for Unix time"),
            Self::TimeUnit(unit) => write!(f, "the timestamp is in {unit}, not in the scheme's unit"),
            Self::OtherAlgorithm(which) => write!(f, "the proof is made with another algorithm: {which}"),
            Self::OtherEncoding(which) => write!(f, "the proof is written in {which}"),
            Self::OtherVersion(header) => write!(f, "the sender signs another version of its scheme: `{header}` is there"),
            Self::OtherSender(ids) => write!(f, "these are the headers of {}", ids.join(" or ")),
            Self::HeaderStripped(name) => write!(f, "`{name}` is missing: a proxy strips it, or the sender signs nothing"),
            Self::NoHeaders => f.write_str("no header of this sender's is there: somebody else calls this URL"),
            Self::HeaderRenamed(name, other) => write!(f, "`{name}` arrives as `{other}`: a proxy renames it"),
            Self::HeaderDoubled(name, values) => write!(f, "`{name}` stands twice, {values}: a proxy adds it"),
            Self::HeaderMerged(name) => write!(f, "two values of `{name}` were made one: a proxy merges them"),
            Self::HeaderRewritten(name, how) => write!(f, "the value of `{name}` was rewritten: {how}"),
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}
