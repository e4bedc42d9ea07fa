//! Headers that nginx strips, renames, doubles, and requests that it makes anew.

use std::time::Duration;

use hookporter::Secret;

use super::Row;

pub(super) fn rows() -> Vec<Row> {
    [stripped(), changed(), set_ups()].into_iter().flatten().collect()
}

fn stripped() -> Vec<Row> {
    let unset = |id, name: &str| {
        Row::of("a name that nothing has", id).passed(&format!("proxy_set_header {name} $http_x_nothing;"))
    };
    let none = |id| {
        Row::of("no header of the sender's is passed on", id)
            .passed("proxy_pass_request_headers off; proxy_set_header X-Real-IP $remote_addr;")
    };
    vec![
        Row::custom("names with underscores").likely("header-stripped"),
        unset("github", "X-Hub-Signature-256").likely("header-stripped"),
        unset("shopify", "X-Shopify-Hmac-Sha256").likely("header-stripped"),
        unset("slack", "X-Slack-Signature").likely("header-stripped"),
        unset("slack", "X-Slack-Request-Timestamp").likely("header-stripped"),
        // It sends no other header of its own: it may as well be somebody else's request.
        unset("square", "X-Square-HmacSha256-Signature").likely("header-stripped"),
        none("github").likely("header-stripped"),
        none("stripe").likely("header-stripped"),
        Row::of("a password in place of the token", "discord")
            .passed("proxy_set_header X-Signature-Ed25519 '';")
            .likely("header-stripped"),
    ]
}

/// These are refused before the body is read, so nothing proves what shows.
fn changed() -> Vec<Row> {
    let set = |what, id, value: &str| Row::of(what, id).passed(&format!("proxy_set_header {value};"));
    vec![
        set("merged", "slack", "X-Slack-Signature '$http_x_slack_signature, $http_x_slack_signature'").likely("header-merged"),
        set("merged", "github", "X-Hub-Signature-256 '$http_x_hub_signature_256, $http_x_hub_signature_256'").likely("header-merged"),
        set("quoted", "github", "X-Hub-Signature-256 '\"$http_x_hub_signature_256\"'").likely("header-rewritten"),
        set("the request's id for the time", "slack", "X-Slack-Request-Timestamp ''; proxy_set_header X-Slack-Timestamp $http_x_slack_request_timestamp").likely("header-stripped"),
        Row::of("renamed", "github")
            .passed("proxy_set_header X-Hub-Signature-256 ''; proxy_set_header HTTP-X-Hub-Signature-256 $http_x_hub_signature_256;")
            .likely("header-renamed"),
        Row::of("doubled", "github").parser("repeat").likely("header-doubled"),
        Row::of("doubled", "shopify").parser("repeat").likely("header-doubled"),
    ]
}

/// What is wrong with the endpoint itself shows through nginx as well.
fn set_ups() -> Vec<Row> {
    let swapped = |id| {
        Row::of("the secret of another endpoint", id)
            .secret(hookporter_testkit::keys(id).unwrap().wrong)
            .likely("wrong-secret")
    };
    let quoted = |id| {
        let row = Row::of("the quotation marks of a .env file", id);
        row.secret(&format!("\"{}\"", hookporter_testkit::keys(id).unwrap().receiver)).proven("key-spelling")
    };
    let known = Row::of("the test mode's secret", "stripe");
    let right = hookporter_testkit::keys("stripe").unwrap();
    let endpoint =
        Row::of("", "stripe").secret(right.wrong).endpoint.recognize("test mode", Secret::weak(right.receiver));
    vec![
        swapped("github"),
        swapped("stripe"),
        swapped("square"),
        swapped("twilio"),
        quoted("github"),
        quoted("shopify"),
        Row { endpoint, ..known }.proven("other-keys"),
        Row::of("a clock that is behind", "stripe")
            .request(|maker| maker.future(Duration::from_secs(400)))
            .likely("clock"),
        Row::of("a clock that is behind", "hubspot")
            .request(|maker| maker.future(Duration::from_secs(900)))
            .likely("clock"),
        Row::of("a clock that is two hours ahead", "slack")
            .request(|maker| maker.stale(Duration::from_secs(7_200)))
            .likely("clock"),
        Row::of("late by seven minutes", "slack")
            .request(|maker| maker.stale(Duration::from_secs(420)))
            .likely("clock"),
    ]
}
