//! Broken set-ups, made the way people make them, and the cause that each is given.
//!
//! Every row is a good request of a sender's with one mistake in the set-up or on the way; those of `behind` go through real
//! proxies to a running server. The true cause must come first, and what is called proven must be true.

#[cfg(target_os = "linux")]
mod behind;
mod bodies;
mod guide;
mod headers;
mod keys;
mod times;
mod urls;

use hookporter::core::Head;
use hookporter::diagnosis::{Case, Certainty, Diagnosis};
use hookporter::{Keyring, Provider, Scheme, Secret, UnixTime};
use hookporter_core::Verifier;
use hookporter_testkit::{RequestMaker, SignedRequest};

use crate::attacks::{CANARY, NOW};

const NOW_TIME: UnixTime = UnixTime::from_secs(NOW);

/// A set-up, and what reaches it.
struct Row {
    what: &'static str,
    verifier: Verifier,
    keys: Keyring,
    others: Vec<(&'static str, Keyring)>,
    headers: Vec<(String, Vec<u8>)>,
    target: String,
    /// What the endpoint is configured with.
    url: String,
    body: Vec<u8>,
    expected: &'static str,
    certainty: Certainty,
}

/// A set-up, and the first cause that it is given.
struct Told {
    what: String,
    expected: &'static str,
    is_proven: bool,
    /// Its word, whether it is called proven, and its text.
    cause: Option<(String, bool, String)>,
}

/// The rows whose cause nothing shows: the bytes could be anybody's.
const MISSED: &[&str] = &["members in another order"];
/// The same behind proxies.
const MISSED_BEHIND: &[&str] = &[
    "square: nginx drops the query, and says nothing (invalid-signature)",
    "square: a name that nothing has (missing-header)",
];

fn sender(id: &str) -> RequestMaker {
    hookporter_testkit::provider(id, secret(id)).unwrap().at(NOW_TIME)
}

/// A secret that each sender's keys may be, and that no text may say.
fn secret(id: &str) -> &'static str {
    match id {
        "standard-webhooks" | "svix" => "whsec_Q0FOQVJZLW5vYm9keS1tYXktc2VlLXRoaXMtdGV4dA==",
        _ => CANARY,
    }
}

impl Row {
    /// What this sender signs reaches an endpoint that is set up for it.
    fn of(what: &'static str, id: &str, request: &SignedRequest) -> Self {
        let verifier = Provider::by_id(id).unwrap().verifier().unwrap();
        Self::with(what, verifier, Secret::weak(secret(id)).into(), request)
    }

    /// What a sender of the test's own signs.
    fn custom(what: &'static str, scheme: Scheme, keys: Keyring, request: &SignedRequest) -> Self {
        Self::with(what, Verifier::new(scheme).unwrap(), keys, request)
    }

    fn with(what: &'static str, verifier: Verifier, keys: Keyring, request: &SignedRequest) -> Self {
        Self {
            what,
            verifier,
            keys,
            others: Vec::new(),
            headers: crate::attacks::byte_headers(request),
            target: request.target().to_owned(),
            url: request.url().to_owned(),
            body: request.body().to_vec(),
            expected: "",
            certainty: Certainty::Proven,
        }
    }

    fn keys(self, keys: impl Into<Keyring>) -> Self {
        Self { keys: keys.into(), ..self }
    }

    fn body(self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        Self { body: change(self.body), ..self }
    }

