use super::{COVERED, Lines, MessageScheme, OTHER, Receiver, SECRET, good, request, signed_by_hand, with};
use crate::Reason;

const INPUT: &str = "(\"content-digest\" \"@method\" \"@target-uri\");created=1618884473";

/// A request with the signatures of several labels.
fn several(signed: &[(String, String)]) -> Lines {
    let join = |pick: fn(&(String, String)) -> &String| signed.iter().map(pick).cloned().collect::<Vec<_>>().join(", ");
    request(&(join(|pair| &pair.0), join(|pair| &pair.1)), &[])
}

fn narrow(label: &str) -> (String, String) {
    signed_by_hand(label, "(\"@method\");created=1618884473;x=1", &[("\"@method\"", "POST")], OTHER)
}

#[test]
fn the_only_signature_that_fits_counts_wherever_it_stands() {
    let ours = signed_by_hand("ours", INPUT, &COVERED, SECRET);
    let proxy = signed_by_hand("proxy", "(\"@method\";req \"x\";bs);created=1;unknown=:AA==:", &[], OTHER);
    for signed in [
        vec![ours.clone()],
        vec![narrow("first"), ours.clone()],
        vec![ours.clone(), narrow("last"), proxy.clone()],
        vec![proxy.clone(), ours.clone()],
    ] {
        assert_eq!(Receiver::usual().reason(&several(&signed)), Ok(()));
    }
    assert_eq!(Receiver::usual().reason(&several(&[narrow("a"), proxy])), Err(Reason::MalformedHeader));
}

#[test]
fn where_two_would_do_the_endpoint_names_a_label() {
    let signed = [signed_by_hand("new", INPUT, &COVERED, SECRET), signed_by_hand("old", INPUT, &COVERED, OTHER)];
    let lines = several(&signed);
    assert_eq!(Receiver::usual().reason(&lines), Err(Reason::MalformedHeader));
    let by_label =
        |label: &str, secret| Receiver::new(MessageScheme::hmac_sha256().label(label), &[("k", secret)]).reason(&lines);
    assert_eq!(by_label("new", SECRET), Ok(()));
    assert_eq!(by_label("old", OTHER), Ok(()));
    assert_eq!(by_label("new", OTHER), Err(Reason::InvalidSignature));
    assert_eq!(by_label("none", SECRET), Err(Reason::MalformedHeader));
}

#[test]
fn a_signature_belongs_to_the_input_of_its_label() {
    let (input, signature) = signed_by_hand("a", INPUT, &COVERED, SECRET);
    let lines = request(&(input.clone(), signature.replacen("a=", "b=", 1)), &[]);
    assert_eq!(Receiver::usual().reason(&lines), Err(Reason::MalformedHeader));
    // An input moved under another label finds the other label's signature, which is not its own.
    let (_, other) = narrow("b");
    let moved = request(&(input.replacen("a=", "b=", 1), format!("{signature}, {other}")), &[]);
    assert_eq!(Receiver::usual().reason(&moved), Err(Reason::InvalidSignature));
}

#[test]
fn a_label_stands_once_and_there_are_few() {
    let (input, signature) = signed_by_hand("a", INPUT, &COVERED, SECRET);
    let twice = request(&(format!("{input}, {input}"), signature.clone()), &[]);
    assert_eq!(Receiver::usual().reason(&twice), Err(Reason::MalformedHeader));
    let twice = request(&(input, format!("{signature}, {signature}")), &[]);
    assert_eq!(Receiver::usual().reason(&twice), Err(Reason::MalformedHeader));
    let thousand: Vec<_> = (0..1000).map(|at| format!("s{at}=()")).collect();
    let lines = with(good(), "signature-input", &thousand.join(","));
    assert_eq!(Receiver::usual().reason(&lines), Err(Reason::MalformedHeader));
    let long = format!("sig1=({})", "\"x\" ".repeat(16 * 1024));
    assert_eq!(Receiver::usual().reason(&with(good(), "signature-input", &long)), Err(Reason::MalformedHeader));
    let long = format!("sig1=:{}:", "A".repeat(64 * 1024));
    assert_eq!(Receiver::usual().reason(&with(good(), "signature", &long)), Err(Reason::MalformedHeader));
}

#[test]
fn a_tag_and_a_key_id_are_demanded_where_the_endpoint_says_so() {
    let tagged = Receiver::new(MessageScheme::hmac_sha256().tag("shop"), &[("k", SECRET)]);
    for (parameters, outcome) in [
        (";created=1618884473;tag=\"shop\"", Ok(())),
        (";created=1618884473;tag=\"other\"", Err(Reason::MalformedHeader)),
        (";created=1618884473", Err(Reason::MalformedHeader)),
    ] {
        assert_eq!(tagged.reason(&super::good_with(parameters)), outcome, "{parameters}");
    }
    let named = Receiver::new(MessageScheme::hmac_sha256().demand_key_id(), &[("k", SECRET)]);
    assert_eq!(named.reason(&super::good_with(";created=1618884473;keyid=\"k\"")), Ok(()));
    assert_eq!(named.reason(&super::good_with(";created=1618884473")), Err(Reason::MalformedHeader));
}
