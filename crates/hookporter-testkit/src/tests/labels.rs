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
            "cloudevents" => "/shop/7:77",
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
        let distinct = receiver.verifier.identity() == Identity::Distinct;
        assert_eq!(key(&maker).is_none(), distinct, "{name}");
        assert_eq!(key(&maker), key(&maker), "{name}");
        let two = ["1", "2"].map(|id| key(&maker.clone().event_id(id)));
        assert!(distinct || two[0] != two[1], "{name}");
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

#[cfg(feature = "cloud")]
#[test]
fn a_cloud_event_is_read_by_the_mode_that_its_content_type_says() {
    use hookporter_core::Coverage;
    let receiver = Receiver::of("cloudevents", "cloudevents-token-of-the-test");
    let maker = || crate::cloudevents("cloudevents-token-of-the-test").at(NOW);
    let event =
        |id: &str| serde_json::json!({"specversion": "1.0", "type": "a.b", "source": "/s", "id": id, "data": {}});
    let read = |request: crate::SignedRequest| {
        let delivery = receiver.check(&request).unwrap();
        assert_eq!(delivery.coverage(), Coverage::Origin);
        let labels = receiver.verifier.read_labels(&delivery, &request.head());
        assert!([&labels.id, &labels.kind].into_iter().flatten().all(|label| !label.is_signed()));
        let text = |label: Option<hookporter_core::Label>| label.map(|label| label.as_str().to_owned());
        [text(labels.id), text(labels.kind), text(labels.version)]
    };
    let some = |texts: [&str; 3]| texts.map(|text| Some(text.to_owned()));
    let typed = |body: &serde_json::Value, content_type: &str| {
        read(maker().json(body).header("content-type", content_type).build())
    };
    assert_eq!(read(maker().build()), some(["/shop/7:A234-1234-1234", "com.example.order.created", "1.0"]));
    // The body of a binary event is not looked at, whatever it is like.
    assert_eq!(
        read(maker().json(&event("1")).build()),
        some(["/shop/7:A234-1234-1234", "com.example.order.created", "1.0"])
    );
    assert_eq!(read(maker().json(&event("1")).build().without_header("ce-id"))[0], None);
    for structured in ["application/cloudevents+json", "Application/CloudEvents+JSON; charset=utf-8"] {
        assert_eq!(typed(&event("1"), structured), some(["/s:1", "a.b", "1.0"]), "{structured}");
    }
    let batch = serde_json::json!([event("1"), event("2")]);
    let [id, kind, version] = typed(&batch, "application/cloudevents-batch+json");
    assert_eq!([id, version], ["/s:1", "1.0"].map(|text| Some(text.to_owned())));
    assert_eq!(kind, None);
    let mut half = event("1");
    half.as_object_mut().unwrap().remove("source");
    assert_eq!(typed(&half, "application/cloudevents+json"), [None, Some("a.b".to_owned()), Some("1.0".to_owned())]);
}

#[cfg(feature = "cloud")]
#[test]
fn a_token_is_in_the_header_or_in_the_query_and_an_events_target_has_none() {
    use hookporter_core::Reason;
    const TOKEN: &str = "cloudevents-token-of-the-test";
    let receiver = Receiver::of("cloudevents", TOKEN);
    let bare = || crate::cloudevents(TOKEN).at(NOW).build();
    let asked = |query: &str, header: bool| {
        let request = if header { bare() } else { bare().without_header("authorization") };
        let request = request.with_target(&format!("/hook{query}"));
        receiver.check(&request).map(|_| ()).map_err(|rejection| rejection.kind())
    };
    assert_eq!(asked("", true), Ok(()));
    assert_eq!(asked(&format!("?a=1&access_token={TOKEN}"), false), Ok(()));
    assert_eq!(asked("", false), Err(Reason::MissingHeader));
    assert_eq!(asked("?access_token=another", false), Err(Reason::InvalidSignature));
    assert_eq!(asked("?access_token=", false), Err(Reason::MalformedHeader));
    assert_eq!(asked(&format!("?access_token={TOKEN}&access_token={TOKEN}"), false), Err(Reason::RepeatedHeader));
    assert_eq!(asked(&format!("?access_token={TOKEN}"), true), Err(Reason::ConflictingHeaders));
    let target = |target: &'static str| receiver.verifier.target_without_proof(target).into_owned();
    assert_eq!(target("/hook?a=1&access_token=x&b=2"), "/hook?a=1&b=2");
    assert_eq!(target("/hook?a=1"), "/hook?a=1");
    let in_query_of_a_mac = Scheme::hmac_sha256().signature(Header::new("x").hex()).or_query("sig");
    assert!(Verifier::new(in_query_of_a_mac).is_err());
}
