use hookporter::{Identity, Provider};
use hookporter_testkit::TestKeys;
use serde_json::Value;

use crate::program::{Receiver, VAR, send};

/// What a receiver of one sender's makes of what `send` can do.
struct Trip {
    provider: &'static Provider,
    keys: TestKeys,
    receiver: Receiver,
}

impl Trip {
    /// Sends, and checks the answer against the line that the receiver prints.
    fn expect(&mut self, more: &[&str], status: u64, outcome: &str, reason: Option<&[&str]>) -> Value {
        let id = self.provider.id();
        let statuses = send(id, self.keys.sender, &self.receiver.url, more);
        assert_eq!(statuses, [status], "{id} {more:?}");
        let line = self.receiver.line();
        assert_eq!(line["outcome"], outcome, "{id} {more:?}: {line}");
        assert_eq!(line["status"], status, "{id} {more:?}");
        assert_eq!(line["provider"], id);
        match reason {
            None => assert!(line["reason"].is_null(), "{id} {more:?}: {line}"),
            Some(one_of) => assert!(one_of.contains(&line["reason"].as_str().unwrap()), "{id} {more:?}: {line}"),
        }
        line
    }

    fn refused(&mut self, more: &[&str], one_of: &[&str]) {
        self.expect(more, u64::from(self.provider.refusal_status()), "rejected", Some(one_of));
    }

    fn good(&mut self) {
        let accepted = self.expect(&[], 200, "accepted", None);
        assert_eq!(accepted["key_id"], VAR, "{accepted}");
        assert!(accepted["body_bytes"].as_u64().unwrap() > 0, "{accepted}");
        assert!(accepted["duration_us"].as_u64().is_some(), "{accepted}");
        // Another call is another event.
        let second = self.expect(&[], 200, "accepted", None);
        let [id, kind, _] = self.provider.label_sources();
        assert!(id.starts_with("none") || accepted["event_id"] != second["event_id"], "{accepted}");
        if !kind.starts_with("none") {
            let named = self.expect(&["--event", "thing.made"], 200, "accepted", None);
            assert_eq!(named["event_type"], "thing.made", "{named}");
        }
    }

    fn copies(&mut self) {
        let id = self.provider.id();
        let statuses = send(id, self.keys.sender, &self.receiver.url, &["--duplicate", "6", "--concurrent", "3"]);
        assert_eq!(statuses, [200; 6], "{id}");
        let mut outcomes: Vec<_> = (0..6).map(|_| self.receiver.line()["outcome"].clone()).collect();
        outcomes.sort_by_key(|outcome| outcome.as_str().map(str::to_owned));
        assert_eq!(outcomes[0], "accepted", "{id}");
        // Where nothing names an event, a copy is an event of its own.
        let distinct = self.provider.verifier().unwrap().identity() == Identity::Distinct;
        let copy = if distinct { "accepted" } else { "duplicate" };
        assert!(outcomes[1..].iter().all(|outcome| outcome == copy), "{id}: {outcomes:?}");
    }

    fn forgeries(&mut self) {
        self.refused(&["--wrong-key"], &["invalid-signature"]);
        self.refused(&["--tamper", "signature"], &["invalid-signature"]);
        let maker = hookporter_testkit::provider(self.provider.id(), self.keys.sender).unwrap();
        match maker.mutations().iter().find(|mutation| mutation.name == "tampered-body") {
            Some(mutation) => self.refused(&["--tamper", "body"], &[mutation.expected.as_str()]),
            // A few fields are bound, and one of them is hit.
            None if self.provider.id() == "adyen" => self.refused(&["--tamper", "body"], &["invalid-signature"]),
            // Nothing binds what is hit.
            None => drop(self.expect(&["--tamper", "body"], 200, "accepted", None)),
        }
        let proof = self.provider.proof();
        let header = match self.provider.id() {
            // Their signature stands in the body.
            "adyen" | "aws-sns" => "malformed-body",
            "braintree" | "dropbox-sign" => "invalid-signature",
            // Their timestamp is no number, or their token stands behind a word.
            "box" | "cloudevents" | "google-pubsub" | "kick" | "linear" | "paypal" | "twitch" | "zendesk" => {
                "malformed-header"
            }
            _ if proof.starts_with("JSON web token") => "malformed-token",
            _ if proof.starts_with("static token") || self.provider.tolerance().is_some() => "invalid-signature",
            _ => "malformed-header",
        };
        self.refused(&["--tamper", "header"], &[header]);
        if let Some(tolerance) = self.provider.tolerance() {
            let past = (tolerance.past().as_secs() + 5).to_string();
            self.refused(&["--stale", &past], &["timestamp-too-old"]);
            let future = (tolerance.future().as_secs() + 60).to_string();
            self.refused(&["--future", &future], &["timestamp-too-new"]);
        }
    }
}

fn every_provider(adapter: &str) {
    for provider in Provider::all() {
        let keys = hookporter_testkit::keys(provider.id()).unwrap();
        let receiver = Receiver::start(provider.id(), keys.receiver, &["--adapter", adapter]);
        assert!(receiver.url.ends_with(&format!("/webhooks/{}", provider.id())), "{}", receiver.url);
        let mut trip = Trip { provider, keys, receiver };
        trip.good();
        trip.copies();
        trip.forgeries();
        let (status, rest) = trip.receiver.end();
        assert_eq!((status, rest), (0, vec![]), "{}", provider.id());
    }
}

#[test]
fn every_provider_on_tower() {
    every_provider("tower");
}

#[test]
fn every_provider_on_actix() {
    every_provider("actix");
}
