//! A refused request that is kept whole.

use hookporter_pipeline::operating::RefusedRequest;
use maud::{Markup, html};

use crate::page::body::{self, Part, Wanted};
use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{event, marks, parts, rejected, text, time};

pub(crate) fn refused(view: &View, number: i64, request: &RefusedRequest, wanted: Wanted) -> Markup {
    html! {
        h1 { "Refused request " (number) }
        p.lead { "For " (text::short(&request.endpoint, 80)) ", came " (time::when(request.arrived_at, view.now)) }
        div.alarm.red {
            p.cause { (marks::reason(request.reason)) ": " (text::prose(&request.detail, 1100)) }
            (rejected::next(request.reason))
        }
        (deeds(view, number))
        section aria-labelledby="facts" {
            h2 #facts { "Facts" }
            dl.facts {
                dt { "Trace" } dd { code { (request.trace) } }
                dt { "Request" } dd { code { (text::short(&request.method, 20)) " " (text::short(&request.target, 4000)) } }
                dt { "From" } dd { (text::maybe(request.peer.map(|peer| peer.to_string()).as_deref(), 80)) }
            }
        }
        p.hint { "Its headers hold the proof: whoever has them and the body can send the request again." }
        (event::headers(&request.headers))
        (body::body(view, &format!("quarantine/{number}"), &[(Part::Body, &request.body)], wanted))
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
