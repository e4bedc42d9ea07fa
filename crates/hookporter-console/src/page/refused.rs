//! A refused request that is kept whole.

use hookporter_pipeline::operating::RefusedRequest;
use maud::{Markup, html};

use crate::page::body::{self, Part, Wanted};
use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{advice, event, marks, parts, text, time};

pub(crate) fn refused(view: &View, number: i64, request: &RefusedRequest, wanted: Wanted) -> Markup {
    // Its query and its headers may bear a secret, or the proof: whoever has that can send the request again.
    let path = request.target.split('?').next().unwrap_or_default();
    html! {
        h1 { "Refused request " (number) }
        p.lead { "For " (text::short(&request.endpoint, 80)) ", came " (time::when(request.arrived_at, view.now)) }
        div.alarm.red {
            p.cause { (marks::why(request.reason, &request.detail)) }
            p.next { b { "Next: " } (advice::reason(request.reason)) }
        }
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
        (body::body(view, &format!("quarantine/{number}"), &[(Part::Body, &request.body)], wanted))
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
