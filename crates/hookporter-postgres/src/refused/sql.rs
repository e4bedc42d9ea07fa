//! The statements of the quarantine.

use crate::statements::statements;

/// A selection of people's: the first three parameters.
macro_rules! chosen {
    () => {
        "($1::bigint[] IS NULL OR id = ANY ($1)) AND ($2::text IS NULL OR endpoint = $2) AND ($3::text IS NULL OR reason = $3)"
    };
}

statements! {
    /// Nodes keep one after the other, so that the bounds hold for all of them together.
    turn: "SELECT pg_advisory_xact_lock(hashtext($1), hashtext('hookporter quarantine'))";
    keep: "INSERT INTO @.refused (trace, endpoint, reason, detail, arrived_at, method, target, proof, headers, body, peer, \
         sealed_by, body_bytes, weight) SELECT trace, endpoint, reason, detail, arrived_at, method, target, proof, headers, body, \
         peer, sealed_by, body_bytes, weight FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], \
         $6::text[], $7::text[], $8::boolean[], $9::bytea[], $10::bytea[], $11::text[], $12::text[], $13::bigint[], $14::bigint[]) \
         WITH ORDINALITY AS request (trace, endpoint, reason, detail, arrived_at, method, target, proof, headers, body, peer, \
         sealed_by, body_bytes, weight, number) ORDER BY number";
    /// How many there are of a kind, and how many bytes.
    size: "SELECT count(*), coalesce(sum(weight), 0)::bigint FROM @.refused WHERE proof = $1";
    /// Those of a kind, the oldest first.
    shares: "SELECT id, endpoint, weight FROM @.refused WHERE proof = $1 ORDER BY id";
    remove: "DELETE FROM @.refused WHERE id = ANY ($1::bigint[])";
    by_reason: concat!(
        "SELECT endpoint, reason, count(*), min(arrived_at), max(arrived_at) FROM @.refused WHERE ", chosen!(), " \
         GROUP BY endpoint, reason ORDER BY count(*) DESC, endpoint COLLATE \"C\", reason COLLATE \"C\""
    );
    list: concat!(
        "SELECT id, trace, endpoint, reason, detail, arrived_at, judged_at, proof, body_bytes FROM @.refused \
         WHERE id > $4 AND ", chosen!(), " ORDER BY id LIMIT $5"
    );
    request: "SELECT trace, endpoint, reason, detail, arrived_at, method, target, proof, headers, body, peer, sealed_by \
         FROM @.refused WHERE id = $1";
    /// Forgets one that is readmitted: whether it was encrypted. Who comes second waits, and finds none.
    take: "DELETE FROM @.refused WHERE id = $1 RETURNING sealed_by IS NOT NULL";
    again: "UPDATE @.refused SET reason = $2, detail = $3, judged_at = $4 WHERE id = $1";
    newest: "SELECT coalesce(max(id), 0) FROM @.refused";
    /// Forgets a few of those up to a number.
    forget: concat!(
        "DELETE FROM @.refused WHERE id = ANY (ARRAY(SELECT id FROM @.refused WHERE id <= $4 AND ", chosen!(), " \
         ORDER BY id LIMIT $5))"
    );
    /// The next rows of a pass, as `range` of the events.
    range: "SELECT max(id), min(arrived_at) FROM (SELECT id, arrived_at FROM @.refused WHERE id > $1 ORDER BY id LIMIT $2) AS few";
    sweep: "DELETE FROM @.refused WHERE id > $3 AND id <= $4 AND arrived_at < @now";
}
