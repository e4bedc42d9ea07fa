//! Every page of one scene, and what must be on it.

use bytes::Bytes;
use hookporter_pipeline::Outcome;
use hookporter_pipeline::operating::{State, Verdict};
use maud::Markup;

use super::sample;
use crate::page::body::{Look, Part, Wanted};
use crate::page::confirm::{self, Many, Planned};
use crate::page::frame::{self, Place};
use crate::page::link::Link;
use crate::page::view::{Notice, View};
use crate::page::{deliveries, delivery, event, events, keys, overview, refused, rejected, replays};

/// What all pages of a preview or a test are made of.
pub(super) struct Scene<'a> {
    pub(super) may_change: bool,
    /// What senders chose: types, ids, paths, headers, errors.
    pub(super) text: &'a str,
    /// What an endpoint and a key are called.
    pub(super) name: &'a str,
    pub(super) body: Bytes,
}

/// Each page with its path.
pub(super) fn pages(scene: &Scene<'_>) -> Vec<(&'static str, String)> {
    let view = sample::view(scene.may_change);
    let mut pages = lists(&view, scene);
    pages.extend(single(&view, scene));
    pages.into_iter().map(|(name, place, content)| (name, frame::page(&view, place, name, &content))).collect()
}

fn lists(view: &View, scene: &Scene<'_>) -> Vec<(&'static str, Place, Markup)> {
    let text = scene.text;
    let of = |place, state: Option<State>| {
        let found: Vec<_> = match state {
            Some(state) => sample::list(state, text),
            None => State::ALL.into_iter().flat_map(|state| sample::list(state, text).into_iter().take(4)).collect(),
        };
        let filter =
            events::Filter { kind: Some(text.to_owned()), tenant: Some(text.to_owned()), ..events::Filter::default() };
        events::events(view, &events::Listing { place, filter: &filter, events: &found, more: true, is_later: true })
    };
    let filter = deliveries::Filter {
        text: Some(text.to_owned()),
        outcomes: vec![text.to_owned()],
        ..deliveries::Filter::default()
    };
    let (entries, counts, kept) = (sample::entries(text), sample::reasons(scene.name), sample::refused_list(text));
    let list = deliveries::Listing { filter: &filter, entries: &entries, more: true, is_later: true, lost: 3 };
    let turned = rejected::Turned {
        filter: &rejected::Filter::default(),
        counts: Some(&counts),
        kept: Some(&kept),
        more: true,
        is_later: false,
    };
    let replays = [sample::replay(text)];
    vec![
        (
            "overview",
            Place::Endpoints,
            overview::overview(
                view,
                &sample::healths(scene.name),
                Some(&super::nodes::fleet(scene.name)),
                Some(&Ok(sample::stats())),
            ),
        ),
        ("deliveries", Place::Deliveries, deliveries::deliveries(view, &list)),
        ("events", Place::Events, of(Place::Events, None)),
        ("dead", Place::Dead, of(Place::Dead, Some(State::Dead))),
        ("parked", Place::Parked, of(Place::Parked, Some(State::Parked))),
        ("rejected", Place::Rejected, rejected::rejected(view, &turned)),
        ("replays", Place::Replays, replays::replays(view, &replays)),
        ("keys", Place::Keys, keys::keys(view, &sample::healths("stripe"), &sample::keys(scene.name))),
    ]
}

fn single(view: &View, scene: &Scene<'_>) -> Vec<(&'static str, Place, Markup)> {
    let text = scene.text;
    let whole = |state| sample::whole(state, scene.body.clone(), text);
    let replayed = sample::replayed(text);
    let of_event = [(3, replayed[1].clone())];
    let look = |part, look| event::Beside { replays: &of_event, wanted: Wanted { part, look, page: 0 } };
    let going = replays::Going {
        number: 3,
        replay: Some(&sample::replay(text)),
        counts: [1; Verdict::ALL.len()],
        counted: 5,
        events: &replayed,
        more: true,
        is_later: true,
    };
    let planned = Planned {
        deed: Many::Replay,
        which: vec![("state", "dead".to_owned()), ("type", text.to_owned())],
        count: 1_234,
        back: Link::to("dead").with("type", text),
    };
    let edited = sample::edited(whole(State::Parked), text);
    vec![
        ("events/7", Place::Dead, event::event(view, &whole(State::Dead), &look(Part::Body, None))),
        ("events/7-hex", Place::Dead, event::event(view, &whole(State::Dead), &look(Part::Body, Some(Look::Hex)))),
        ("events/7-text", Place::Dead, event::event(view, &whole(State::Waiting), &look(Part::Body, Some(Look::Text)))),
        ("events/7-edited", Place::Parked, event::event(view, &edited, &look(Part::Original, None))),
        (
            "deliveries/12",
            Place::Deliveries,
            delivery::delivery(view, &sample::entry(12, Outcome::Rejected, text), None),
        ),
        (
            "deliveries/13",
            Place::Deliveries,
            delivery::delivery(view, &sample::entry(13, Outcome::Accepted, text), Some(&sample::cause())),
        ),
        (
            "quarantine/4",
            Place::Rejected,
            refused::refused(view, 4, &sample::refused(scene.body.clone(), text), &again(text), Wanted::default()),
        ),
        ("replays/3", Place::Replays, replays::replay(view, &going)),
        ("confirm", Place::Elsewhere, confirm::confirm(view, &planned)),
    ]
}

