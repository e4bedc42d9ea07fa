//! Replacing the body of an event that is set aside.

use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::operating::State;
use maud::{Markup, html};

use crate::look::Whole;
use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{parts, text, time};

/// The longest body that is edited here: in a form each byte may take three.
const MOST: usize = 256 * 1024;

pub(crate) fn edit(view: &View, whole: &Whole) -> Markup {
    let number = whole.listed.number;
    let back = Link::to(format!("events/{number}"));
    let may_edit = view.may_change() && matches!(whole.listed.state, State::Dead | State::Parked);
    html! {
        @if let Some(original) = &whole.original {
            section aria-labelledby="edited" {
                h2 #edited { "Edited" }
                p { "Last edited " (time::when(original.edited_at, view.now)) ". Why: " (text::maybe(original.reason.as_deref(), 1000)) }
                @if view.may_change() {
                    @let button = html! { button type="submit" { "Put back what came in" } };
                    (parts::deed(view, &format!("events/{number}/restore"), &[], &back, &button))
                }
            }
        }
        @if let Some(record) = whole.record.as_ref().filter(|_| may_edit) {
            section aria-labelledby="edit" {
                h2 #edit { "Edit" }
                @match editable(record) {
                    Ok(body) => { (form(view, number, body, &back)) }
                    Err(why) => { p.hint { (why) } }
                }
            }
        }
    }
}

fn form(view: &View, number: i64, body: &str, back: &Link) -> Markup {
    html! {
        details {
            summary { "Replace the body" }
            form.edit method="post" action=(view.at(&format!("events/{number}/edit"))) {
                (view.hidden(back))
                input type="hidden" name="lines" value="lf";
                div.field {
                    label for="edit-body" { "Body" }
                    // The first line end after the tag is not part of the text.
                    textarea #edit-body name="body" rows="16" spellcheck="false" autocapitalize="off" required { "\n" (body) }
                }
                (parts::field("reason", "Why", None, "for whoever looks at it later"))
                p.hint { "What came in is kept, and can be put back. No proof covers the new body, and the event's labels become hints." }
                button type="submit" { "Replace the body" }
            }
        }
    }
}

/// The body as a text that a form gives back as it is, or why there is none.
fn editable(record: &EventRecord) -> Result<&str, &'static str> {
    if record.sealed_by.is_some() {
        return Err("An encrypted event is not edited: a body in clear must not lie beside it.");
    }
    if record.body.len() > MOST {
        return Err("This body is too long for a form: use the command line.");
    }
    let text = std::str::from_utf8(&record.body).map_err(|_| "This body is no text: use the command line.")?;
    // Browsers send every line end as CR LF, which is made LF again; and they drop some letters.
    let survives = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\t');
    if text.chars().all(survives) {
        Ok(text)
    } else {
        Err("This body has letters that a form does not keep, such as carriage returns: use the command line.")
    }
}
