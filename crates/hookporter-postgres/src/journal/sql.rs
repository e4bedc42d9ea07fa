//! The statements of the journal.

use crate::statements::statements;

/// A query of people's: the first ten parameters. It is planned anew each time, so that what is not asked for costs nothing; the
/// seventh has the rows of others looked for in the words of their index.
macro_rules! asked {
    () => {
        "($1::text IS NULL OR endpoint = $1) AND ($2::bigint IS NULL OR event = $2) AND ($3::text IS NULL OR reason = $3) \
         AND ($4::bigint IS NULL OR at >= $4) AND ($5::bigint IS NULL OR at < $5) \
         AND ($6::text[] IS NULL OR outcome = ANY ($6)) AND ($7::boolean IS NULL OR outcome <> 'accepted') \
         AND ($8::text IS NULL OR starts_with(path, $8) OR starts_with(tenant, $8) OR starts_with(event_id, $8) \
         OR starts_with(event_type, $8) OR starts_with(body_digest, $8) OR trace BETWEEN $9::bigint AND $10::bigint)"
    };
}

/// The columns of a row, in the order of the parameters of `note`.
macro_rules! columns {
    () => {
        "at, trace, endpoint, outcome, status, event, reason, detail, provider, tenant, method, path, headers, key_id, event_id, \
         event_type, api_version, body_bytes, body_digest, duration_us, report_only"
    };
}

/// An entry. Contents that a redelivery has replaced since have its headers, and those of the request before are gone.
macro_rules! entry {
    () => {
        concat!(
            "SELECT id, ",
            columns!(),
            ", cause, cause_proven, cause_message, (SELECT contents.headers FROM @.contents \
             WHERE contents.event = requests.event AND contents.trace = requests.trace AND requests.headers = '' \
             AND outcome IN ('accepted', 'parked') AND sealed_by IS NULL) FROM @.requests"
        )
    };
}

/// Deletes the oldest rows of one kind that are over the bound: of the first few behind a number, those whose place says so, but
/// for those that another node is just deleting.
macro_rules! hold {
    ($kind:literal, $places:literal) => {
        concat!(
            "WITH first AS MATERIALIZED (SELECT id, place FROM @.requests WHERE ", $kind, " AND id > $1 \
                 AND (SELECT last_value FROM @.", $places, ") > $2 ORDER BY id LIMIT $3), \
             gone AS (DELETE FROM @.requests WHERE id IN (SELECT id FROM @.requests WHERE id = ANY (ARRAY(SELECT id FROM first \
                 WHERE place <= (SELECT last_value FROM @.", $places, ") - $2)) FOR UPDATE SKIP LOCKED) RETURNING id) \
             SELECT max(id) FROM gone"
        )
    };
}

statements! {
    /// The transaction under way is not synced: the next acceptance's sync has it, too.
    unsynced: "SELECT set_config('synchronous_commit', 'off', true)";
    /// Writes rows, in their order.
    note: concat!(
        "INSERT INTO @.requests (place, ", columns!(), ") SELECT CASE WHEN outcome = 'accepted' \
         THEN nextval('@.requests_accepted_places') ELSE nextval('@.requests_other_places') END, ", columns!(), " \
         FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::text[], $8::text[], \
         $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::text[], $15::text[], $16::text[], $17::text[], \
         $18::bigint[], $19::text[], $20::bigint[], $21::boolean[]) WITH ORDINALITY AS request (", columns!(), ", number) \
         ORDER BY number"
    );
    hold_accepted: hold!("outcome = 'accepted'", "requests_accepted_places");
    hold_others: hold!("outcome <> 'accepted'", "requests_other_places");
    /// Which of these findings have their rows.
    explain: "UPDATE @.requests AS request SET cause = found.cause, cause_proven = found.proven, cause_message = found.message \
         FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::text[]) AS found (trace, cause, proven, message) \
         WHERE request.trace = found.trace AND request.reason IS NOT NULL RETURNING request.trace";
    lost: "SELECT coalesce(max(count), 0) FROM @.requests_lost";
    /// So many more; how many there are then.
    lose: "INSERT INTO @.requests_lost (id, count) VALUES (1, $1) ON CONFLICT (id) DO UPDATE \
         SET count = requests_lost.count + excluded.count RETURNING count";
    entries: concat!(entry!(), " WHERE id < $11 AND ", asked!(), " ORDER BY id DESC LIMIT $12");
    entry: concat!(entry!(), " WHERE id = $1");
    reasons: concat!(
        "SELECT endpoint, reason, count(*), min(at), max(at), max(id) FROM @.requests WHERE reason IS NOT NULL AND ", asked!(), " \
         GROUP BY endpoint, reason ORDER BY count(*) DESC, endpoint COLLATE \"C\", reason COLLATE \"C\""
    );
    /// The next rows of a pass, as `range` of the events.
    range: "SELECT max(id), min(at) FROM (SELECT id, at FROM @.requests WHERE id > $1 ORDER BY id LIMIT $2) AS few";
    sweep: "DELETE FROM @.requests WHERE id > $3 AND id <= $4 AND at < @now";
    /// Whose event it is that is to be erased.
    whose: "SELECT endpoint, tenant, event_id FROM @.events WHERE id = $1";
    newest: "SELECT coalesce(max(id), 0) FROM @.requests";
    window: "SELECT max(id) FROM (SELECT id FROM @.requests WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3) AS few";
    /// Erases those of a window that told of an event which has no number there, since it could not be taken.
    erase: "DELETE FROM @.requests WHERE id > $1 AND id <= $2 AND (event = $3 OR (endpoint = $4 AND coalesce(tenant, '') = $5 \
         AND event_id = $6))";
}
