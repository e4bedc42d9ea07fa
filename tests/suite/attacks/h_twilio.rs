//! Section H with Twilio, and with schemes that run URL and body together.

use hookporter::{Endpoint, Header, Reason, Scheme, Secret, UnixTime};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::h_urls::{URL, WRONG, row, sent_to};
use super::{CANARY, Case, Expect, Group, at_now, case};

const WRONG_BODY: Expect = Expect::Refused(401, Reason::BodyHashMismatch);

pub fn groups() -> Vec<Group> {
    let twilio = || at_now(Endpoint::twilio(Secret::new(CANARY), URL).unwrap());
    vec![Group { endpoint: twilio(), cases: twilio_forms() }, Group { endpoint: twilio(), cases: twilio_json() }]
}

fn form(id: &str) -> RequestMaker {
    hookporter_testkit::twilio(CANARY).event_id(id)
}

/// A form whose signature covers `url` as it is spelled: the test kit's own maker leaves ports out.
fn spelled(url: &str, body: &str) -> SignedRequest {
    let scheme = Scheme::hmac_sha1().signed("{url}{sorted-form}").signature(Header::new("x-twilio-signature").base64());
    hookporter_testkit::custom(scheme, CANARY)
        .url(url)
        .target(super::TARGET)
        .body(format!("Body={body}&To=%2B1"))
        .header("content-type", "application/x-www-form-urlencoded")
        .build()
}

fn twilio_forms() -> Vec<Case> {
    let right = |id: &str, url: &str| spelled(url, id);
    let query = form("query").url("https://hooks.test/hook?a=1&b=2").build();
    let evil = form("evil").url("https://evil.example/hook").build();
    let letters = form("letters").url(URL).build();
    let no_type = right("no type", URL).without_header("content-type");
    vec![
        case("H1", "form", &evil.clone().with_header("x-forwarded-host", "evil.example"), WRONG),
        row("H5", "form", sent_to("https://evil.example/hook", &evil), WRONG),
        case("H7", "form", &query.clone().with_target("/hook?b=2&a=1"), WRONG),
        case("H8", "form", &query.clone().with_target("/hook?a=1&b=2&c=3"), WRONG),
        case("H8", "form, as signed", &query, Expect::Ack),
        // Twilio's own validators try the URL with and without the port, so both spellings hold.
        case("H10", "form, without the port", &right("bare", URL), Expect::Ack),
        case("H10", "form, with the port", &right("port", "https://hooks.test:443/hook"), Expect::Ack),
        case("H10", "form, with another port", &right("other", "https://hooks.test:8443/hook"), WRONG),
        case("H10", "form, of http", &right("http", "http://hooks.test/hook"), WRONG),
        case("H11", "form", &right("upper", "https://HOOKS.test/hook"), WRONG),
        case("H14", "form, another name for a field", &renamed_field(), WRONG),
        case("H14", "form", &letters, Expect::Ack),
        case("H14", "form, a letter moved from the name to the value", &moved_letter(&letters), Expect::Dup),
        // Nothing would bind a body that is no form.
        case("H14", "a form that does not say so", &no_type, WRONG_BODY),
    ]
}

/// A form whose field `To` has another name.
fn renamed_field() -> SignedRequest {
    let request = form("renamed").url(URL).build();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    request.with_body(body.replace("To=%2B", "Xo=%2B"))
}

/// Twilio runs name and value together, so a letter can move from one to the other under the same signature. No
/// receiver can tell; what the letters spell is still the same event, by its token and the digest of the signed bytes.
fn moved_letter(request: &SignedRequest) -> SignedRequest {
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    let moved = body.replace("Body=Ahoy", "Bod=yAhoy");
    assert_ne!(body, moved);
    request.clone().with_body(moved)
}

/// Query and form run together: a field without a name says the query of a request that had no form.
fn url_as_form(json: &SignedRequest, hash: &str) -> SignedRequest {
    let hash = json.target().split_once("bodySHA256=").map_or(hash, |(_, hash)| hash);
    let form = format!("=%3FbodySHA256%3D{hash}");
    json.clone().with_target("/hook").with_body(form).with_header("content-type", "application/x-www-form-urlencoded")
}

/// Whoever writes a text message writes a part of the signed bytes: here the hash of a body that Twilio never sent.
fn form_as_url() -> SignedRequest {
    let body = r#"{"paid":true}"#;
    let hash = "a2af987a163f4f45e9a349097cfa9df8f7b71f7982edd1627e18ae14ef28fa2f";
    let signed = spelled("https://hooks.test/hook?tenant=7", &format!("%26bodySHA256%3D{hash}%26"));
    signed
        .with_target(&format!("/hook?tenant=7Body&bodySHA256={hash}&To+1"))
        .with_body(body)
        .with_header("content-type", "application/json")
}

