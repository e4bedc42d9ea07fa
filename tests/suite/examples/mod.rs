//! Every package of `examples/`, run as a user runs it and attacked: an example that accepts a forgery is worse than
//! none.

mod effects;
mod fleet;
mod inbox;
mod observed;
pub mod program;
mod relay;
mod tenants;
mod typed;

use hookporter::{Header, Json, Scheme};
use hookporter_testkit::RequestMaker;

use self::program::Program;

/// An example, and the sender that it is for.
struct Example {
    name: &'static str,
    variable: &'static str,
    secret: String,
    path: &'static str,
    maker: RequestMaker,
}

impl Example {
    /// An example for a preset, with the test kit's keys.
    fn of(name: &'static str, provider: &str, variable: &'static str) -> Self {
        let keys = hookporter_testkit::keys(provider).unwrap();
        let path = match provider {
            "stripe" => "/webhooks/stripe",
            "github" => "/webhooks/github",
            "hubla" => "/webhooks/hubla",
            "shipmondo" => "/webhooks/shipmondo",
            other => panic!("no example is for {other}"),
        };
        let maker = hookporter_testkit::provider(provider, keys.sender).unwrap().target(path);
        Self { name, variable, secret: keys.receiver.to_owned(), path, maker }
    }

    /// An example for the custom scheme, which is written here a second time as the sender's half.
    fn acme(name: &'static str) -> Self {
        let scheme = Scheme::hmac_sha256()
            .signed("{timestamp}.{body}")
            .signature(Header::new("x-acme-signature").prefix("sha256=").hex())
            .timestamp(Header::new("x-acme-time").unix_seconds())
            .event_id(Json::pointer("/id"))
            .event_type(Json::pointer("/type"));
        let (path, secret) = ("/webhooks/acme", "a long and random secret of Acme's".to_owned());
        let maker = hookporter_testkit::custom(scheme, &secret).target(path);
        Self { name, variable: "ACME_SECRET", secret, path, maker }
    }

    /// Refuses to start without its secret; accepts what is signed; refuses every forgery, silently outside and by
    /// name inside; ends in time. The status that it ended with.
    fn holds(&self) -> Option<i32> {
        let said = Program::refuses_to_start(self.name, &[]);
        assert!(said.contains(self.variable), "{}: {said}", self.name);

        let program = Program::start(self.name, &[(self.variable, &self.secret)]);
        let answer = program.send(&self.maker.build());
        assert_eq!(answer.status, 200, "{}: {answer:?}", self.name);
        let forgeries = self.maker.mutations();
        for forgery in &forgeries {
            let answer = program.send(&forgery.request);
            assert_eq!(answer.status, forgery.expected.status(), "{}: {}", self.name, forgery.name);
            assert!(answer.body.is_empty(), "{}: {}: {answer:?}", self.name, forgery.name);
        }
        assert_eq!(program.get(self.path).status, 405, "{}", self.name);
        let again = program.send(&self.maker.clone().event_id("evt_second").build());
        assert_eq!(again.status, 200, "{}: a good request after the forgeries", self.name);

        let (status, said) = program.terminate();
        assert!(!said.contains(&self.secret), "{} writes its secret down", self.name);
        // The bare core has words of its own; the pipeline's are the reasons'.
        for forgery in forgeries.iter().filter(|_| self.name != "core-hyper") {
            let reason = forgery.expected.as_str();
            assert!(said.contains(reason), "{}: {} is not written down as {reason}: {said}", self.name, forgery.name);
        }
        status.code()
    }
}

#[test]
fn axum_stripe() {
    assert_eq!(Example::of("axum-stripe", "stripe", "STRIPE_WEBHOOK_SECRET").holds(), Some(0));
}

#[test]
fn actix_stripe() {
    assert_eq!(Example::of("actix-stripe", "stripe", "STRIPE_WEBHOOK_SECRET").holds(), Some(0));
}

#[test]
fn axum_github() {
    assert_eq!(Example::of("axum-github", "github", "GITHUB_WEBHOOK_SECRET").holds(), Some(0));
}

#[test]
fn axum_shipmondo() {
    assert_eq!(Example::of("axum-shipmondo", "shipmondo", "SHIPMONDO_WEBHOOK_KEY").holds(), Some(0));
}

#[test]
fn actix_hubla() {
    assert_eq!(Example::of("actix-hubla", "hubla", "HUBLA_TOKEN").holds(), Some(0));
}

#[test]
fn custom_scheme_axum() {
    assert_eq!(Example::acme("custom-scheme-axum").holds(), Some(0));
}

#[test]
fn custom_scheme_actix() {
    assert_eq!(Example::acme("custom-scheme-actix").holds(), Some(0));
}

/// It has no shutdown of its own, so the signal ends it: its status is the signal's.
#[test]
fn core_hyper() {
    Example::of("core-hyper", "stripe", "STRIPE_WEBHOOK_SECRET").holds();
}

/// Every package is run here.
#[test]
fn no_example_is_left_out() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let here = [
        include_str!("mod.rs"),
        include_str!("effects.rs"),
        include_str!("fleet.rs"),
        include_str!("inbox.rs"),
        include_str!("observed.rs"),
        include_str!("relay/mod.rs"),
        include_str!("tenants.rs"),
        include_str!("typed.rs"),
    ]
    .concat();
    for entry in std::fs::read_dir(examples).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(here.contains(&format!("\"{name}\"")), "nobody runs {name}");
    }
}
