use super::super::base;
use super::super::component::Component;
use super::super::input::Input;
use super::super::structured::Reader;
use super::URL;
use crate::Head;

/// The lines of a base, without the one of the input.
fn lines(components: &str, headers: &[(&str, &str)]) -> Result<String, crate::Reason> {
    let text = format!("({components});created=1");
    let input = Input::read(&mut Reader::new(&text)).unwrap();
    let headers = headers.to_vec();
    let head = Head::new("GET", "/", &headers).with_url(URL);
    let base = base::build(&input, &head).map_err(|rejection| rejection.kind())?;
    let base = String::from_utf8(base).unwrap();
    let (lines, input) = base.rsplit_once('\n').unwrap();
    assert_eq!(input, format!("\"@signature-params\": {text}"));
    Ok(lines.to_owned())
}

/// RFC 9421, section 2.1.
#[test]
fn header_lines_of_one_name_are_one_value() {
    let headers = [
        ("Host", "www.example.com"),
        ("X-OWS-Header", "   Leading and trailing whitespace.   "),
        ("Cache-Control", "max-age=60"),
        ("Cache-Control", "    must-revalidate"),
        ("Example-Dict", "a=1,    b=2;x=1;y=2,   c=(a   b   c)"),
        ("X-Empty-Header", ""),
    ];
    let read = lines(r#""host" "x-ows-header" "cache-control" "example-dict" "x-empty-header""#, &headers).unwrap();
    let expected = "\"host\": www.example.com\n\"x-ows-header\": Leading and trailing whitespace.\n\
        \"cache-control\": max-age=60, must-revalidate\n\
        \"example-dict\": a=1,    b=2;x=1;y=2,   c=(a   b   c)\n\"x-empty-header\": ";
    assert_eq!(read, expected);
}

#[test]
fn a_base_is_bounded() {
    let value = "v".repeat(60_000);
    let headers = [("a", value.as_str()), ("b", value.as_str())];
    assert!(lines("\"a\"", &headers).is_ok());
    assert_eq!(lines("\"a\" \"b\"", &headers), Err(crate::Reason::MalformedHeader));
}

#[test]
fn a_component_keeps_its_text() {
    let mut reader = Reader::new("\"@query-param\";name=\"a\" rest");
    assert_eq!(Component::read(&mut reader).unwrap().text, "\"@query-param\";name=\"a\"");
}
