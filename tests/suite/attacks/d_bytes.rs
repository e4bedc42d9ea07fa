//! Section D: bytes. What is signed is what arrives is what is handed off, whether it is text or not.

use hookporter::{Endpoint, Reason, Secret, UnixTime};
use hookporter_testkit::{RequestMaker, keys, provider};

use super::{BOTH, CANARY, Case, Expect, Group, NOW, Server, TARGET, at_now, case, d_forms, run_case};

const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const NO_TOKEN: Expect = Expect::Refused(401, Reason::MalformedBody);
const BAD_TOKEN: Expect = Expect::Refused(401, Reason::MalformedToken);

const GITHUB: &str = "x-hub-signature-256";

/// A MAC that runs while the body arrives, in each kind of header; a signature over the whole; labels in the body.
const SENDERS: [&str; 5] = ["github", "stripe", "standard-webhooks", "superoffice", "discord"];

pub(super) fn groups() -> Vec<Group> {
    let mut groups: Vec<_> = SENDERS.iter().map(|id| group(id, kept(id))).collect();
    groups.push(group("github", flipped()));
    groups.push(group("github", altered()));
    groups.extend(["stripe", "superoffice"].map(|id| group(id, doubled_ids(id))));
    groups.push(group("stripe", large_numbers()));
    groups.push(group("shipmondo", payloads()));
    groups.extend(d_forms::groups());
    groups
}

fn group(id: &str, cases: Vec<Case>) -> Group {
    let endpoint = Endpoint::provider(id, Secret::new(key(id, false))).unwrap();
    Group { endpoint: at_now(endpoint), cases }
}

/// The canary where any text is a key.
fn key(id: &str, of_sender: bool) -> &'static str {
    match id {
        "discord" | "standard-webhooks" if of_sender => keys(id).unwrap().sender,
        "discord" | "standard-webhooks" => keys(id).unwrap().receiver,
        _ => CANARY,
    }
}

fn of(id: &str) -> RequestMaker {
    provider(id, key(id, true)).unwrap().at(UnixTime::from_secs(NOW)).target(TARGET)
}

/// Runs the section, and holds what is handed off against what was sent.
pub(super) fn run() {
    for adapter in BOTH {
        for group in groups() {
            let server = Server::start(adapter, group.endpoint);
            for case in group.cases {
                run_case(adapter, &server, &case);
                let Some(event) = server.handed_off().into_iter().next() else { continue };
                let name = format!("{adapter:?} {} ({})", case.id, case.what);
                assert!(body_of(&case.raw) == event.body(), "{name}: the bytes changed");
                if !matches!(event.provider(), "stripe" | "superoffice") {
                    continue;
                }
                // Of both senders the id stands in the body.
                match case.id {
                    "D12" => assert_eq!(event.id(), None, "{name}: one of two ids was taken"),
                    "D6" | "D13" | "D16" => assert_eq!((event.id(), event.event_type()), (None, None), "{name}"),
                    "D14" => assert!(event.id().is_some_and(|id| id.len() < 80), "{name}: {:?}", event.id()),
                    _ => {}
                }
            }
        }
    }
}

fn body_of(raw: &[u8]) -> &[u8] {
    let end = raw.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    &raw[end + 4..]
}

