//! Editing what an event says.
//!
//! Somebody who edits an event changes what its sender has signed. So nothing that follows claims the signature: the record
//! says `edited`, its coverage is the least there is ([`Coverage::Origin`](hookporter_core::Coverage::Origin): the sender
//! sent something, not this), and its labels are hints. They are those of the original, not read anew from the new body, and so is the
//! identity: the sender's next try of the same event is still a duplicate. What came in stays beside it, whole, however
//! often it is edited, and can be put back.
//!
//! Only dead letters and parked events are edited: no worker can have one of them, and none gets it until somebody requeues
//! or releases it. When the sender delivers a dead letter again, what comes then takes the place of both.

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::operating::{Edited, Original, State};
use rusqlite::{Connection, OptionalExtension, params};

/// Replaces the body of an event, and what it says.
pub(crate) fn edit(
    connection: &Connection,
    number: i64,
    body: &[u8],
    reason: Option<&str>,
    now: UnixTime,
) -> rusqlite::Result<Edited> {
    if let Some(refused) = refusal(connection, number)? {
        return Ok(refused);
    }
    // On the right stands what was there before.
    let sql = "UPDATE contents SET original_body = iif(edited_at IS NULL, body, original_body), \
             original_payload = iif(edited_at IS NULL, payload, original_payload), \
             original_coverage = iif(edited_at IS NULL, coverage, original_coverage), \
             body = ?2, payload = NULL, coverage = ?3, edited_at = ?4, edit_reason = ?5 WHERE event = ?1";
    let values = params![number, body, Coverage::Origin.as_str(), now.as_millis(), reason];
    connection.execute(sql, values)?;
    Ok(Edited::Done)
}

/// Puts back what came in.
pub(crate) fn restore(connection: &Connection, number: i64) -> rusqlite::Result<Edited> {
    if let Some(refused) = refusal(connection, number)? {
        return Ok(refused);
    }
    let sql = "UPDATE contents SET body = original_body, payload = original_payload, coverage = original_coverage, \
             original_body = NULL, original_payload = NULL, original_coverage = NULL, edited_at = NULL, edit_reason = NULL \
             WHERE event = ?1 AND edited_at IS NOT NULL";
    let changed = connection.execute(sql, [number])?;
    Ok(if changed > 0 { Edited::Done } else { Edited::AsItCame })
}

/// Why this event is not to be edited.
fn refusal(connection: &Connection, number: i64) -> rusqlite::Result<Option<Edited>> {
    let sql = "SELECT state, sealed_by IS NOT NULL FROM events JOIN contents ON event = id WHERE id = ?1";
    let found = connection
        .query_row(sql, [number], |row| Ok((State::of(&row.get::<_, String>(0)?), row.get(1)?)))
        .optional()?;
    Ok(match found {
        None => Some(Edited::Absent),
        Some((State::Dead | State::Parked, false)) => None,
        Some((State::Dead | State::Parked, true)) => Some(Edited::Encrypted),
        Some((state, _)) => Some(Edited::NotSetAside(state)),
    })
}

/// What came in; `None` for an event that is as it came.
pub(crate) fn original(connection: &Connection, number: i64) -> rusqlite::Result<Option<Original>> {
    let sql = "SELECT original_body, original_payload, original_coverage, edited_at, edit_reason FROM contents \
         WHERE event = ?1 AND edited_at IS NOT NULL";
    let read = |found: &rusqlite::Row<'_>| {
        Ok(Original {
            body: Bytes::from(found.get::<_, Vec<u8>>(0)?),
            payload: found.get::<_, Option<Vec<u8>>>(1)?.map(Bytes::from),
            coverage: Coverage::of(&found.get::<_, String>(2)?),
            edited_at: UnixTime::from_millis(found.get(3)?),
            reason: found.get(4)?,
        })
    };
    connection.query_row(sql, [number], read).optional()
}