    fn text(self, change: impl FnOnce(String) -> String) -> Self {
        self.body(|body| change(String::from_utf8(body).unwrap()).into_bytes())
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    fn headers(self, change: impl FnOnce(Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)>) -> Self {
        Self { headers: change(self.headers), ..self }
    }

    fn is(self, expected: &'static str, certainty: Certainty) -> Self {
        Self { expected, certainty, ..self }
    }

    fn diagnose(&self) -> Vec<Diagnosis> {
        let head = Head::new("POST", &self.target, &self.headers).with_url(&self.url);
        let mut case = Case::new(&self.verifier, &self.keys, head, &self.body, NOW_TIME);
        for (name, keys) in &self.others {
            case = case.add_other_keys(name, keys);
        }
        case.diagnose()
    }
}

fn all() -> Vec<Row> {
    [keys::rows(), bodies::rows(), urls::rows(), times::rows(), headers::rows()].into_iter().flatten().collect()
}

#[test]
fn the_true_cause_comes_first_and_nothing_else_is_called_proven() {
    let rows = all();
    #[cfg(target_os = "linux")]
    let behind = behind::told();
    #[cfg(not(target_os = "linux"))]
    let behind = Vec::<Told>::new();
    let count = rows.len() + behind.len();
    println!("{count} broken set-ups, {} of them behind real proxies", behind.len());
    assert!(rows.len() >= 60 && (behind.is_empty() || behind.len() >= 60), "{count}");
    let (mut wrong, mut missed) = (Vec::new(), Vec::new());
    for row in &rows {
        let causes = row.diagnose();
        let first = causes.first().map(|first| (first.cause.as_str(), first.certainty));
        println!("{} | {}", row.what, causes.first().map_or_else(String::new, ToString::to_string));
        if first != Some((row.expected, row.certainty)) && MISSED.contains(&row.what) {
            let is_named =
                causes.iter().any(|one| (one.cause.as_str(), one.certainty) == (row.expected, row.certainty));
            assert!(is_named, "{}: {causes:?}", row.what);
            missed.push(row.what);
        } else if first != Some((row.expected, row.certainty)) {
            wrong.push(format!("{}: {first:?}, not {} {:?}", row.what, row.expected, row.certainty));
        }
        let false_proof =
            causes.iter().any(|one| one.certainty == Certainty::Proven && one.cause.as_str() != row.expected);
        assert!(!false_proof, "{}: {causes:?}", row.what);
        let said = causes.iter().fold(format!("{causes:?}"), |said, one| said + &one.to_string());
        for secret in [CANARY, secret("svix"), "CANARY"] {
            assert!(!said.contains(secret), "{}: a secret is in what is said", row.what);
        }
    }
    assert_eq!(missed, MISSED);
    missed.extend(MISSED_BEHIND.iter().filter(|_| !behind.is_empty()));
    for Told { what, expected, is_proven, cause } in &behind {
        let (word, is_sure, text) = cause.clone().unwrap_or_default();
        println!("{what} | {text}");
        let is_right = (word.as_str(), is_sure) == (*expected, *is_proven);
        if is_right == MISSED_BEHIND.contains(&what.as_str()) {
            wrong.push(format!("{what}: {word} ({text}), not {expected}; proven: {is_sure}"));
        }
        assert!(!is_sure || word == *expected, "{what}: {text}");
    }
    assert!(missed.len() * 20 <= count, "less than 95 %");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_good_request_has_no_cause_and_a_forged_one_no_proven_one() {
    for provider in Provider::all() {
        let keys = hookporter_testkit::keys(provider.id()).unwrap();
        let request = hookporter_testkit::provider(provider.id(), keys.sender).unwrap().at(NOW_TIME).build();
        let verifier = provider.verifier().unwrap();
        let of = |request: &SignedRequest, key: &str| {
            let mut row = Row::with("", verifier.clone(), Secret::weak(key).into(), request);
            row.url = request.url().to_owned();
            let head = Head::new(request.method(), &row.target, &row.headers).with_url(&row.url);
            Case::new(&row.verifier, &row.keys, head, &row.body, NOW_TIME).diagnose()
        };
        assert_eq!(of(&request, keys.receiver), [], "{}", provider.id());
        let causes = of(&request.clone().tampered_signature(), keys.receiver);
        assert!(causes.iter().all(|one| one.certainty != Certainty::Proven), "{}: {causes:?}", provider.id());
        let wrong = hookporter_testkit::provider(provider.id(), keys.wrong).unwrap().at(NOW_TIME).build();
        let causes = of(&wrong, keys.receiver);
        assert!(causes.iter().all(|one| one.certainty != Certainty::Proven), "{}: {causes:?}", provider.id());
    }
}
