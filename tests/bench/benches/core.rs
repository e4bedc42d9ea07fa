//! The whole check against the MAC alone, and against the checks of other crates.

use hookporter_bench::{Group, Receiver, Sample, Sender};

fn main() {
    for sender in Sender::ALL {
        for (size, name) in [(256, "256 B"), (1024, "1 KiB"), (4096, "4 KiB"), (65_536, "64 KiB")] {
            let sample = Sample::new(sender, size);
            let group = Group::new(format!("{}, {name}", sender.provider()))
                .add("MAC alone, keyed once", sample.floor())
                .add("hookporter, whole check", ours(&sample));
            peers::add(group, &sample).run();
        }
    }
}

fn ours(sample: &Sample) -> impl FnMut() + 'static {
    // A server gives its body away; here it is used again, through a handle that costs nothing to clone.
    let body = bytes::Bytes::from_static(sample.body.to_vec().leak());
    let (receiver, headers) = (Receiver::new(sample.sender), sample.headers.clone());
    move || {
        receiver.prove(&headers, body.clone(), |delivery| _ = std::hint::black_box(&delivery)).expect("a good request");
    }
}

#[cfg(not(feature = "peers"))]
mod peers {
    use super::{Group, Sample};

    pub(super) fn add(group: Group, _: &Sample) -> Group {
        group
    }
}

/// Each peer does what its documentation shows: it gets the same header map and body, and reads its own headers from
/// the map where it takes single values.
#[cfg(feature = "peers")]
mod peers {
    use hookporter_bench::{Group, Sample, Sender};
    use webhook_verify::Provider;

    pub(super) fn add(group: Group, sample: &Sample) -> Group {
        let group = match sample.sender {
            Sender::GitHub => octocrab(group, sample.clone()),
            Sender::Slack => slack_morphism(group, sample.clone()),
            Sender::StandardWebhooks => standard(group, sample),
            Sender::Stripe => async_stripe(group, sample),
        };
        webhook_verify(group, sample.clone())
    }

    fn header<'a>(sample: &'a Sample, name: &str) -> &'a str {
        sample.headers.get(name).and_then(|value| value.to_str().ok()).expect("a header")
    }

    fn webhook_verify(group: Group, sample: Sample) -> Group {
        let provider = match sample.sender {
            Sender::GitHub => Provider::GitHub,
            Sender::Slack => Provider::Slack,
            Sender::StandardWebhooks => Provider::StandardWebhooks,
            Sender::Stripe => Provider::Stripe,
        };
        let secret = webhook_verify::Secret::new(sample.sender.secret());
        group.add("webhook-verify", move || {
            webhook_verify::verify(provider, &sample.headers, &sample.body, &secret, Default::default())
                .expect("a good request");
        })
    }

    fn octocrab(group: Group, sample: Sample) -> Group {
        let verifier = octocrab::models::webhook_events::WebhookVerifier::new(sample.sender.secret());
        group.add("octocrab", move || {
            verifier.verify(header(&sample, "x-hub-signature-256"), &sample.body).expect("a good request");
        })
    }

    fn slack_morphism(group: Group, sample: Sample) -> Group {
        use slack_morphism::signature_verifier::SlackEventSignatureVerifier as Verifier;
        let verifier = Verifier::new(&sample.sender.secret().to_owned().into());
        group.add("slack-morphism", move || {
            let body = std::str::from_utf8(&sample.body).expect("text, which it demands");
            let hash = header(&sample, Verifier::SLACK_SIGNED_HASH_HEADER);
            let sent = header(&sample, Verifier::SLACK_SIGNED_TIMESTAMP);
            verifier.verify(hash, body, sent).expect("a good request");
        })
    }

    fn standard(group: Group, sample: &Sample) -> Group {
        let svix = svix::webhooks::Webhook::new(sample.sender.secret()).expect("a right key");
        let standard = standardwebhooks::Webhook::new(sample.sender.secret()).expect("a right key");
        let (first, second) = (sample.clone(), sample.clone());
        group
            .add("svix", move || svix.verify(&first.body, &first.headers).expect("a good request"))
            .add("standardwebhooks", move || standard.verify(&second.body, &second.headers).expect("a good request"))
    }

    #[cfg(not(feature = "async-stripe"))]
    fn async_stripe(group: Group, _: &Sample) -> Group {
        group
    }

    /// Its check and its parse are one function; a body that is no JSON from its first byte leaves the check.
    #[cfg(feature = "async-stripe")]
    fn async_stripe(group: Group, sample: &Sample) -> Group {
        let body = bytes::Bytes::from(vec![b'x'; sample.body.len()]);
        let sample = Sample::with_body(sample.sender, body);
        let text = String::from_utf8(sample.body.to_vec()).expect("text");
        group.add("async-stripe, up to its parse", move || {
            let signature = header(&sample, "stripe-signature");
            let refused = stripe_webhook::Webhook::construct_event(&text, signature, sample.sender.secret());
            assert!(matches!(refused, Err(stripe_webhook::WebhookError::BadParse(_))));
        })
    }
}
