//! Bodies that a proxy parses, empties, or makes anew.

use super::Row;

/// What people send and libraries write differently.
const JSON: &str = r#"{"id":"evt_1","type":"invoice.paid","z":[1,2.5,{}],"a":{"url":"https://a.example/b?c=d&e=<f>","name":"Zoë 😀"}}"#;

pub(super) fn rows() -> Vec<Row> {
    let json = ["stripe", "github", "shopify", "standard-webhooks", "square"];
    let mut rows: Vec<_> = json.into_iter().flat_map(of_json).collect();
    rows.extend(of_forms());
    rows.extend(emptied());
    rows
}

fn of_json(id: &str) -> Vec<Row> {
    let row = |what, parser| Row::of(what, id).request(|maker| maker.body(JSON)).parser(parser).proven("body-changed");
    vec![
        row("parsed, and written by Python", "json"),
        row("parsed, and written for people", "json-pretty"),
        row("a newline at the end", "lines"),
    ]
}

fn of_forms() -> Vec<Row> {
    let form = "token=abc&text=two+words&url=https%3A%2F%2Fa.example%2F%3Fb%3Dc";
    let lower = form.replace("%3A", "%3a").replace("%2F", "%2f").replace("%3F", "%3f").replace("%3D", "%3d");
    let row = |what, form: &str, parser| {
        Row::of(what, "slack").request(|maker| maker.body(form.to_owned())).parser(parser).proven("body-changed")
    };
    vec![
        row("a form with blanks as %20", form, "form-percent"),
        row("a form whose escapes were in lower case", &lower, "form"),
    ]
}

/// The request goes on without its body, or with one that nginx writes.
fn emptied() -> Vec<Row> {
    // In HTTP/1.0 actix-web's server refuses by itself a POST that announces no length: with 400, and nothing is written down.
    let off = "proxy_http_version 1.1; proxy_pass_request_body off; proxy_set_header Content-Length '';";
    let row = |what, id, more: &str| Row::of(what, id).passed(more);
    let redirected = |what, id| {
        let row = Row::of(what, id);
        let request = row.request.clone();
        // Most clients follow a redirect with a GET that has the same headers and no body.
        let followed = hookporter_testkit::SignedRequest::with_body(request, "");
        Row { request: followed, ..row }
    };
    vec![
        row("the body is for auth_request only", "github", off).likely("body-empty"),
        row("the body is for auth_request only", "stripe", off).likely("body-empty"),
        // What does not fit into a buffer is in a file, and no variable has it.
        row(
            "a body that nginx has put into a file",
            "stripe",
            "client_body_in_file_only on; proxy_set_body $request_body;",
        )
        .likely("body-empty"),
        row("a body that nginx writes", "github", "proxy_set_body '$request_body\n';").proven("body-changed"),
        row("a body that nginx writes", "square", "proxy_set_body '$request_body\r\n';").proven("body-changed"),
        row("compressed on the way", "stripe", "").parser("gzip").likely("body-compressed"),
        row("compressed on the way", "github", "").parser("gzip").likely("body-compressed"),
        redirected("a redirect makes it a GET", "github").passed("proxy_method GET;").likely("other-method"),
        redirected("a redirect makes it a GET", "stripe").passed("proxy_method GET;").likely("other-method"),
    ]
}
