use super::super::base;
use super::super::input::Input;
use super::super::structured::Reader;
use super::super::url::Url;
use crate::{Head, Reason};

fn value(component: &str, url: &str) -> Result<String, Reason> {
    let text = format!("({component});created=1");
    let input = Input::read(&mut Reader::new(&text)).unwrap();
    let headers = vec![("host", "evil.example"), ("x-forwarded-host", "evil.example")];
    let head = Head::new("POST", "/inner?evil=1", &headers).with_url(url);
    let base = String::from_utf8(base::build(&input, &head).map_err(|rejection| rejection.kind())?).unwrap();
    let line = base.lines().next().unwrap();
    Ok(line.strip_prefix(component).and_then(|rest| rest.strip_prefix(": ")).unwrap().to_owned())
}

/// RFC 9421, section 2.2.
#[test]
fn every_part_comes_from_the_public_url() {
    let url = "https://WWW.Example.com:443/path?param=value&a=b";
    for (component, expected) in [
        ("\"@method\"", "POST"),
        ("\"@target-uri\"", url),
        ("\"@authority\"", "www.example.com"),
        ("\"@scheme\"", "https"),
        ("\"@request-target\"", "/path?param=value&a=b"),
        ("\"@path\"", "/path"),
        ("\"@query\"", "?param=value&a=b"),
        ("\"@query-param\";name=\"a\"", "b"),
    ] {
        assert_eq!(value(component, url).as_deref(), Ok(expected), "{component}");
    }
}

#[test]
fn a_url_with_nothing_behind_its_host_has_a_path_and_an_empty_query() {
    for url in ["http://example.com", "http://example.com/"] {
        assert_eq!(value("\"@path\"", url).as_deref(), Ok("/"));
        assert_eq!(value("\"@query\"", url).as_deref(), Ok("?"));
        assert_eq!(value("\"@request-target\"", url).as_deref(), Ok("/"));
    }
    assert_eq!(value("\"@path\"", "http://example.com?a=1").as_deref(), Ok("/"));
    assert_eq!(value("\"@query\"", "http://example.com?a=1").as_deref(), Ok("?a=1"));
    assert_eq!(value("\"@authority\"", "http://example.com:8080/").as_deref(), Ok("example.com:8080"));
    assert_eq!(value("\"@authority\"", "https://[::1]:443/").as_deref(), Ok("[::1]"));
    assert_eq!(value("\"@authority\"", "http://example.com:443/").as_deref(), Ok("example.com:443"));
}

/// RFC 9421, section 2.2.8.
#[test]
fn a_query_parameter_is_decoded_and_encoded_again() {
    let url = "https://example.com/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something";
    let param = |name: &str| value(&format!("\"@query-param\";name=\"{name}\""), url);
    assert_eq!(param("var").as_deref(), Ok("this%20is%20a%20big%0Amultiline%20value"));
    assert_eq!(param("bar").as_deref(), Ok("with%20plus%20whitespace"));
    assert_eq!(param("fa%C3%A7ade%22%3A%20").as_deref(), Ok("something"));
    assert_eq!(param("none"), Err(Reason::MalformedHeader));
    let twice = "https://example.com/?a=1&a=1";
    assert_eq!(value("\"@query-param\";name=\"a\"", twice), Err(Reason::MalformedHeader));
    let empty = "https://example.com/?qux=&b=2";
    assert_eq!(value("\"@query-param\";name=\"qux\"", empty).as_deref(), Ok(""));
}

#[test]
fn without_a_public_url_nothing_of_it_is_made_up() {
    let input = Input::read(&mut Reader::new("(\"@authority\");created=1")).unwrap();
    let headers = vec![("host", "example.com")];
    let refused = base::build(&input, &Head::new("POST", "/", &headers)).unwrap_err();
    assert_eq!(refused.kind(), Reason::InvalidSignature);
    assert!(Url::parse("/only/a/path").is_none());
}
