use super::*;

const GOOD: &str = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: text/plain\r\n\r\n{\"x\":\r\n1}\r\n--b--\r\n";

fn json(body: &str) -> Option<&str> {
    field(body.as_bytes(), "b", "json").map(|value| std::str::from_utf8(value).unwrap())
}

#[test]
fn a_boundary_is_named_once_and_plain() {
    assert_eq!(boundary(b"multipart/form-data; boundary=abc"), Some("abc"));
    assert_eq!(boundary(b"Multipart/Form-Data; charset=utf-8; Boundary=\"a:b\""), Some("a:b"));
    let long = format!("multipart/form-data; boundary={}", "x".repeat(71));
    for bad in [
        "multipart/mixed; boundary=a",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "x; boundary=a b",
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; x=\"; boundary=a; \"; boundary=b",
        "multipart/form-data; x=\"y\"; boundary=a",
        &long,
    ] {
        assert_eq!(boundary(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn the_field_is_found_byte_for_byte() {
    assert_eq!(json(GOOD), Some("{\"x\":\r\n1}"));
    assert_eq!(json(GOOD.trim_end()), Some("{\"x\":\r\n1}"));
    let strict = GOOD.replacen("Content-Type: text/plain", "Content-Transfer-Encoding: 8BIT", 1);
    assert_eq!(json(&strict), Some("{\"x\":\r\n1}"));
}

#[test]
fn what_is_odd_is_refused() {
    for (from, to) in [
        ("name=\"a\"", "name=\"json\""),
        ("name=\"json\"", "name=\"json\"; filename=\"x\""),
        ("name=\"json\"", "name=json"),
        ("name=\"json\"", "name=\"json\"; name=\"a\""),
        ("name=\"json\"", "name=\"json\"; x=\"a\""),
        ("name=\"json\"", "name=\"b\""),
        ("form-data; name=\"json\"", "attachment; name=\"json\""),
        ("Content-Type: text/plain", "Content-Disposition: form-data; name=\"json\""),
        ("Content-Type: text/plain", "Content-Transfer-Encoding: base64"),
        ("Content-Type: text/plain", "no header"),
        ("Content-Type: text/plain", "X: y\nContent-Disposition: form-data; name=\"a\""),
        ("form-data; name=\"a\"", "form-data; Name=\"x name=\"json\""),
        ("form-data; name=\"a\"", "form-data; name=\"a\\\""),
        ("form-data; name=\"a\"", "form-data; name=\"%6ason\""),
        ("--b--\r\n", "--b--\r\nmore"),
        ("--b--\r\n", "--b\r\n"),
        ("--b--\r\n", ""),
        ("\r\n--b--", "\n--b--"),
        (
            "--b\r\nContent-Disposition: form-data; name=\"a\"",
            "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"a\"",
        ),
    ] {
        let body = GOOD.replacen(from, to, 1);
        assert_ne!(body, GOOD);
        assert_eq!(json(&body), None, "{from} -> {to}");
    }
    let many = format!("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n{GOOD}");
    assert!(json(&many).is_some());
    assert_eq!(
        json(&format!("{}{GOOD}", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(40))),
        None
    );
    let long = GOOD.replacen("text/plain", &"x".repeat(3000), 1);
    assert_eq!(json(&long), None);
    assert_eq!(json(""), None);
}