/// Bodies that are handed off as they come, with the content type that they claim.
fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    const JSON: &str = "application/json";
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let mut bodies: Vec<(&str, &str, Vec<u8>)> = vec![
        ("D3", JSON, br#"{"a":"\u001B"}"#.into()),
        ("D3", JSON, br#"{"a":"\u001b"}"#.into()),
        ("D3", JSON, br#"{"a":"http:\/\/a.b\/c"}"#.into()),
        ("D3", JSON, br#"{"a":"http://a.b/c"}"#.into()),
        ("D4", JSON, "{\"a\":\"🦀 \u{2028}\u{2029}\"}".into()),
        ("D4", JSON, "{\"a\":\"\u{e9}\"}".into()),
        ("D4", JSON, "{\"a\":\"e\u{301}\"}".into()),
        ("D5", JSON, b"{\"a\":\"\xff\xfe\"}".into()),
        ("D5", "application/octet-stream", (0..=255).collect()),
        ("D5", JSON, b"{\"a\":\"\xed\xa0\x80\xc0\xaf\"}".into()),
        ("D6", JSON, "\u{feff}{\"id\":\"evt_bom\",\"type\":\"a\",\"EventId\":\"e\",\"Event\":\"a\"}".into()),
        ("D6", "application/json; charset=utf-16", utf16("\u{feff}{\"id\":\"evt_16\",\"type\":\"a\"}")),
        ("D8", "application/json; charset=iso-8859-1", b"{\"a\":\"caf\xe9\"}".into()),
        ("D9", JSON, Vec::new()),
        ("D10", JSON, b"{\"a\":\"\0\"}\0\0".into()),
        ("D13", JSON, deep("[", "]").into()),
        ("D13", JSON, deep("{\"id\":", "}").into()),
        ("D13", JSON, format!(r#"{{"id":"evt_deep","EventId":"e","type":"a","x":{}}}"#, deep("[", "]")).into()),
        ("D13", JSON, "[".repeat(100_000).into()),
    ];
    for scalar in ["42", "\"evt_1\"", "null", "true", "[]", r#"[{"id":"evt_1","EventId":"e"}]"#, "{}", "-", "\""] {
        bodies.push(("D16", JSON, scalar.into()));
    }
    bodies
}

fn kept(id: &str) -> Vec<Case> {
    let each = |(number, (case_id, content_type, body)): (usize, (&'static str, &str, Vec<u8>))| {
        let request = of(id).event_id(&format!("evt_{number}")).body(body).header("content-type", content_type);
        case(case_id, format!("{id}: body {number}"), &request.build(), Expect::Ack)
    };
    bodies().into_iter().enumerate().map(each).collect()
}

/// Every bit of the body, and a bit of every byte of the signature.
fn flipped() -> Vec<Case> {
    let valid = of("github").body(r#"{"a":"bc"}"#).build();
    let mut cases = Vec::new();
    for bit in 0..valid.body().len() * 8 {
        let mut body = valid.body().to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        cases.push(case("D1", format!("bit {bit} of the body"), &valid.clone().with_body(body), WRONG));
    }
    let mut tag = const_hex::decode(valid.header(GITHUB).unwrap().strip_prefix("sha256=").unwrap()).unwrap();
    for byte in 0..tag.len() {
        tag[byte] ^= 1 << (byte % 8);
        let proof = format!("sha256={}", const_hex::encode(&tag));
        cases.push(case(
            "D1",
            format!("a bit of byte {byte} of the tag"),
            &valid.clone().with_header(GITHUB, &proof),
            WRONG,
        ));
        tag[byte] ^= 1 << (byte % 8);
    }
    // The request itself holds, so it was the bits.
    cases.push(case("D1", "no bit", &valid, Expect::Ack));
    cases
}

/// Bodies that mean the same to a parser and are not the same bytes.
fn altered() -> Vec<Case> {
    let pairs: [(&'static str, &[u8], &[u8]); 13] = [
        ("D2", br#"{"a":1,"b":2}"#, br#"{"a": 1, "b": 2}"#),
        ("D2", br#"{"a":1,"b":2}"#, br#"{"b":2,"a":1}"#),
        ("D2", b"{\"a\":1}", b"{\"a\":1.0}"),
        ("D3", br#"{"a":"\u001B"}"#, br#"{"a":"\u001b"}"#),
        ("D3", br#"{"a":"\/"}"#, br#"{"a":"/"}"#),
        ("D4", "{\"a\":\"\u{e9}\"}".as_bytes(), "{\"a\":\"e\u{301}\"}".as_bytes()),
        ("D5", b"{\"a\":\"\xff\"}", "{\"a\":\"\u{fffd}\"}".as_bytes()),
        ("D6", "\u{feff}{}".as_bytes(), b"{}"),
        ("D7", b"a: 1\r\nb: 2\r\n", b"a: 1\nb: 2\n"),
        ("D7", b"a: 1\nb: 2\n", b"a: 1\r\nb: 2\r\n"),
        ("D9", b"{}", b""),
        ("D11", b"{}", b"{}\n"),
        ("D10", b"{}\0", b"{}"),
    ];
    let each = |(number, (id, signed, sent)): (usize, (&'static str, &[u8], &[u8]))| {
        let request = of("github").body(signed.to_vec()).build().with_body(sent.to_vec());
        case(id, format!("another spelling, pair {number}"), &request, WRONG)
    };
    pairs.into_iter().enumerate().map(each).collect()
}

/// An id that stands twice identifies nothing: the digest of the signed bytes does.
fn doubled_ids(id: &str) -> Vec<Case> {
    let name = if id == "stripe" { "id" } else { "EventId" };
    let escaped = format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), name.split_at(1).1);
    let sent = |second: &str, more: &str| {
        of(id).body(format!(r#"{{"{name}":"evt_twice","{second}":"evt_twice","more":{more}}}"#)).build()
    };
    vec![
        case("D12", format!("{id}: two ids"), &sent(name, "1"), Expect::Ack),
        case("D12", format!("{id}: the same two ids, another body"), &sent(name, "2"), Expect::Ack),
        case("D12", format!("{id}: the second one escaped"), &sent(&escaped, "1"), Expect::Ack),
        case("D12", format!("{id}: the same bytes again"), &sent(name, "1"), Expect::Dup),
    ]
}

/// As gathered, the label is absent. Here it is not: looking for an id reads no number, so none is too large.
fn large_numbers() -> Vec<Case> {
    let digits = "9".repeat(100_000);
    [
        r#"{"n":1e400,"id":"evt_1e400","m":-1e-400}"#.to_owned(),
        format!(r#"{{"n":{digits},"id":"evt_digits"}}"#),
        r#"{"id":1e400}"#.to_owned(),
        // An id of any length is one of 71 characters.
        format!(r#"{{"id":{digits}}}"#),
        format!(r#"{{"id":"{digits}8"}}"#),
    ]
    .into_iter()
    .enumerate()
    .map(|(number, body)| {
        case("D14", format!("stripe: number {number}"), &of("stripe").body(body).build(), Expect::Ack)
    })
    .collect()
}

/// The same inside a token, whose claims are read.
fn payloads() -> Vec<Case> {
    let sent = |payload: String| of("shipmondo").body(payload).build();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let digits = "9".repeat(100_000);
    vec![
        case("D9", "shipmondo: no body, so no token", &sent("{}".to_owned()).with_body(""), NO_TOKEN),
        case("D5", "shipmondo: a payload that is no text", &of("shipmondo").body(&b"\"\xff\""[..]).build(), BAD_TOKEN),
        case("D13", "shipmondo: a deep payload", &sent(format!(r#"{{"data":{deep}}}"#)), Expect::Ack),
        case("D13", "shipmondo: a deep array", &sent(deep.clone()), Expect::Ack),
        case("D13", "shipmondo: a deep text", &sent(format!(r#""{{\"data\":{deep}}}""#)), Expect::Ack),
        // A claim that is read must be one.
        case("D13", "shipmondo: a deep claim", &sent(format!(r#"{{"iat":{deep}}}"#)), BAD_TOKEN),
        case("D14", "shipmondo: large numbers", &sent(format!(r#"{{"n":1e400,"m":{digits}}}"#)), Expect::Ack),
        case("D14", "shipmondo: a claim of 1e400", &sent(r#"{"iat":1e400}"#.to_owned()), BAD_TOKEN),
        case("D16", "shipmondo: a number", &sent("42".to_owned()), Expect::Ack),
        // Every member at the top of a payload is a claim, and F20 holds.
        case("D12", "shipmondo: a member that is no claim, twice", &sent(r#"{"a":1,"a":2}"#.to_owned()), BAD_TOKEN),
    ]
}
