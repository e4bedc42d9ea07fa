//! Changes to many, before they are made.

use hookporter_pipeline::operating::{Selection, State};

use super::Found;
use crate::fields::Fields;
use crate::page::confirm::{self, Many, Planned};
use crate::page::frame::Place;
use crate::page::link::Link;
use crate::page::view::View;
use crate::room::Room;
use crate::selection;
use crate::trouble::Trouble;

/// A change to many, before it is made.
pub(super) async fn planned(room: &Room, view: &View, mut fields: Fields) -> Result<Found, Trouble> {
    let deed = fields.word("deed", Many::of)?.ok_or_else(|| Trouble::request("`deed` is missing"))?;
    let planned = if deed.is_of_requests() {
        let which = selection::refused(&mut fields)?;
        let by_reason = room.refused()?.refused_by_reason(which.clone()).await?;
        let count = by_reason.iter().map(|one| one.count).fold(0, u64::saturating_add);
        let chosen = [
            ("numbers", which.numbers.as_deref().map(listed)),
            ("endpoint", which.endpoint),
            ("reason", which.reason.map(|reason| reason.to_string())),
        ];
        let back = Link::to("rejected");
        Planned { deed, which: there(chosen), count, back }
    } else {
        let mut which = selection::events(&mut fields, view.now)?;
        // What comes after this page is not what somebody has seen, and agreed to.
        which.until = which.until.or_else(|| which.numbers.is_none().then_some(view.now));
        let count = room.events()?.count(which.clone()).await?;
        Planned { deed, back: back(&which), which: chosen(which), count }
    };
    fields.end()?;
    Ok(Found::Page(Place::Elsewhere, confirm::heading(&planned), confirm::confirm(view, &planned)))
}

fn back(which: &Selection) -> Link {
    match which.state {
        Some(State::Dead) => Link::to("dead"),
        Some(State::Parked) => Link::to("parked"),
        state => Link::to("events").maybe("state", state),
    }
    .maybe("endpoint", which.endpoint.as_ref())
    .maybe("type", which.event_type.as_ref())
}

/// A selection in the words of a form: moments as such, whatever somebody typed.
fn chosen(which: Selection) -> Vec<(&'static str, String)> {
    there([
        ("numbers", which.numbers.as_deref().map(listed)),
        ("state", which.state.map(|state| state.to_string())),
        ("endpoint", which.endpoint),
        ("tenant", which.tenant),
        ("type", which.event_type),
        ("since", which.since.map(|since| since.to_string())),
        ("until", which.until.map(|until| until.to_string())),
    ])
}

fn listed(numbers: &[i64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn there(words: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Vec<(&'static str, String)> {
    words.into_iter().filter_map(|(name, word)| Some((name, word?))).collect()
}