fn again(text: &str) -> refused::Now {
    let cause = refused::Cause { word: "expired-key", certainty: "proven", message: text.to_owned() };
    refused::Now::Refused(hookporter_core::Rejection::new(hookporter_core::Reason::InvalidSignature), vec![cause])
}

fn scene(may_change: bool) -> Vec<(&'static str, String)> {
    pages(&Scene { may_change, text: "invoice.paid", name: "stripe", body: Bytes::from_static(b"{\"a\":1}") })
}

#[test]
fn a_page_has_its_landmarks() {
    for (name, page) in scene(true) {
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{name}");
        for once in ["<h1>", "<main ", "<footer>", "href=\"#main\"", "<title>"] {
            assert_eq!(page.matches(once).count(), 1, "{name}: {once}");
        }
        // Every value of an attribute is in double quotes, which are escaped.
        assert!(!page.contains("='"), "{name}");
        // Nothing that the policy of contents forbids.
        for never in ["<script", " style=", "<style", " onclick", "javascript:", "src="] {
            assert!(!page.contains(never), "{name}: {never}");
        }
        assert_eq!(page.matches("<th ").count(), page.matches("<th scope=\"").count(), "{name}");
        assert_eq!(page.matches("<table").count(), page.matches("<caption").count(), "{name}");
    }
}

#[test]
fn what_is_read_only_has_no_form_that_changes() {
    for (name, page) in scene(false) {
        assert!(!page.contains("method=\"post\" action=\"endpoints") && !page.contains("name=\"token\""), "{name}");
        assert!(!page.contains("type=\"checkbox\"") && page.contains("allow_changes"), "{name}");
        assert!(!page.contains("<button type=\"submit\">Re"), "{name}");
    }
}

#[test]
fn every_form_that_changes_brings_the_token() {
    for (name, page) in scene(true) {
        for form in page.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
            let form = form.split("</form>").next().unwrap();
            assert!(
                form.contains("name=\"token\" value=\"a-token\"") && form.contains("name=\"back\""),
                "{name}: {form}"
            );
        }
    }
}

#[test]
fn what_is_red_comes_first_and_says_why_and_what_next() {
    let (_, page) = scene(true).swap_remove(0);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not there"));
    let red = at("<article class=\"card red\">");
    assert!(red < at("<article class=\"card amber\">") && at("card amber") < at("<article class=\"card\">"));
    let of_red = page.get(red..at("<article class=\"card amber\">")).unwrap();
    for told in [
        "Signed with key <code>STRIPE_SECRET_2024</code>, which has expired here.",
        "The sender still signs with it",
        "troubleshooting/index.html#invalid-signature",
        "deliveries?endpoint=stripe&amp;reason=invalid-signature",
    ] {
        assert!(of_red.contains(told), "{told}");
    }
    assert!(page.contains(" 1 red</span>") && page.contains(" 1 amber</span>"));
}

#[test]
fn what_is_refused_shows_neither_its_proof_nor_its_query() {
    let mut request = sample::refused(Bytes::from_static(b"{}"), "a-secret-of-a-sender");
    // The reason is ours.
    request.detail = "invalid-signature".to_owned();
    let page =
        refused::refused(&sample::view(true), 4, &request, &refused::Now::Holds, Wanted::default()).into_string();
    assert!(page.contains("stripe-signature") && page.contains("20 bytes") && page.contains("/webhooks/stripe"));
    assert!(!page.contains("a-secret-of-a-sender"), "{page}");
}

#[test]
fn an_inbox_that_fails_leaves_the_endpoints_to_be_seen() {
    let trouble = crate::trouble::Trouble::request("the disk is gone");
    let page =
        overview::overview(&sample::view(true), &sample::healths("stripe"), None, Some(&Err(trouble))).into_string();
    assert!(page.contains("card red") && page.contains("the disk is gone"));
}

#[test]
fn a_list_that_has_nothing_says_so() {
    let view = sample::view(true);
    let filter = rejected::Filter::default();
    let turned = rejected::Turned { filter: &filter, counts: Some(&[]), kept: Some(&[]), more: false, is_later: false };
    let page = rejected::rejected(&view, &turned).into_string();
    assert!(page.contains("Nothing was rejected in the last 30 days.") && page.contains("No refused request is kept."));
    let filter = events::Filter::default();
    let of = |place| events::Listing { place, filter: &filter, events: &[], more: false, is_later: false };
    assert!(events::events(&view, &of(Place::Dead)).into_string().contains("No dead letters"));
    let filter = events::Filter { kind: Some("x".to_owned()), ..events::Filter::default() };
    let of = |place| events::Listing { place, filter: &filter, events: &[], more: false, is_later: false };
    assert!(events::events(&view, &of(Place::Dead)).into_string().contains("Nothing fits this filter."));
}

#[test]
fn only_our_own_words_tell_what_was_done() {
    let told = |word: &str, count| {
        let view = View { notice: Some(Notice { word: word.to_owned(), count }), ..sample::view(true) };
        frame::page(&view, Place::Events, "x", &maud::html! {})
    };
    assert!(told("requeued", Some(3)).contains("3 events will be worked again."));
    assert!(told("replayed", Some(9)).contains("href=\"./replays/9\""));
    assert!(!told("Your account is locked, call 555", None).contains("call 555"));
}
