//! A secret is put into every place where one belongs, and shows in no output: [`scene::outputs`] lists them.

mod forms;
mod kinds;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod program;
mod scene;

use hookporter::core::Head;
use hookporter::diagnosis::Case;
use hookporter::{Endpoint, Keyring, Keys, Outcome, Provider, Secret, UnixTime};

use crate::attacks::{NOW, at_now};
use forms::Forms;
use scene::{Output, URL, debug, outputs, requests};

/// What nobody may see of this sender's keys: the shared secret, or the private key.
fn forms(id: &str) -> Vec<Forms> {
    let keys = hookporter_testkit::keys(id).unwrap();
    // A public key is none.
    let receiver = (keys.sender == keys.receiver).then_some(keys.receiver);
    [Some(keys.sender), receiver].into_iter().flatten().map(Forms::of).collect()
}

fn assert_silent(id: &str, forms: &[Forms], outputs: &[Output]) {
    for (name, output) in outputs {
        for forms in forms {
            let found = forms.found_in(output);
            let around = found.as_ref().and_then(|found| {
                let at = output.find(found.as_str())?;
                Some(output.chars().skip(output[..at].chars().count().saturating_sub(80)).take(200).collect::<String>())
            });
            assert_eq!(found, None, "{id}: a secret is in {name}: … {} …", around.unwrap_or_default());
        }
    }
}

#[test]
fn a_secret_of_any_sender_is_in_no_output() {
    crate::trace::watch();
    let all = Provider::all();
    // Much of the time is waiting.
    std::thread::scope(|scope| {
        for part in all.chunks(all.len().div_ceil(4)) {
            scope.spawn(|| part.iter().for_each(|provider| shows_no_secret(provider)));
        }
    });
}

fn shows_no_secret(provider: &'static Provider) {
    let id = provider.id();
    let keys = hookporter_testkit::keys(id).unwrap();
    let ring = || Keys::from([Secret::weak(keys.receiver).named("current"), Secret::weak(keys.wrong).named("next")]);
    let endpoint = Endpoint::provider_at(id, ring(), URL).or_else(|_| {
        // Where the other key is only a sender's.
        Endpoint::provider_at(id, Secret::weak(keys.receiver).named("current"), URL)
    });
    let endpoint = at_now(endpoint.unwrap()).recognize("test mode", Secret::weak(keys.receiver));
    let requests = requests(hookporter_testkit::provider(id, keys.sender).unwrap());
    let (mut all, outcomes) = outputs(endpoint, &requests);
    all.extend(judged(provider, &requests));
    all.push(("the errors of a key that cannot be right", misshapen(id, keys.receiver)));
    let is_told = |wanted| outcomes.contains(&wanted);
    assert!(is_told(Outcome::Accepted) && is_told(Outcome::Rejected), "{id}: {outcomes:?}");
    assert_silent(id, &forms(id), &all);
}

/// What the core shows by itself.
fn judged(provider: &'static Provider, requests: &[hookporter_testkit::SignedRequest]) -> Vec<Output> {
    let keys = hookporter_testkit::keys(provider.id()).unwrap();
    let (secret, now) = (Secret::weak(keys.receiver), UnixTime::from_secs(NOW));
    let (verifier, ring) = (provider.verifier().unwrap(), Keyring::from(secret.clone()));
    let prepared = verifier.prepare(&ring).unwrap();
    let mut shown =
        [debug(&secret), debug(&ring), debug(&Keys::from(secret)), debug(&verifier), debug(&prepared)].concat();
    for request in requests {
        let headers = crate::attacks::byte_headers(request);
        let head = Head::new(request.method(), request.target(), &headers).with_url(request.url());
        let case = Case::new(&verifier, &ring, head, request.body(), now);
        shown += &debug(&case);
        // The others take a while: each is examined in every way.
        let is_examined = std::ptr::eq(request, &requests[4]) || std::ptr::eq(request, &requests[5]);
        let causes = if is_examined { case.diagnose() } else { Vec::new() };
        for cause in causes {
            shown += &format!("{}{cause}", debug(&cause));
        }
        match request.check(&verifier, &prepared, now) {
            Ok(delivery) => shown += &debug(&delivery),
            Err(rejection) => shown += &format!("{}{rejection}", debug(&rejection)),
        }
    }
    vec![("the core", shown)]
}

/// What is said of keys that were copied badly, where they are refused for it.
fn misshapen(id: &str, secret: &str) -> String {
    let bad = [
        format!("sk_live_{secret}"),
        format!("https://{secret}"),
        format!("-----BEGIN PRIVATE KEY-----\n{secret}"),
        format!("{secret}\n"),
        format!(" {secret}"),
        format!("\"{secret}\""),
        format!("{secret}é"),
        format!("whsec_{secret}!"),
        secret.chars().take(17).collect(),
    ];
    let mut shown = String::new();
    for key in bad {
        let ring = Keyring::from(Secret::new(&key).named("copied"));
        shown += &debug(&ring);
        if let Err(error) = Endpoint::provider_at(id, ring, URL) {
            shown += &format!("{}{error}", debug(&error));
        }
    }
    shown
}
