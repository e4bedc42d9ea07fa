//! Senders that sign fields with little or nothing between them: no byte moves from one to the next.

use hookporter_core::{Coverage, Provider, Reason};

use super::{NOW, Receiver};
use crate::SignedRequest;

fn receiver(provider: &str) -> (Receiver, crate::RequestMaker) {
    let keys = crate::keys(provider).unwrap();
    (Receiver::of(provider, keys.receiver), crate::provider(provider, keys.sender).unwrap().at(NOW))
}

/// What comes of a good request whose body has `from` replaced by `to`.
fn replaced(provider: &str, from: &str, to: &str) -> Result<(), Reason> {
    let (receiver, maker) = receiver(provider);
    let request = maker.build();
    let text = std::str::from_utf8(request.body()).unwrap();
    assert!(text.contains(from), "{provider}: {text}");
    let changed = request.clone().with_body(text.replacen(from, to, 1));
    receiver.check(&changed).map(|_| ()).map_err(|rejection| rejection.kind())
}

#[test]
fn what_a_proof_covers_is_said_and_not_more() {
    for (provider, coverage) in [
        ("adyen", Coverage::Fields),
        ("adyen-platform", Coverage::Body),
        ("braintree", Coverage::Payload),
        ("contentful", Coverage::Body),
        ("dropbox-sign", Coverage::Fields),
        ("hubspot", Coverage::Body),
        ("hubspot-v1", Coverage::Body),
        ("hubspot-v2", Coverage::Body),
        ("mailgun", Coverage::Origin),
        ("mercadopago", Coverage::Origin),
        ("microsoft-graph", Coverage::Origin),
        ("square", Coverage::Body),
    ] {
        let (receiver, maker) = receiver(provider);
        assert_eq!(receiver.check(&maker.build()).unwrap().coverage(), coverage, "{provider}");
    }
}

