//! Section D, forms: Twilio signs the fields as they are once decoded and sorted, so another spelling of a form is the
//! same form and another form is not.

use hookporter::{Endpoint, Reason, Secret, UnixTime};
use hookporter_testkit::SignedRequest;

use super::{CANARY, Case, Expect, Group, NOW, TARGET, at_now, case};

const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const OTHER_BODY: Expect = Expect::Refused(401, Reason::BodyHashMismatch);

const URL: &str = "https://hooks.test/hook";
const TOKEN: &str = "i-twilio-idempotency-token";

/// A blank, an ampersand, a plus, a name twice, and an empty value.
const FORM: &str = "AccountSid=AC1&Body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415";

pub(super) fn groups() -> Vec<Group> {
    let endpoint = || at_now(Endpoint::twilio(Secret::new(CANARY), URL).unwrap());
    [right(), respelled(), altered(), unseparated(), json()].map(|cases| Group { endpoint: endpoint(), cases }).into()
}

fn form(body: &str, token: &str) -> SignedRequest {
    let maker = hookporter_testkit::twilio(CANARY).url(URL).at(UnixTime::from_secs(NOW)).target(TARGET);
    maker.body(body.to_owned()).event_id(token).build()
}

fn right() -> Vec<Case> {
    let forms = [
        FORM,
        "Body=a%20b",
        "Body=a+b",
        "Body=a%2Bb",
        "Body=a%2bb",
        "Body=",
        "Body",
        "",
        "To=1&Body=2&From=3",
        "MediaUrl=y&MediaUrl=x&MediaUrl=z",
        "Body=%F0%9F%A6%80%0D%0A",
        "Body=%FF",
        "Body=%zz",
        "&&Body=1&",
    ];
    forms.map(|body| case("D15", format!("form {body:?}"), &form(body, &format!("token-{body}")), Expect::Ack)).into()
}

/// Under one signature; a duplicate is what was accepted and known.
fn respelled() -> Vec<Case> {
    let valid = form(FORM, "respelled");
    let mut cases = vec![case("D15", "the form", &valid, Expect::Ack)];
    for body in [
        "AccountSid=AC1&Body=a%20b%26c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415",
        "AccountSid=AC1&Body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&To=%2b1415",
        "To=%2B1415&MediaUrl=y&Empty=&Body=a+b%26c&MediaUrl=x&AccountSid=AC1",
        "AccountSid=AC1&Body=%61+b%26c&Empty&MediaUrl=x&MediaUrl=y&To=%2B1415",
        // Equal pairs count once, as in Twilio's own libraries.
        "AccountSid=AC1&Body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&MediaUrl=x&To=%2B1415",
    ] {
        cases.push(case("D15", format!("spelled {body}"), &valid.clone().with_body(body), Expect::Dup));
    }
    cases
}

fn altered() -> Vec<Case> {
    let valid = form(FORM, "altered");
    [
        ("a plus for the blank", "AccountSid=AC1&Body=a%2Bb%26c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415"),
        ("a blank for the plus", "AccountSid=AC1&Body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&To=+1415"),
        ("an ampersand that separates", "AccountSid=AC1&Body=a+b&c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415"),
        ("another value", "AccountSid=AC2&Body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415"),
        ("the empty field filled", "AccountSid=AC1&Body=a+b%26c&Empty=1&MediaUrl=x&MediaUrl=y&To=%2B1415"),
        ("the empty field gone", "AccountSid=AC1&Body=a+b%26c&MediaUrl=x&MediaUrl=y&To=%2B1415"),
        ("one of two values gone", "AccountSid=AC1&Body=a+b%26c&Empty=&MediaUrl=x&To=%2B1415"),
        ("a third value", "AccountSid=AC1&Body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&MediaUrl=z&To=%2B1415"),
        ("one more field", "AccountSid=AC1&Body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415&Z=1"),
        ("another case of a name", "AccountSid=AC1&body=a+b%26c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415"),
        ("encoded twice", "AccountSid=AC1&Body=a+b%2526c&Empty=&MediaUrl=x&MediaUrl=y&To=%2B1415"),
        ("nothing", ""),
    ]
    .map(|(what, body)| case("D15", what, &valid.clone().with_body(body), WRONG))
    .into()
}

/// As gathered, an altered form is 401. Twilio's own signature cannot tell these: it joins names and values without a
/// separator, so whoever holds one request may cut it elsewhere. No verifier of Twilio's can refuse that and take the
/// form as it was signed.
fn unseparated() -> Vec<Case> {
    let valid = form("Body=yes&From=1", "unseparated");
    let cut = valid.clone().with_body("Bodyye=s&From=1");
    let joined = valid.clone().with_body("BodyyesFrom=1");
    vec![
        case("D15", "the form", &valid, Expect::Ack),
        case("D15", "cut elsewhere", &cut, Expect::Dup),
        case("D15", "two fields in one", &joined, Expect::Dup),
        case("D15", "cut elsewhere, under a token of its own", &cut.with_header(TOKEN, "another"), Expect::Ack),
    ]
}

/// JSON is bound by its hash in the URL.
fn json() -> Vec<Case> {
    let maker = hookporter_testkit::twilio_json(CANARY).url(URL).at(UnixTime::from_secs(NOW));
    let valid = maker.body(r#"{"a":1}"#).build();
    let no_form = valid.clone().with_header("content-type", "application/x-www-form-urlencoded");
    vec![
        case("D15", "json, altered", &valid.clone().with_body(r#"{"a":2}"#), OTHER_BODY),
        case("D15", "json, altered and called a form", &no_form.with_body("a=2"), OTHER_BODY),
        case("D15", "json without its hash", &valid.clone().with_target(TARGET), OTHER_BODY),
        case("D15", "json", &valid, Expect::Ack),
    ]
}
