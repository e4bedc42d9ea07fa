//! The examples of RFC 9421, appendix B.2, with the keys of appendix B.1.

use super::{BODY, DIGEST, Lines, MessageScheme, NOW, Receiver};
use crate::{Coverage, KeyDecoding, KeyRule, Reason, Scheme, Secret, Verifier};

/// The headers of the test request, and a signature.
fn example(input: &str, signature: &str) -> Lines {
    [
        ("Host", "example.com"),
        ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("Content-Type", "application/json"),
        ("Content-Digest", DIGEST),
        ("Content-Length", "18"),
        ("Signature-Input", input),
        ("Signature", signature),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The example is taken, and no longer once a covered part or the policy differs.
fn holds(receiver: &Receiver, lines: &Lines, coverage: Coverage) {
    let delivery = receiver.check(lines).unwrap();
    assert_eq!((delivery.coverage(), delivery.sent_at()), (coverage, Some(NOW)));
    let mut wrong = lines.clone();
    let input = &mut wrong.iter_mut().find(|(name, _)| name == "Signature-Input").unwrap().1;
    *input = input.replace("created=1618884473", "created=1618884474");
    assert_eq!(receiver.reason(&wrong), Err(Reason::InvalidSignature));
    if coverage == Coverage::Body {
        let other = receiver.check_at(NOW, lines, &BODY.replace("world", "worle"));
        assert_eq!(other.map_err(|rejection| rejection.kind()).err(), Some(Reason::BodyHashMismatch));
    }
}

#[test]
fn b_2_5_hmac_sha256() {
    let secret = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
    let message = MessageScheme::hmac_sha256().with_required(["date", "@authority", "content-type"]);
    let rule = KeyRule::decoded(KeyDecoding::Base64After(""), 32, "base64");
    let verifier = Verifier::new(Scheme::message_signature(message).key_rule(rule)).unwrap();
    let keys = verifier.prepare(&Secret::new(secret).into()).unwrap();
    let receiver = Receiver { verifier, keys };
    let lines = example(
        r#"sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#,
        "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
    );
    holds(&receiver, &lines, Coverage::Origin);
    // It covers less than an endpoint demands by default.
    assert_eq!(Receiver::usual().reason(&lines), Err(Reason::MalformedHeader));
}

#[cfg(feature = "ed25519")]
#[test]
fn b_2_6_ed25519() {
    let message = MessageScheme::ed25519().with_required(["date", "@method", "@path", "@authority", "content-type"]);
    let key = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
    let receiver = Receiver::new(message, &[("test-key-ed25519", key)]);
    let lines = example(
        r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    );
    holds(&receiver, &lines, Coverage::Origin);
}

#[cfg(feature = "rsa")]
const PSS_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----";

#[cfg(feature = "rsa")]
#[test]
fn b_2_1_covers_nothing_and_no_endpoint_can_ask_for_that() {
    use crate::algorithm::Algorithm;
    use crate::algorithm::public::PublicKey;
    use base64::Engine;
    let base = r#""@signature-params": ();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#;
    let signature = "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==";
    let bytes = base64::engine::general_purpose::STANDARD.decode(signature).unwrap();
    let key = PublicKey::parse(Algorithm::RsaPssSha512, PSS_KEY.as_bytes()).unwrap();
    assert!(key.verify(base.as_bytes(), &bytes));
    assert!(!key.verify(&base.as_bytes()[1..], &bytes));

    let receiver = Receiver::new(MessageScheme::rsa_pss_sha512(), &[("k", PSS_KEY)]);
    let (_, input) = base.split_once(": ").unwrap();
    let lines = example(&format!("sig-b21={input}"), &format!("sig-b21=:{signature}:"));
    assert_eq!(receiver.reason(&lines), Err(Reason::MalformedHeader));
    let nothing = Scheme::message_signature(MessageScheme::rsa_pss_sha512().with_required([]));
    assert!(Verifier::new(nothing).is_err());
}

#[cfg(feature = "rsa")]
#[test]
fn b_2_2_rsa_pss_sha512_selective() {
    let required = ["@authority", "content-digest", "@query-param;name=\"Pet\""];
    let message = MessageScheme::rsa_pss_sha512().with_required(required).tag("header-example");
    let receiver = Receiver::new(message, &[("test-key-rsa-pss", PSS_KEY)]);
    let lines = example(
        r#"sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example""#,
        "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
    );
    holds(&receiver, &lines, Coverage::Body);
}

#[cfg(feature = "rsa")]
#[test]
fn b_2_3_rsa_pss_sha512_full() {
    let message = MessageScheme::rsa_pss_sha512().with_required([
        "date",
        "@method",
        "@path",
        "@query",
        "@authority",
        "content-type",
        "content-digest",
    ]);
    let receiver = Receiver::new(message, &[("test-key-rsa-pss", PSS_KEY)]);
    let lines = example(
        r#"sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#,
        "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
    );
    holds(&receiver, &lines, Coverage::Body);
}

/// A response: its base is not one that we build, but its signature is one that we check.
#[cfg(feature = "ecdsa")]
#[test]
fn b_2_4_ecdsa_p256_sha256() {
    use crate::algorithm::Algorithm;
    use crate::algorithm::public::PublicKey;
    use base64::Engine;
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==";
    let base = r#""@status": 200
"content-type": application/json
"content-digest": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:
"content-length": 23
"@signature-params": ("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256""#;
    let signature = "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==";
    let bytes = base64::engine::general_purpose::STANDARD.decode(signature).unwrap();
    let key = PublicKey::parse(Algorithm::EcdsaP256Raw, key.as_bytes()).unwrap();
    assert!(key.verify(base.as_bytes(), &bytes));
    assert!(!key.verify(base.replace("200", "201").as_bytes(), &bytes));
}