#[test]
fn adyens_fields_cannot_be_cut_otherwise() {
    let cut = |account: &str, reference: &str| {
        format!(r#""merchantAccountCode":"{account}","merchantReference":"{reference}""#)
    };
    let whole = cut("AcmeECOM", "Order:2042");
    assert_eq!(replaced("adyen", &whole, &cut("AcmeECOM:Order", "2042")), Err(Reason::MalformedBody));
    assert_eq!(replaced("adyen", &whole, &cut("AcmeECOM", "Order:2043")), Err(Reason::InvalidSignature));
    for (from, to) in [
        (r#""value":1130"#, r#""value":11300"#),
        (r#""eventCode":"AUTHORISATION""#, r#""eventCode":"REFUND""#),
        (r#""success":"true""#, r#""success":"false""#),
        (r#""currency":"EUR""#, r#""currency":"JPY""#),
    ] {
        assert_eq!(replaced("adyen", from, to), Err(Reason::InvalidSignature), "{to}");
    }
    // The same text in another spelling is the same; a number with two spellings is none.
    assert_eq!(replaced("adyen", r#""success":"true""#, r#""success":true"#), Ok(()));
    assert_eq!(replaced("adyen", r#""value":1130"#, r#""value":1130.0"#), Err(Reason::MalformedBody));
    let twice = r#""success":"true","success":"true""#;
    assert_eq!(replaced("adyen", r#""success":"true""#, twice), Err(Reason::MalformedBody));
    // Not covered, as the preset says.
    assert_eq!(replaced("adyen", "\"paymentMethod\":\"visa\"", "\"paymentMethod\":\"mc\""), Ok(()));
}

#[test]
fn no_digit_moves_out_of_a_time() {
    let (receiver, maker) = receiver("mailgun");
    let request = maker.build();
    let text = std::str::from_utf8(request.body()).unwrap();
    let moved = text.replacen("\"1700000000\"", "\"170000000\"", 1).replacen("\"token\":\"", "\"token\":\"0", 1);
    let rejection = receiver.check(&request.clone().with_body(moved)).unwrap_err();
    assert_eq!(rejection.kind(), Reason::MalformedTimestamp);

    let of = |time: &str, kind: &str| format!(r#""event_time":"{time}","event_type":"{kind}signature_request_signed""#);
    assert_eq!(replaced("dropbox-sign", &of("1700000000", ""), &of("170000000", "0")), Err(Reason::MalformedBody));
    assert_eq!(replaced("dropbox-sign", &of("1700000000", ""), &of("1700000001", "")), Err(Reason::InvalidSignature));
}

#[test]
fn nothing_moves_between_hubspots_url_and_body() {
    for provider in ["hubspot", "hubspot-v2"] {
        let (receiver, maker) = receiver(provider);
        let request = maker.url("https://public.example/hook?a=1&b=2").body(r#"[{"eventId":1}]"#).build();
        let outcome = |target: &str, body: &str| {
            let moved = request.clone().with_target(target).with_body(body.to_owned());
            receiver.check(&moved).map(|_| ()).map_err(|rejection| rejection.kind())
        };
        assert_eq!(outcome("/hook?a=1&b=2", r#"[{"eventId":1}]"#), Ok(()), "{provider}");
        assert_eq!(outcome("/hook?a=1&b=2[", r#"{"eventId":1}]"#), Err(Reason::InvalidSignature), "{provider}");
        assert_eq!(outcome("/hook?a=1&b=2[{\"eventId\":1}]", ""), Err(Reason::InvalidSignature), "{provider}");
        assert_eq!(outcome("/hook?a=1", r#"&b=2[{"eventId":1}]"#), Err(Reason::MalformedBody), "{provider}");
        assert_eq!(outcome("/hook?b=2&a=1", r#"[{"eventId":1}]"#), Err(Reason::InvalidSignature), "{provider}");
        let put = SignedRequest { method: "PUT".to_owned(), ..request.clone() };
        assert_eq!(receiver.check(&put).map_err(|r| r.kind()).unwrap_err(), Reason::InvalidSignature, "{provider}");
    }
    let (receiver, maker) = receiver("hubspot");
    let request =
        maker.body("[1,17]").build().with_body("[1,17").with_header("x-hubspot-request-timestamp", "]1700000000000");
    assert_eq!(receiver.check(&request).map_err(|r| r.kind()).unwrap_err(), Reason::MalformedTimestamp);
}

#[test]
fn squares_url_is_the_configured_one() {
    let fixed = |id: &str| Provider::by_id(id).unwrap().verifier().unwrap().has_fixed_url();
    assert!(fixed("square"));
    // What keeps these apart is their own rule, so that a query may be the request's.
    assert!(!fixed("hubspot") && !fixed("hubspot-v2"));
}

#[test]
fn mercado_pago_signs_the_query_and_not_the_body() {
    let (receiver, maker) = receiver("mercadopago");
    let outcome = |request: SignedRequest| receiver.check(&request).map(|_| ()).map_err(|rejection| rejection.kind());
    let good = maker.target("/wh?tenant=a").build();
    assert_eq!(good.target(), "/wh?tenant=a&data.id=ORD01JQ4S4KY8HWQ6NA5PXB65B3D3&type=order");
    assert_eq!(outcome(good.clone().with_body("anything")), Ok(()));
    for target in ["/wh", "/wh?data.id=1", "/wh?data.id=ORD01JQ4S4KY8HWQ6NA5PXB65B3D3&data.id=1"] {
        assert_eq!(outcome(good.clone().with_target(target)), Err(Reason::InvalidSignature), "{target}");
    }
    let id = "2066ca19-c6f1-498a-be75-1923005edd06";
    let into_id = format!("/wh?data.id=ord01jq4s4ky8hwq6na5pxb65b3d3;request-id:{id}");
    let disguised = good.clone().without_header("x-request-id").with_target(&into_id);
    assert_eq!(outcome(disguised), Err(Reason::InvalidSignature));
    let into_header = good.clone().with_target("/wh").with_header("x-request-id", &format!("{id};ts:1"));
    assert_eq!(outcome(into_header), Err(Reason::MalformedHeader));
    assert_eq!(outcome(good.clone().repeated_header("x-request-id")), Err(Reason::RepeatedHeader));
    assert_eq!(outcome(good.with_header("x-request-id", "another")), Err(Reason::InvalidSignature));
}

#[test]
fn contentfuls_list_covers_itself_and_the_time() {
    let (receiver, maker) = receiver("contentful");
    let outcome = |request: SignedRequest| receiver.check(&request).map(|_| ()).map_err(|rejection| rejection.kind());
    let list = "x-contentful-signed-headers";
    let good = maker.build();
    let kept = "content-type,x-contentful-signed-headers,x-contentful-timestamp";
    assert_eq!(outcome(good.clone().with_header("x-contentful-topic", "x")), Err(Reason::InvalidSignature));
    assert_eq!(outcome(good.clone().with_header(list, kept)), Err(Reason::InvalidSignature));
    assert_eq!(outcome(good.clone().without_header("x-contentful-topic")), Err(Reason::MissingHeader));
    assert_eq!(outcome(good.clone().repeated_header("x-contentful-topic")), Err(Reason::RepeatedHeader));
    assert_eq!(outcome(good.clone().without_header(list)), Err(Reason::MissingHeader));
    assert_eq!(outcome(good.with_target("/webhooks/other")), Err(Reason::InvalidSignature));
    let many: String = (0..64).map(|at| format!(",x-{at}")).collect();
    for odd in
        ["x-contentful-signed-headers", "x-contentful-timestamp", &format!("{kept},{list}"), &format!("{kept}{many}")]
    {
        let signed = maker.clone().header(list, odd).try_build();
        assert!(signed.is_err(), "{odd}");
    }
}

#[test]
fn braintrees_payload_is_the_xml_and_its_key_needs_both_halves() {
    let (receiver, maker) = receiver("braintree");
    let delivery = receiver.check(&maker.event("check").build()).unwrap();
    assert!(std::str::from_utf8(delivery.payload()).unwrap().contains("<kind>check</kind>"));
    let verifier = Provider::by_id("braintree").unwrap().verifier().unwrap();
    for bad in [
        "integration_private_key",
        r#"{"private_key": "integration_private_key"}"#,
        r#"{"public_key": "", "private_key": "integration_private_key"}"#,
        r#"{"public_key": "a", "private_key": "too short"}"#,
    ] {
        assert!(verifier.prepare(&hookporter_core::Secret::weak(bad).into()).is_err(), "{bad}");
    }
}

#[test]
fn a_form_of_dropbox_signs_gives_its_json() {
    let (receiver, maker) = receiver("dropbox-sign");
    let form = maker.build();
    assert!(form.body().starts_with(b"------"));
    let delivery = receiver.check(&form).unwrap();
    let json: serde_json::Value = serde_json::from_slice(delivery.payload()).unwrap();
    assert_eq!(json["event"]["event_type"], "signature_request_signed");
    // The JSON alone is taken, too; a form under another boundary is none.
    let alone = maker.json(&json).build();
    assert_eq!(receiver.check(&alone).unwrap().payload(), alone.body());
    let other = form.with_header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(receiver.check(&other).map_err(|r| r.kind()).unwrap_err(), Reason::MalformedBody);
}

#[test]
fn a_payload_of_braintrees_without_its_last_line_feed_is_the_same_event() {
    let (receiver, maker) = receiver("braintree");
    let request = maker.build();
    let text = String::from_utf8(request.body().to_vec()).unwrap();
    let (before, after) = text.rsplit_once("%0A").unwrap();
    let replayed = request.clone().with_body(format!("{before}{after}"));
    assert_ne!(request.body(), replayed.body());
    let fingerprint = |request: &SignedRequest| receiver.check(request).unwrap().fingerprint().to_vec();
    assert_eq!(fingerprint(&request), fingerprint(&replayed));
}

#[test]
fn hubspots_second_version_is_not_its_first_with_another_body() {
    let (first, maker) = receiver("hubspot-v1");
    let secret = crate::keys("hubspot-v2").unwrap().sender;
    let second = crate::provider("hubspot-v2", secret).unwrap().at(NOW).build();
    let signed = [second.method().as_bytes(), second.url().as_bytes(), second.body()].concat();
    let signature = second.header("x-hubspot-signature").unwrap().to_owned();
    let forged = maker.build().with_body(signed).with_header("x-hubspot-signature", &signature);
    assert_eq!(first.check(&forged).map_err(|refused| refused.kind()).unwrap_err(), Reason::MalformedBody);
}

#[test]
fn a_query_that_the_request_brings_is_not_called_a_body() {
    let (receiver, maker) = receiver("twilio");
    let call = |url: &str| maker.clone().url(url).body("").build().without_header("content-type");
    let coverage = |url: &str| receiver.check(&call(url)).unwrap().coverage();
    assert_eq!(coverage("https://a.example/hook"), Coverage::Body);
    assert_eq!(coverage("https://a.example/hook?tenant=7"), Coverage::Fields);
}