fn twilio_json() -> Vec<Case> {
    let json = |id: &str| hookporter_testkit::twilio_json(CANARY).event_id(id).url(URL).build();
    let right = json("right");
    let hash = right.target().split_once("bodySHA256=").unwrap().1.to_owned();
    let other = json("other");
    let twice = format!("{}&bodySHA256={hash}", right.target());
    let rehashed = json("rehashed").with_body(other.body().clone()).with_target(other.target());
    vec![
        case("H8", "JSON, another body", &json("body").tampered_body(), WRONG_BODY),
        case("H8", "JSON, another body with its hash", &rehashed, WRONG),
        case("H8", "JSON, without the hash", &json("none").with_target("/hook"), WRONG_BODY),
        case("H8", "JSON, the hash twice", &right.clone().with_target(&twice), WRONG_BODY),
        case(
            "H8",
            "JSON, one more parameter",
            &right.clone().with_target(&format!("{}&a=1", right.target())),
            WRONG_BODY,
        ),
        case(
            "H8",
            "JSON, the URL as a form",
            &url_as_form(&json("as form"), &hash),
            Expect::Refused(401, Reason::MalformedBody),
        ),
        case("H8", "JSON under the signature of a form", &form_as_url(), WRONG_BODY),
        case(
            "H13",
            "JSON, the hash in upper case",
            &right.clone().with_target(&right.target().replace(&hash, &hash.to_uppercase())),
            WRONG,
        ),
        case("H8", "JSON, as signed", &right, Expect::Ack),
    ]
}

/// Square's scheme: nothing stands between the URL and the body.
#[test]
fn h14_nothing_moves_between_the_url_and_the_body() {
    super::run_on(crate::server::EVERYWHERE, || {
        vec![
            Group { endpoint: square_endpoint(URL), cases: square() },
            Group { endpoint: square_endpoint(QUERIED), cases: square_with_a_query() },
            Group { endpoint: hubspot_endpoint(), cases: hubspot() },
            Group { endpoint: at_now(dotted_endpoint()), cases: dotted() },
            Group { endpoint: at_now(lined_endpoint()), cases: lined() },
        ]
    });
}

const QUERIED: &str = "https://hooks.test/hook?a=1";

fn square_endpoint(url: &str) -> Endpoint {
    at_now(Endpoint::square(Secret::new(CANARY), url).unwrap())
}

fn signed(url: &str, body: &str) -> SignedRequest {
    hookporter_testkit::square(CANARY).url(url).body(body.to_owned()).build()
}

fn moved(request: &SignedRequest, target: &str, body: &'static str) -> SignedRequest {
    request.clone().with_target(target).with_body(body)
}

fn square() -> Vec<Case> {
    let plain = signed(URL, r#"{"id":1}"#);
    let text = signed(URL, "?a=1&b=2");
    vec![
        case("H14", "as signed", &plain, Expect::Ack),
        case("H14", "a query out of the body", &moved(&text, "/hook?a=1", "&b=2"), WRONG),
        case("H14", "the whole body", &moved(&text, "/hook?a=1&b=2", ""), WRONG),
        case("H14", "a query that was not configured", &signed(QUERIED, r#"{"id":1}"#), WRONG),
    ]
}

fn square_with_a_query() -> Vec<Case> {
    let query = signed(QUERIED, r#"{"id":1}"#);
    vec![
        case("H14", "from the body into the query", &moved(&query, "/hook?a=1{", r#""id":1}"#), WRONG),
        case("H14", "from the query into the body", &moved(&query, "/hook?a=", r#"1{"id":1}"#), WRONG),
        case("H14", "as signed, with a query", &query, Expect::Ack),
    ]
}

fn hubspot_endpoint() -> Endpoint {
    at_now(Endpoint::hubspot(Secret::new(CANARY), URL).unwrap())
}

/// A query may be the request's own here: a JSON body begins with a bracket, and a URL has none.
fn hubspot() -> Vec<Case> {
    let maker = hookporter_testkit::hubspot(CANARY).at(UnixTime::from_secs(super::NOW));
    let query = maker.url(QUERIED).body(r#"[{"eventId":1}]"#).build();
    let malformed = Expect::Refused(401, Reason::MalformedBody);
    vec![
        case("H14", "HubSpot, from the body into the query", &moved(&query, "/hook?a=1[", r#"{"eventId":1}]"#), WRONG),
        case(
            "H14",
            "HubSpot, from the query into the body",
            &moved(&query, "/hook?a=", r#"1[{"eventId":1}]"#),
            malformed,
        ),
        case("H14", "HubSpot, as signed, with a query", &query, Expect::Ack),
    ]
}

fn separated(by: &str) -> Scheme {
    let template = format!("v1:{{url}}{by}{{body}}");
    Scheme::hmac_sha256().signed(&template).signature(Header::new("x-separated").hex())
}

fn by(separator: &str, url: &str, body: &str) -> SignedRequest {
    hookporter_testkit::custom(separated(separator), CANARY).url(url).body(body.to_owned()).build()
}

fn dotted_endpoint() -> Endpoint {
    Endpoint::custom_at("dotted", separated("."), Secret::new(CANARY), URL).unwrap()
}

/// A dot stands in queries and in bodies too, so it separates nothing.
fn dotted() -> Vec<Case> {
    let query = by(".", QUERIED, "[2.5]");
    vec![
        case("H14", "behind a dot: from the body into the query", &moved(&query, "/hook?a=1.[2", "5]"), WRONG),
        case("H14", "behind a dot: a query that was not configured", &query, WRONG),
        case("H14", "behind a dot: as signed", &by(".", URL, "[2.5]"), Expect::Ack),
    ]
}

fn lined_endpoint() -> Endpoint {
    Endpoint::custom_at("lined", separated("\n"), Secret::new(CANARY), URL).unwrap()
}

/// No URL has a line feed, so any query may be added.
fn lined() -> Vec<Case> {
    let query = by("\n", QUERIED, "[2\n5]");
    vec![
        case("H14", "behind a line feed: another query", &moved(&query, "/hook?a=12", "[2\n5]"), WRONG),
        case("H14", "behind a line feed: as signed", &query, Expect::Ack),
    ]
}
