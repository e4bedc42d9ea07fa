//! The pages: pure functions from what the pipeline knows to markup, and the questions to the store that they need.
//!
//! No page has a script, a style of its own, or anything from elsewhere: the content security policy allows none. Whatever a
//! sender chose is shown by [`text`], which makes visible what is not.

mod advice;
mod ask;
mod body;
mod confirm;
mod deliveries;
mod delivery;
mod edit;
mod event;
mod events;
mod fleet;
mod frame;
mod hex;
mod keys;
mod link;
mod marks;
mod overview;
mod parts;
mod pretty;
mod refused;
mod rejected;
mod replays;
mod style;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod timeline;
mod view;

use hookporter_pipeline::Endpoint;
use hookporter_pipeline::health::Health;
use hookporter_pipeline::nodes::Fleet;

use crate::answer::Answer;
use crate::fields::Fields;
use crate::request::Request;
use crate::room::Room;
use crate::token::Token;
use crate::trouble::Trouble;

use frame::Place;
use link::{Link, segment};
use view::{Given, Notice, View};

/// The page that the mount itself leads to.
pub(crate) const FIRST: &str = "overview";

/// Shows the page of this path below the mount; `None` if there is none.
pub(crate) async fn show(room: &Room, request: &Request, path: &[&str]) -> Result<Option<Answer>, Trouble> {
    if *path == [style::name()] {
        return Ok(Some(Answer::asset("text/css; charset=utf-8", style::SHEET.as_bytes())));
    }
    if *path == [style::ICON_NAME] {
        return Ok(Some(Answer::asset("image/svg+xml", style::ICON.as_bytes())));
    }
    let healths: Vec<Health> = room.endpoints.iter().map(Endpoint::health).collect();
    let mut fields = Fields::of_form(request.query.as_bytes());
    let mut view = view(room, request, &healths);
    view.notice = notice(&mut fields);
    let page = |place: Place, name: &str, content: &maud::Markup| {
        Ok(Some(Answer::page(200, frame::page(&view, place, name, content))))
    };
    match *path {
        [FIRST] => {
            fields.end()?;
            let stats = ask::stats(room).await;
            let fleet = Fleet::look(room.endpoints.iter()).await;
            page(Place::Endpoints, "Endpoints", &overview::overview(&view, &healths, fleet.as_ref(), stats.as_ref()))
        }
        ["keys"] => {
            fields.end()?;
            page(Place::Keys, "Keys", &keys::keys(&view, &healths, &crate::look::keys(room)))
        }
        _ => match ask::store(room, &view, path, fields).await? {
            Some(ask::Found::Page(place, name, content)) => page(place, &name, &content),
            Some(ask::Found::Bytes(name, bytes)) => Ok(Some(Answer::download(&name, bytes))),
            None => Ok(None),
        },
    }
}

/// A page that says why something was not done.
pub(crate) fn trouble(room: &Room, request: &Request, trouble: &Trouble) -> Answer {
    let healths: Vec<Health> = room.endpoints.iter().map(Endpoint::health).collect();
    let view = view(room, request, &healths);
    let name = match trouble.status {
        404 => "Not here",
        400..500 => "Not done",
        _ => "Failed",
    };
    let content = maud::html! {
        h1 { (name) }
        div.alarm.red role="alert" {
            p.cause { strong { (text::prose(&advice::sentence(&trouble.message), 2000)) } }
            p.next { b { "Next: " } "go back with your browser, or to " a href=(view.at(FIRST)) { "the endpoints" } "." }
        }
        p.hint { "Status " (trouble.status) ", " code { (trouble.word) } }
    };
    Answer::page(trouble.status, frame::page(&view, Place::Elsewhere, name, &content))
}

fn view(room: &Room, request: &Request, healths: &[Health]) -> View {
    let path: Vec<_> = request.path().into_iter().map(segment).collect();
    // A change has no page to come back to.
    let path = if request.method == "POST" { FIRST.to_owned() } else { path.join("/") };
    let query = form_urlencoded::parse(request.query.as_bytes()).into_owned();
    let asked = query.filter(|(name, _)| name != "done" && name != "count");
    View {
        title: room.title.to_string(),
        base: request.base(),
        here: asked.fold(Link::to(path), |link, (name, value)| link.with(name, value)),
        now: room.now(),
        token: room.token.as_ref().map(|token| Token::as_str(token).to_owned()),
        given: Given {
            events: room.events.is_some(),
            requests: room.requests.is_some(),
            refused: room.refused.is_some(),
            recheck: crate::deed::Deed::of(&["quarantine", "recheck"]).is_some(),
        },
        lights: view::lights(healths),
        names: healths.iter().map(|health| health.endpoint.to_string()).collect(),
        notice: None,
    }
}

/// Word of what was just done, as a way back brings it.
fn notice(fields: &mut Fields) -> Option<Notice> {
    let word = fields.text("done").ok().flatten();
    let count = fields.number("count").ok().flatten();
    word.map(|word| Notice { word, count })
}
