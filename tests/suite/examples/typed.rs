//! The example with typed events: payloads of the shape that the senders document reach its functions.

use hookporter_testkit::{RequestMaker, github, stripe};
use serde_json::{Value, json};

use super::program::Program;

const NAME: &str = "typed-events";
const STRIPE: &str = "STRIPE_WEBHOOK_SECRET";
const GITHUB: &str = "GITHUB_WEBHOOK_SECRET";

#[test]
fn typed_events_reach_their_functions() {
    let keys = ["stripe", "github"].map(|provider| hookporter_testkit::keys(provider).unwrap().sender);
    let variables = [(STRIPE, keys[0]), (GITHUB, keys[1])];
    for (variable, other) in [(STRIPE, variables[1]), (GITHUB, variables[0])] {
        assert!(Program::refuses_to_start(NAME, &[other]).contains(variable));
    }
    let mut program = Program::start(NAME, &variables);
    let stripe = || stripe(keys[0]).target("/webhooks/stripe");
    let github = |event: &str| github(keys[1]).event(event).target("/webhooks/github");

    assert_eq!(program.send(&stripe().json(&invoice_paid()).build()).status, 200);
    program.says("invoice paid");
    program.says("paid=1900");
    assert_eq!(program.send(&github("push").json(&push()).build()).status, 200);
    program.says("refs/heads/main");
    program.says("commits=1");
    assert_eq!(program.send(&github("ping").build()).status, 200);
    program.says("the webhook is set up");
    // Nobody handles these, and the endpoints ignore them; what cannot be read is not acknowledged.
    assert_eq!(program.send(&stripe().event("customer.created").build()).status, 200);
    assert_eq!(program.send(&github("watch").build()).status, 200);
    assert_eq!(program.send(&github("push").body("{}").build()).status, 503);

    for maker in [stripe(), github("push")] {
        refuses_forgeries(&program, &maker);
    }
    for path in ["/webhooks/stripe", "/webhooks/github"] {
        assert_eq!(program.get(path).status, 405);
    }
    let (ended, said) = program.terminate();
    assert_eq!(ended.code(), Some(0), "{said}");
    assert!(keys.into_iter().all(|secret| !said.contains(secret)), "{said}");
}

fn refuses_forgeries(program: &Program, maker: &RequestMaker) {
    for forgery in maker.mutations() {
        let answer = program.send(&forgery.request);
        assert_eq!((answer.status, answer.body.len()), (forgery.expected.status(), 0), "{}", forgery.name);
    }
}

/// An `invoice.paid` with every member that the API always sends.
fn invoice_paid() -> Value {
    let invoice = json!({
        "id": "in_1MtHbELkdIwHu7ixl4OzzPMv", "object": "invoice", "livemode": false, "created": 1_680_644_467,
        "account_country": "US", "account_name": "Acme", "currency": "usd", "customer": "cus_NeZwdNtLEOXuvB",
        "status": "paid", "collection_method": "charge_automatically", "billing_reason": "subscription_cycle",
        "amount_due": 1900, "amount_overpaid": 0, "amount_paid": 1900, "amount_remaining": 0, "amount_shipping": 0,
        "attempt_count": 1, "attempted": true, "auto_advance": false, "subtotal": 1900, "total": 1900,
        "automatic_tax": {"enabled": false, "disabled_reason": null, "liability": null, "provider": null, "status": null},
        "default_tax_rates": [], "discounts": [], "issuer": {"type": "self"}, "metadata": {},
        "lines": {"object": "list", "data": [], "has_more": false, "total_count": 0, "url": "/v1/invoices/in_1/lines"},
        "payment_settings": {"default_mandate": null, "payment_method_options": null, "payment_method_types": null},
        "period_start": 1_680_644_467, "period_end": 1_680_644_467, "starting_balance": 0, "ending_balance": 0,
        "pre_payment_credit_notes_amount": 0, "post_payment_credit_notes_amount": 0,
        "status_transitions": {
            "finalized_at": 1_680_644_467, "marked_uncollectible_at": null, "paid_at": 1_680_644_468, "voided_at": null,
        },
    });
    json!({
        "id": "evt_1MtHbELkdIwHu7ix0aBcDeFg", "object": "event", "type": "invoice.paid", "created": 1_680_644_468,
        "api_version": "2026-06-24.dahlia", "livemode": false, "pending_webhooks": 1, "data": {"object": invoice},
        "request": {"id": null, "idempotency_key": null},
    })
}

/// A `push` with one commit.
fn push() -> Value {
    let user = json!({"name": "Codertocat", "email": "21031067+Codertocat@users.noreply.github.com"});
    let commit = json!({
        "id": "6113728f27ae82c7b1a177c8d03f9e96e0adf246", "tree_id": "f9d2a07e9488b91af2641b26b9407fe22a451433",
        "distinct": true, "message": "Adding a .gitignore file", "timestamp": "2026-05-15T15:20:41+00:00",
        "url": "https://github.com/Codertocat/Hello-World/commit/6113728f27ae82c7b1a177c8d03f9e96e0adf246",
        "author": user, "committer": user, "added": [".gitignore"], "removed": [], "modified": [],
    });
    json!({
        "ref": "refs/heads/main", "before": "0000000000000000000000000000000000000000",
        "after": "6113728f27ae82c7b1a177c8d03f9e96e0adf246", "base_ref": null,
        "repository": {
            "id": 186_853_002, "node_id": "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=", "name": "Hello-World",
            "full_name": "Codertocat/Hello-World", "private": false, "owner": account(),
            "url": "https://github.com/Codertocat/Hello-World", "pushed_at": 1_557_933_657,
        },
        "pusher": user, "sender": account(), "created": true, "deleted": false, "forced": false,
        "compare": "https://github.com/Codertocat/Hello-World/compare/6113728f27ae",
        "commits": [commit], "head_commit": commit,
    })
}

/// A GitHub account, with the addresses that every one has.
fn account() -> Value {
    let base = "https://api.github.com/users/Codertocat";
    let mut account = json!({
        "login": "Codertocat", "id": 21_031_067, "node_id": "MDQ6VXNlcjIxMDMxMDY3", "gravatar_id": "",
        "avatar_url": "https://avatars.githubusercontent.com/u/21031067?v=4", "type": "User", "site_admin": false,
        "url": base, "html_url": "https://github.com/Codertocat", "following_url": format!("{base}/following{{/user}}"),
        "gists_url": format!("{base}/gists{{/gist_id}}"), "starred_url": format!("{base}/starred{{/owner}}{{/repo}}"),
        "events_url": format!("{base}/events{{/privacy}}"),
    });
    for name in ["followers", "subscriptions", "organizations", "repos", "received_events"] {
        account[format!("{name}_url")] = format!("{base}/{name}").into();
    }
    account
}
