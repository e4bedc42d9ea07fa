//! The statements by which events come from one store into another.

use crate::sql::contents;
use crate::statements::statements;

statements! {
    /// What is kept of an event beside its contents.
    moved: "SELECT tenant, identity, provider, event_id, event_type, api_version, signed, lane, epoch FROM @.events WHERE id = $1";
    /// Which of these are here, by their places.
    here: "WITH told AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[], $5::bigint[]) \
         WITH ORDINALITY AS told (endpoint, tenant, identity, number, received_at, place)) \
         SELECT place, id, lane_key FROM told JOIN @.events AS event USING (identity, tenant, endpoint) \
         UNION ALL SELECT place, id, lane_key FROM told JOIN @.events AS event ON id = number WHERE told.identity IS NULL \
         AND event.identity IS NULL AND event.tenant = told.tenant AND event.endpoint = told.endpoint \
         AND event.received_at = told.received_at";
    finish_many: "UPDATE @.events AS event SET state = 'done', due_at = NULL, last_error = NULL, \
         finished_at = coalesce(told.finished_at, @now) FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) \
         AS told (number, claims, finished_at) WHERE id = number AND state = 'waiting' AND epoch < claims RETURNING id";
    /// What is accepted from now on has higher numbers.
    reserve: "SELECT setval('@.event_numbers', $1) FROM @.event_numbers WHERE last_value < $1";
    taken: "SELECT id FROM @.events WHERE id = ANY ($1::bigint[])";
    next_number: "SELECT nextval('@.event_numbers')";
    /// In the order of acceptances, so that none waits for one of these in a circle.
    take_over: "INSERT INTO @.events (id, state, due_at, epoch, attempts, finished_at, last_error, endpoint, tenant, identity, \
         lane, lane_key, provider, event_id, event_type, api_version, signed, received_at) SELECT id, state, \
         CASE WHEN state = 'waiting' AND lane_key IS NULL THEN coalesce(due_at, @now) END, epoch, attempts, finished_at, \
         last_error, endpoint, tenant, identity, lane, lane_key, provider, event_id, event_type, api_version, signed, \
         received_at FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::integer[], $8::bigint[], $9::text[], \
         $10::text[], $11::text[], $12::bytea[], $13::text[], $14::bigint[], $15::text[], $16::text[], $17::text[], \
         $18::text[], $19::smallint[], $20::bigint[]) AS told (id, state, due_at, epoch, attempts, finished_at, last_error, \
         endpoint, tenant, identity, lane, lane_key, provider, event_id, event_type, api_version, signed, received_at) \
         ORDER BY identity, tenant COLLATE \"C\", endpoint COLLATE \"C\", id ON CONFLICT DO NOTHING RETURNING id";
    take_contents: concat!(
        "INSERT INTO @.contents (event, ", contents!(), ", edited_at, edit_reason, original_body, original_payload, \
         original_coverage) SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], \
         $7::bytea[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], \
         $15::text[], $16::bytea[], $17::bytea[], $18::text[])"
    );
    take_attempts: "INSERT INTO @.attempts (event, epoch, started_at, ended_at, outcome, error) SELECT event, epoch, started_at, \
         coalesce(ended_at, @now), CASE WHEN ended_at IS NULL THEN 'lost' ELSE outcome END, error FROM unnest($3::bigint[], \
         $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[]) AS told (event, epoch, started_at, ended_at, outcome, error)";
    /// In a lane nothing is due before what came first.
    demote: "UPDATE @.events AS event SET due_at = NULL WHERE lane_key = ANY ($1::bigint[]) AND due_at IS NOT NULL \
         AND state = 'waiting' AND EXISTS (SELECT 1 FROM @.events AS first WHERE first.lane_key = event.lane_key \
         AND first.state IN ('waiting', 'working') AND first.id < event.id)";
    not_before: "UPDATE @.events AS event SET due_at = told.due_at FROM unnest($1::bigint[], $2::bigint[]) AS told (number, due_at) \
         WHERE id = number AND state = 'waiting' AND event.due_at < told.due_at";
}
