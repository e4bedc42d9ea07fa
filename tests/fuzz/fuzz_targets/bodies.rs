//! A good request of any sender's with its body changed anywhere: what a proof is said to cover is as it was signed.
#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use hookporter_core::{Coverage, Delivery, Keyring, PreparedKeyring, Provider, Secret, UnixTime, Verifier};
use hookporter_testkit::SignedRequest;
use libfuzzer_sys::fuzz_target;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

struct Sender {
    verifier: Verifier,
    keys: PreparedKeyring,
    request: SignedRequest,
    payload: Bytes,
}

impl Sender {
    fn new(provider: &Provider) -> Self {
        let keys = hookporter_testkit::keys(provider.id()).unwrap();
        let request = hookporter_testkit::provider(provider.id(), keys.sender).unwrap().at(NOW).build();
        let verifier = provider.verifier().unwrap();
        let keys = verifier.prepare(&Keyring::from(Secret::weak(keys.receiver))).unwrap();
        let mut sender = Self { verifier, keys, request, payload: Bytes::new() };
        sender.payload = sender.judge(sender.request.body().clone()).unwrap().payload().clone();
        sender
    }

    fn judge(&self, body: Bytes) -> Option<Delivery> {
        let head = self.request.head();
        let mut check = self.verifier.begin(&head, &self.keys, NOW).ok()?;
        check.push(body).ok()?;
        check.finish().ok()
    }
}

static SENDERS: LazyLock<Vec<Sender>> = LazyLock::new(|| Provider::all().iter().map(|one| Sender::new(one)).collect());

fuzz_target!(|input: (u8, u16, u8, Vec<u8>)| {
    let (choice, at, cut, put) = input;
    let sender = &SENDERS[usize::from(choice) % SENDERS.len()];
    let good = sender.request.body();
    let at = usize::from(at) % (good.len() + 1);
    let rest = (at + usize::from(cut)).min(good.len());
    let body = Bytes::from([&good[..at], &put[..], &good[rest..]].concat());
    let Some(delivery) = sender.judge(body.clone()) else { return };
    match delivery.coverage() {
        Coverage::Body => assert_eq!(body, good, "another body was accepted"),
        Coverage::Payload => assert_eq!(delivery.payload(), &sender.payload, "another payload was accepted"),
        _ => {
            let _ = sender.verifier.read_labels(&delivery, &sender.request.head());
        }
    }
});
