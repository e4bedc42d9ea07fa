//! A refused request that is kept whole.

use hookporter_core::Rejection;
use hookporter_pipeline::operating::RefusedRequest;
use maud::{Markup, html};

use crate::page::body::{self, Part, Wanted};
use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{advice, event, marks, parts, text, time};
use crate::trouble::Trouble;

/// How the request would be judged now.
#[derive(Debug)]
pub(crate) enum Now {
    /// Its proof holds.
    Holds,
    /// It does not, and what may be behind it, the surest first.
    Refused(Rejection, Vec<Cause>),
    /// Nobody can say: why.
    Unknown(Trouble),
}

/// What may be behind a refusal.
#[derive(Debug)]
pub(crate) struct Cause {
    pub(crate) word: &'static str,
    /// How sure it is, as a word.
    pub(crate) certainty: &'static str,
    pub(crate) message: String,
}

pub(crate) fn refused(view: &View, number: i64, request: &RefusedRequest, again: &Now, wanted: Wanted) -> Markup {
    // Its query and its headers may bear a secret, or the proof: whoever has that can send the request again.
    let path = request.target.split('?').next().unwrap_or_default();
    html! {
        h1 { "Refused request " (number) }
        p.lead { "For " (text::short(&request.endpoint, 80)) ", came " (time::when(request.arrived_at, view.now)) }
        div.alarm {
            p.cause {
                b { "Refused: " } (marks::why(request.reason, &request.detail))
                @if !request.reached_proof { " " span.dim { "It did not come as far as the proof." } }
            }
        }
        (judged(again))
        (deeds(view, number))
        section aria-labelledby="facts" {
            h2 #facts { "Facts" }
            dl.facts {
                dt { "Trace" } dd { code { (request.trace) } }
                dt { "Request" } dd { code { (text::short(&request.method, 20)) " " (text::short(path, 1000)) } }
                dt { "From" } dd { (text::maybe(request.peer.map(|peer| peer.to_string()).as_deref(), 80)) }
            }
        }
        (headers(&request.headers))
        @match &request.sealed_by {
            Some(key) => {
                p.hint { (marks::caution("encrypted")) " Its body is encrypted with key " code { (text::short(key, 80)) } ", which does not open it here." }
            }
            None => { (body::body(view, &format!("quarantine/{number}"), &[(Part::Body, &request.body)], wanted)) }
        }
    }
}

/// What a recheck would come to.
fn judged(again: &Now) -> Markup {
    html! {
        @match again {
            Now::Holds => {
                div.notice { p { (marks::holds()) " With the present keys, clock and URL its proof holds: recheck it, and it is handed off." } }
            }
            Now::Refused(rejection, causes) => {
                div.alarm.red {
                    p.cause { b { "Judged now: " } (marks::why(rejection.kind(), &rejection.to_string())) }
                    @for cause in causes {
                        p.cause {
                            strong { (text::prose(&advice::sentence(&cause.message), 1000)) } " " span.dim { (advice::sentence(cause.certainty)) }
                        }
                    }
                    @let next = causes.first().map_or_else(|| advice::reason(rejection.kind()), |cause| advice::cause(cause.word));
                    p.next { b { "Next: " } (next) }
                }
            }
            Now::Unknown(trouble) => { p.hint { "It cannot be judged here: " (text::prose(&trouble.message, 600)) } }
        }
    }
}

/// Names and lengths only.
fn headers(headers: &[(String, Vec<u8>)]) -> Markup {
    html! {
        section aria-labelledby="headers" {
            h2 #headers { "Headers" }
            p.hint { "Their values are kept, and not shown: they hold the proof, and with some senders the secret itself." }
            table.pairs {
                caption.unseen { "Headers that are kept" }
                thead.unseen { tr { th scope="col" { "Name" } th scope="col" { "Length" } } }
                tbody {
                    @for (name, value) in headers.iter().take(event::MOST_HEADERS) {
                        tr { th scope="row" { (text::short(name, 200)) } td { (value.len()) " bytes" } }
                    }
                }
            }
        }
    }
}

fn deeds(view: &View, number: i64) -> Markup {
    if !view.may_change() {
        return parts::read_only("Recheck and forget");
    }
    let numbers = [("numbers", number.to_string())];
    // Either may leave nothing to come back to.
    let back = Link::to("rejected");
    let button = |deed: &str, name: &str| {
        parts::deed(view, &format!("quarantine/{deed}"), &numbers, &back, &html! { button type="submit" { (name) } })
    };
    html! {
        div.deeds role="group" aria-label="What can be done with this request" {
            @if view.given.recheck { (button("recheck", "Recheck")) }
            (button("forget", "Forget"))
        }
    }
}
