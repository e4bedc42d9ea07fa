//! How much comes out, and what is no whole stream.

use bytes::Bytes;
use hookporter_core::{Evidence, Head, Reason, Refused};

use super::{NOW, OVER_PLAIN, PLAIN, Receiver, gzip, noise};

#[test]
fn a_bomb_is_too_large_and_never_a_bad_signature() {
    let zeros = vec![0; 10 * 1024 * 1024];
    let bomb = gzip(&zeros);
    assert!(bomb.len() < 11_000, "{}", bomb.len());
    assert_eq!(Receiver::nylas().judge(&bomb, &bomb).unwrap_err(), Reason::BodyTooLarge);
    let of_plain = Receiver::of_plain();
    assert_eq!(of_plain.judge(&zeros, &bomb).unwrap_err(), Reason::BodyTooLarge);
    // Whoever does not know the secret gets nothing inflated where the bytes are signed, and no more than the limit else.
    assert_eq!(Receiver::nylas().judge(b"other", &bomb).unwrap_err(), Reason::InvalidSignature);
    assert_eq!(of_plain.judge(b"other", &bomb).unwrap_err(), Reason::BodyTooLarge);
    let chunks: Vec<&[u8]> = bomb.chunks(64).collect();
    assert_eq!(of_plain.check(Some("gzip"), OVER_PLAIN, &chunks).unwrap_err(), (Reason::BodyTooLarge, 0));
}

#[test]
fn a_limit_that_is_large_still_leaves_a_ratio() {
    let raise = |receiver: Receiver| Receiver { verifier: receiver.verifier.with_body_limit(64 << 20), ..receiver };
    let zeros = vec![0; 10 * 1024 * 1024];
    let bomb = gzip(&zeros);
    assert_eq!(raise(Receiver::nylas()).judge(&bomb, &bomb).unwrap_err(), Reason::BodyTooLarge);
    assert_eq!(raise(Receiver::of_plain()).judge(&zeros, &bomb).unwrap_err(), Reason::BodyTooLarge);
    // Lists of events that hardly differ are far below it, and a usual body may be of any ratio.
    let list: String = (0..40_000).map(|at| format!("{{\"id\":\"evt_{at}\",\"type\":\"message.created\"}},")).collect();
    let sent = gzip(list.as_bytes());
    assert_eq!(raise(Receiver::nylas()).judge(&sent, &sent).unwrap().payload(), list.as_bytes());
    let small = gzip(&vec![b' '; 1024 * 1024]);
    assert_eq!(Receiver::nylas().judge(&small, &small).unwrap().payload().len(), 1024 * 1024);
    let over = gzip(&vec![b' '; 1024 * 1024 + 1]);
    assert_eq!(Receiver::nylas().judge(&over, &over).unwrap_err(), Reason::BodyTooLarge);
}

#[test]
fn the_evidence_names_the_limit() {
    let receiver = Receiver::of_plain();
    let over = gzip(&vec![b' '; 1024 * 1024 + 1]);
    let signature = receiver.sign(b"");
    let headers = vec![("x-nylas-signature", signature.as_str()), ("content-encoding", "gzip")];
    let head = Head::new("POST", "/", &headers);
    let mut check = receiver.verifier.begin(&head, &receiver.keys, NOW).unwrap();
    let refused = check.push(over.into()).map(|()| check.finish().map(|_| ()).map_err(Refused::into_rejection));
    let rejection = refused.and_then(|ended| ended).unwrap_err();
    assert!(matches!(rejection.evidence(), Evidence::Size { limit: 1_048_576, .. }), "{rejection}");
}

#[test]
fn a_stream_that_breaks_off_goes_on_or_is_none_is_malformed_in_both_orders() {
    let good = gzip(PLAIN.as_bytes());
    let length = good.len();
    let mut wrong_sum = good.clone();
    wrong_sum[length - 8] ^= 1;
    let mut wrong_length = good.clone();
    wrong_length[length - 1] ^= 1;
    let mut wrong_method = good.clone();
    wrong_method[2] = 7;
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("a header alone", good[..10].to_vec()),
        ("half", good[..length / 2].to_vec()),
        ("without its sum", good[..length - 8].to_vec()),
        ("without its last byte", good[..length - 1].to_vec()),
        ("garbage behind it", [good.as_slice(), b"x"].concat()),
        ("zeros behind it", [good.as_slice(), &[0; 16]].concat()),
        ("two members", [good.as_slice(), &good].concat()),
        ("an empty second member", [good.as_slice(), &gzip(b"")].concat()),
        ("plain text", PLAIN.as_bytes().to_vec()),
        ("another sum", wrong_sum),
        ("another length", wrong_length),
        ("another method", wrong_method),
    ];
    let compressed_is_signed = Receiver::nylas();
    let plain_is_signed = Receiver::of_plain();
    for (name, sent) in cases {
        let judged = compressed_is_signed.judge(&sent, &sent).map(|_| ());
        assert_eq!(judged, Err(Reason::MalformedEncoding), "{name}");
        let signature = plain_is_signed.sign(PLAIN.as_bytes());
        for size in [1, 1000] {
            let chunks: Vec<&[u8]> = sent.chunks(size).collect();
            let judged =
                plain_is_signed.check(Some("gzip"), &signature, &chunks).map(|_| ()).map_err(|(reason, _)| reason);
            assert_eq!(judged, Err(Reason::MalformedEncoding), "{name}, chunks of {size}");
        }
    }
}

#[test]
fn a_body_that_is_announced_too_long_is_refused_unread_as_ever() {
    let headers = vec![("x-nylas-signature", OVER_PLAIN), ("content-encoding", "gzip"), ("content-length", "1048577")];
    let head = Head::new("POST", "/", &headers);
    for receiver in [Receiver::nylas(), Receiver::of_plain()] {
        let refused = receiver.verifier.begin(&head, &receiver.keys, NOW).unwrap_err();
        assert_eq!(refused.kind(), Reason::BodyTooLarge);
    }
}

#[test]
fn what_is_held_is_said_while_it_grows() {
    let plain = noise(300_000);
    let sent = gzip(&plain);
    let receiver = Receiver::of_plain();
    let signature = receiver.sign(&plain);
    let headers = vec![("x-nylas-signature", signature.as_str()), ("content-encoding", "gzip")];
    let head = Head::new("POST", "/", &headers);
    let mut check = receiver.verifier.begin(&head, &receiver.keys, NOW).unwrap();
    let mut before = 0;
    for chunk in sent.chunks(100_000) {
        check.push(Bytes::copy_from_slice(chunk)).unwrap();
        assert!(check.inflated_bytes() > before);
        before = check.inflated_bytes();
    }
    assert!(before > 200_000);
    assert!(check.finish().is_ok());
}
