//! The pages.

use crate::answer::Answer;
use crate::request::Request;
use crate::room::Room;
use crate::trouble::Trouble;

/// The page that the mount itself leads to.
pub(crate) const FIRST: &str = "overview";

/// Shows the page of this path below the mount; `None` if there is none.
#[expect(clippy::unused_async, reason = "pages ask the store")]
pub(crate) async fn show(room: &Room, request: &Request, path: &[&str]) -> Result<Option<Answer>, Trouble> {
    let _ = request;
    Ok(match path {
        [one] if *one == FIRST => Some(Answer::page(200, maud::html! { title { (room.title) } }.into_string())),
        ["console.css"] => Some(Answer::asset("text/css; charset=utf-8", b"")),
        _ => None,
    })
}

/// A page that says why something was not done.
pub(crate) fn trouble(room: &Room, request: &Request, trouble: &Trouble) -> Answer {
    let _ = request;
    Answer::page(trouble.status, maud::html! { title { (room.title) } p { (trouble.message) } }.into_string())
}
