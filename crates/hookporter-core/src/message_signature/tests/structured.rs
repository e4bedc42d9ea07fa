use super::super::input::Input;
use super::super::structured::{MAX_MEMBERS, Reader, dictionary};

fn inputs(text: &str) -> Result<Vec<&str>, &'static str> {
    let read = dictionary(text.as_bytes(), Input::read)?;
    Ok(read.into_iter().map(|(key, _)| key).collect())
}

#[test]
fn members_are_read_with_whatever_parameters_they_have() {
    assert_eq!(inputs("a=()"), Ok(vec!["a"]));
    assert_eq!(inputs(" a=() ,\tb=(\"@method\");x;y=?0;z=tok;w=1.5;v=:AA==:;u=\"t\" "), Ok(vec!["a", "b"]));
    assert_eq!(inputs("*a-1.b_=(\"a\";sf \"b\";key=\"k\")"), Ok(vec!["*a-1.b_"]));
}

#[test]
fn another_spelling_is_refused() {
    for text in [
        "",
        "a",
        "a=",
        "a=(",
        "a=)",
        "A=()",
        "1=()",
        "a=() b=()",
        "a=(),",
        ",a=()",
        "a=(),,b=()",
        "a=();",
        "a=(); created=1",
        "a=();created= 1",
        "a= ()",
        "a=( )",
        "a=(\"x\" )",
        "a=( \"x\")",
        "a=(\"x\"  \"y\")",
        "a=(\"x\",\"y\")",
        "a=(x)",
        "a=(\"x)",
        "a=(\"\\x\")",
        "a=(\"x\\\"y\")",
        "a=(\"x\ny\")",
        "a=\"x\"",
        "a=:AA==:",
        "a=();b=\u{e4}",
        "a=(\"\u{e4}\")",
        "a=()\n",
    ] {
        assert!(inputs(text).is_err(), "{text:?}");
    }
}

#[test]
fn what_grows_is_bounded() {
    let many = |count: usize| (0..count).map(|at| format!("s{at}=()")).collect::<Vec<_>>().join(",");
    assert_eq!(inputs(&many(MAX_MEMBERS)).map(|keys| keys.len()), Ok(MAX_MEMBERS));
    assert!(inputs(&many(MAX_MEMBERS + 1)).is_err());
    assert_eq!(inputs(&many(1000)), Err("has more members than any sender has keys"));
    assert_eq!(inputs(&format!("a=(){}", " ".repeat(64 * 1024))), Err("is too long"));
    let components = |count: usize| (0..count).map(|at| format!("\"x{at}\"")).collect::<Vec<_>>().join(" ");
    assert!(inputs(&format!("a=({})", components(32))).is_ok());
    assert!(inputs(&format!("a=({})", components(33))).is_err());
}

#[test]
fn bytes_are_canonical_base64() {
    let read = |text: &str| Reader::new(text).bytes().map(|bytes| bytes.to_vec());
    assert_eq!(read(":AAE=:"), Ok(vec![0, 1]));
    for text in ["", ":", "::", "AAE=", ":AAE=", ":AAE:", ":AAF=:", ":AA E=:", ":-_8=:", ":AAE=\n:"] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_number_that_is_spelled_otherwise_is_no_time() {
    for number in ["01618884473", "1618884473.0", "-1", "+1", "1618884473000000000000", "\"1618884473\""] {
        let text = format!("a=();created={number}");
        match dictionary(text.as_bytes(), Input::read) {
            Ok(read) => assert!(read[0].1.parameters.flaw.is_some(), "{number}"),
            Err(_) => assert!(number.starts_with('+'), "{number}"),
        }
    }
}
