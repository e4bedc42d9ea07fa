use super::*;

fn rule() -> KeyRule {
    KeyRule::decoded(KeyDecoding::Credentials, 8, "the user and password")
}

fn problem(judged: Result<impl Sized, ConfigError>) -> String {
    match judged.err() {
        Some(ConfigError::Key { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn credentials_are_text_or_an_object_and_end_the_user_at_the_first_colon() {
    let bytes = |text: &str| rule().key_bytes(&Secret::new(text)).map(|bytes| bytes.to_vec());
    assert_eq!(bytes("user:pass:word"), Ok(b"user:pass:word".to_vec()));
    assert_eq!(bytes(r#"{"user":"user","password":"pass:word"}"#), Ok(b"user:pass:word".to_vec()));
    assert_eq!(bytes(r#"{"password":"p\u00e4ssword","user":"u"}"#), Ok("u:pässword".into()));
    for bad in [
        "a password alone",
        ":password",
        r#"{"user":"us:er","password":"password"}"#,
        r#"{"user":"","password":"password"}"#,
        r#"{"user":"user"}"#,
        r#"{"user":"user","password":null}"#,
        r#"{"user":"user","password":"password""#,
    ] {
        assert_eq!(problem(bytes(bad)), "is not `user:password`", "{bad}");
    }
    assert_eq!(problem(bytes("https://user:password@a.example")), "is a URL");
}

#[test]
fn a_long_user_does_not_make_a_password_stronger() {
    let short = "a-user-with-a-long-name:1234567";
    assert_eq!(problem(rule().key_bytes(&Secret::new(short))), "has a password that is 7 bytes long, shorter than 8");
    assert!(rule().key_bytes(&Secret::weak(short)).is_ok());
}

#[test]
fn an_object_of_keys_is_a_key_for_each_of_its_members() {
    let rule = KeyRule::text(4, "the keys").several(&["primary", "secondary"]);
    let apart = |text: &str| {
        let keys = rule.apart(&[Secret::new(text).named("box")])?;
        Ok(keys.iter().map(|key| (key.id().to_string(), String::from_utf8(key.bytes().to_vec()).unwrap())).collect())
    };
    let pair = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    let apart = |text: &str| -> Result<Vec<(String, String)>, ConfigError> { apart(text) };
    assert_eq!(apart("only one"), Ok(vec![pair("box", "only one")]));
    assert_eq!(
        apart(r#"{"primary":"one key","secondary":"two keys"}"#),
        Ok(vec![pair("box.primary", "one key"), pair("box.secondary", "two keys")])
    );
    assert_eq!(apart(r#"{"secondary":"two keys"}"#), Ok(vec![pair("box.secondary", "two keys")]));
    for bad in
        ["{}", r#"{"primary":null}"#, r#"{"primary":"one key","secondry":"two keys"}"#, r#"{"primary":"one key""#]
    {
        assert_eq!(problem(apart(bad)), "is no JSON object of texts named `primary`, `secondary`", "{bad}");
    }
    let empty = rule.apart(&[Secret::new(r#"{"primary":""}"#)]).unwrap();
    assert_eq!(problem(rule.key_bytes(&empty[0])), "is empty");
}

#[test]
fn a_key_of_another_kind_is_refused_unless_it_is_this_senders_own() {
    let judge = |rule: KeyRule, text: &str| rule.key_bytes(&Secret::new(text)).map(|_| ());
    let paystack = KeyRule::text(8, "the secret key").usual_prefix("sk_");
    assert_eq!(judge(paystack.clone(), "sk_live_0123456789"), Ok(()));
    assert_eq!(problem(judge(paystack, "pk_live_0123456789")), "is a publishable key (`pk_live_…`)");
    assert_eq!(problem(judge(KeyRule::text(8, ""), "sk_live_0123456789")), "is an API key (`sk_live_…`)");
}
