//! What is wrong and what to do next: a sentence each, for somebody who was woken.

use hookporter_core::{Reason, UnixTime};
use hookporter_pipeline::health::Alarm;

use crate::page::time;

/// What an alarm says.
pub(crate) fn says(alarm: &Alarm, now: UnixTime) -> String {
    match alarm {
        Alarm::RejectsEverything { accepted_until, refusals, reason } => format!(
            "It last accepted {}, and has refused the last {refusals} requests: {reason}.",
            time::age(*accepted_until, now)
        ),
        Alarm::Silent { silent_for } => format!("No new event has come for {}.", time::span(*silent_for)),
        other => sentence(&other.to_string()),
    }
}

/// A message as a sentence.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// What to do about an alarm.
pub(crate) fn alarm(alarm: &Alarm) -> &'static str {
    match alarm {
        Alarm::OwnFault(found) | Alarm::LikelyFault(found) => cause(&found.cause),
        Alarm::RejectsEverything { reason: why, .. }
        | Alarm::RefusalsInARow { reason: why, .. }
        | Alarm::Unavailable { reason: why, .. } => reason(*why),
        Alarm::Silent { .. } => "Look at the sender's dashboard: is the subscription on, and does it point here?",
        Alarm::WeakInbox { .. } => "Have the store's server sync what it acknowledges; then start this program again.",
        Alarm::BrokenKeys { .. } => {
            "Mend the file or the source of the keys; until then the keys of before are in use."
        }
        Alarm::NotProtecting => "Take `report_only` away once nothing is refused that should not be.",
        Alarm::ClockStepped { .. } => "See that this machine's time service runs; freshness is judged by its clock.",
        _ => "Look at the last error, and at the guide.",
    }
}

/// What to do about a cause that the diagnosis has found, by its word.
pub(crate) fn cause(word: &str) -> &'static str {
    match word {
        "expired-key" => {
            "The sender still signs with it: extend its expiry here, or finish the rotation at the sender."
        }
        "other-keys" | "wrong-secret" => {
            "Copy the secret of this very endpoint from the sender's dashboard into this program."
        }
        "key-spelling" => "Write the secret as the sender shows it: no spaces, no quotes, no other prefix.",
        "body-changed" | "body-empty" | "body-cut" => {
            "Let nothing in front of this server read, re-encode or cut the body."
        }
        "wrong-url" => "Set `public_url` to the URL that the sender was given.",
        "clock" | "time-zone" | "time-unit" => {
            "See that the clocks are right, here first; then look for a queue or a proxy that delays."
        }
        "other-algorithm" | "other-encoding" | "other-version" => {
            "Choose the scheme here that the sender's dashboard names."
        }
        "other-sender" | "no-headers" => "Somebody else calls this URL: give each sender a path of its own.",
        "header-stripped" | "header-renamed" | "header-doubled" | "header-merged" | "header-rewritten" => {
            "Have the proxy in front pass the sender's headers through as they are."
        }
        _ => "Look at what was refused, and at the guide.",
    }
}

/// What to do about requests that were not accepted for this reason.
pub(crate) const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::InvalidSignature | Reason::BodyHashMismatch | Reason::UnknownKey => {
            "Compare this endpoint's secret with the sender's dashboard; then see that no proxy rewrites bodies."
        }
        Reason::KeyRevoked => {
            "Give the sender the new secret; restore the key only if it was revoked by mistake: somebody may have stolen it."
        }
        Reason::NoLiveKey => "Every key has expired: add the present one.",
        Reason::MissingHeader | Reason::RepeatedHeader | Reason::MalformedHeader | Reason::ConflictingHeaders => {
            "See that a proxy passes the sender's headers through; strangers who probe the URL look the same."
        }
        Reason::TimestampTooOld | Reason::TimestampTooNew | Reason::MalformedTimestamp | Reason::ClockUnusable => {
            "Compare this machine's clock with the true time; then look for a queue or a proxy that delays."
        }
        Reason::TokenExpired | Reason::TokenNotYetValid => "Compare this machine's clock with the true time.",
        Reason::UnknownTenant => "Add the tenant, or have its sender stop.",
        Reason::HandoffFull => "Workers are too slow or stopped: look at what waits, and add workers.",
        Reason::HandoffFailed | Reason::HandoffTimeout => {
            "See that the store is there and has room: disk, locks, network."
        }
        Reason::HandlerFailed | Reason::HandlerPanicked | Reason::HandlerRefused => {
            "Look at this program's own log: its handler said no."
        }
        Reason::NoHandler => "Add a handler for this type, or ignore other types on purpose.",
        Reason::VersionNotHandled => "Deploy code for this version, or park such events.",
        Reason::KeySourceUnavailable => "See that the source of the keys answers.",
        Reason::EndpointPaused => "Resume the endpoint when you are ready; senders come again.",
        Reason::BodyTooLarge | Reason::BodyMemoryFull => "Raise the limit if such bodies are meant to come.",
        _ => "Look at what was refused, and at the guide.",
    }
}
