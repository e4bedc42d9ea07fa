use hookporter_core::{Form, Header, Identity, Json, LabelSource, Scheme, Verifier};

use super::{NOW, Receiver, presets};

/// Event id, type and version as the receiver reads them.
fn read(receiver: &Receiver, maker: &crate::RequestMaker) -> [Option<String>; 3] {
    let request = maker.build();
    let delivery = receiver.check(&request).unwrap();
    let labels = receiver.verifier.read_labels(&delivery, &request.head());
    assert!(!labels.ambiguous);
    [labels.id, labels.kind, labels.version].map(|label| label.map(|label| label.as_str().to_owned()))
}

#[test]
fn the_receiver_reads_the_event_that_was_asked_for() {
    for (name, _, maker, receiver) in presets() {
        let maker = maker.event("thing.changed").event_id("77").api_version("2");
        let [id, kind, version] = read(&receiver, &maker);
        let expected = match name {
            "adyen" => "77:thing.changed:true",
            "dropbox-sign" => "77:63522885f9261e2b04eea043933ee7313eb674fd",
            "hubspot" | "hubspot-v1" | "hubspot-v2" => "77:12345:1564113600000",
            "shipmondo" => "7:thing.changed:77:create",
            _ => "77",
        };
        let has = |source: &LabelSource| *source != LabelSource::None;
        let labels = receiver.verifier.labels();
        assert_eq!(id.as_deref(), has(&labels.id).then_some(expected), "{name}");
        assert_eq!(kind.as_deref(), has(&labels.kind).then_some("thing.changed"), "{name}");
        assert_eq!(version.as_deref(), has(&labels.version).then_some("2"), "{name}");
    }
}

#[test]
fn the_samples_are_events_that_two_ids_tell_apart() {
    for (name, _, maker, receiver) in presets() {
        let key = |maker: &crate::RequestMaker| {
            let request = maker.build();
            let delivery = receiver.check(&request).unwrap();
            let labels = receiver.verifier.read_labels(&delivery, &request.head());
            receiver.verifier.event_key(&delivery, &labels)
        };
        if receiver.verifier.identity() == Identity::Distinct {
            assert_eq!(key(&maker), None, "{name}");
            continue;
        }
        assert!(key(&maker).is_some(), "{name}");
        assert_eq!(key(&maker), key(&maker), "{name}");
        assert_ne!(key(&maker.clone().event_id("1")), key(&maker.clone().event_id("2")), "{name}");
        let [_, kind, _] = read(&receiver, &maker);
        assert_eq!(kind.is_some(), receiver.verifier.labels().kind != LabelSource::None, "{name}");
    }
}

#[test]
fn custom_labels_go_where_the_scheme_looks_for_them() {
    let scheme = || Scheme::hmac_sha256().signature(Header::new("x-sig").hex());
    let schemes = [
        scheme()
            .event_id(Json::pointer("/meta/id"))
            .event_type(Json::pointer("/kind"))
            .api_version(Json::pointer("/v")),
        scheme().event_id(Header::new("x-id")).event_type(Header::new("x-kind")).api_version(Header::new("x-v")),
        scheme().event_id(Form::field("Id")).event_type(Form::field("type")).api_version(Form::field("v")),
    ];
    for scheme in schemes {
        let receiver = Receiver::new(Verifier::new(scheme.clone()).unwrap(), &["a secret"]);
        let maker = crate::custom(scheme, "a secret").event("a b&c").event_id("9").api_version("v2").at(NOW);
        assert_eq!(read(&receiver, &maker), ["9", "a b&c", "v2"].map(|text| Some(text.to_owned())));
    }
}

#[test]
fn a_body_of_ones_own_keeps_the_headers() {
    let request = crate::github("a secret").event("issues").body("not JSON").header("User-Agent", "me").build();
    assert_eq!(request.body(), "not JSON");
    assert_eq!(request.header("x-github-event"), Some("issues"));
    assert_eq!(request.header("user-agent"), Some("me"));
    assert_eq!(request.headers().iter().filter(|(name, _)| name.eq_ignore_ascii_case("user-agent")).count(), 1);
}
