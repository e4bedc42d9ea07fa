//! The statements, with the name of the schema in them.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The moment of a statement: its first two parameters. Stable within it, so that indexes serve.
const PRESENT: &str = "(coalesce($1::bigint, (extract(epoch FROM statement_timestamp()) * 1000)::bigint) + $2::bigint)";

macro_rules! statements {
    ($($(#[doc = $doc:literal])* $name:ident: $text:expr;)*) => {
        /// Every statement, for one schema.
        #[derive(Debug)]
        pub(crate) struct Sql {
            /// The schema, in quotes.
            pub(crate) schema: &'static str,
            /// Where nodes tell each other that something changed.
            pub(crate) channel: &'static str,
            $($(#[doc = $doc])* pub(crate) $name: &'static str,)*
        }

        impl Sql {
            fn new(name: &str) -> Self {
                let schema = format!("\"{name}\"");
                let written = |text: &str| {
                    leaked(text.replace("@.", &format!("{schema}.")).replace("@:", &schema).replace("@now", PRESENT))
                };
                Self { $($name: written($text),)* schema: leaked(schema.clone()), channel: leaked(name.to_owned()) }
            }
        }
    };
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The statements for a schema, made once for each in a process: drivers keep what they prepared by its text.
pub(crate) fn of(schema: &str) -> &'static Sql {
    static MADE: OnceLock<Mutex<HashMap<String, &'static Sql>>> = OnceLock::new();
    let mut made = MADE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sql) = made.get(schema) {
        return sql;
    }
    let sql: &'static Sql = Box::leak(Box::new(Sql::new(schema)));
    made.insert(schema.to_owned(), sql);
    sql
}

/// The columns of an event's contents, in the order of the parameters of an acceptance.
macro_rules! contents {
    () => {
        "format, method, target, headers, body, payload, coverage, key_id, sent_at, peer, sealed_by, trace"
    };
}

statements! {
    make_schema: "CREATE SCHEMA @:";
    /// The table of versions, as a name.
    versions: "@.versions";
    version: "SELECT coalesce(max(version), 0) FROM @.versions";
    made: "INSERT INTO @.versions (version) VALUES ($1)";
    /// Takes records over: the numbers of those that are new, by their places. What identifies them is inserted in one order
    /// on all nodes, so that no two wait in a circle; the numbers are given in the order of the records. The joins are full
    /// ones only since these are never done by nested loops, whatever the plan was made for.
    accept: concat!(
        "WITH told AS MATERIALIZED (SELECT nextval('@.event_numbers') AS id, event.* FROM unnest($3::text[], $4::text[], \
             $5::text[], $6::bytea[], $7::text[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], \
             $13::smallint[], $14::bigint[]) WITH ORDINALITY AS event (state, endpoint, tenant, identity, lane, lane_key, \
             provider, event_id, event_type, api_version, signed, received_at, place)), \
         kept AS (INSERT INTO @.events (id, state, endpoint, tenant, identity, due_at, lane, lane_key, provider, event_id, \
             event_type, api_version, signed, received_at) \
             SELECT id, state, endpoint, tenant, identity, CASE WHEN state = 'waiting' AND lane_key IS NULL THEN \
             CASE WHEN $1::bigint IS NULL THEN @now ELSE received_at END END, \
             lane, lane_key, provider, event_id, event_type, api_version, signed, received_at FROM told \
             ORDER BY identity, tenant COLLATE \"C\", endpoint COLLATE \"C\", place \
             ON CONFLICT (identity, tenant, endpoint) WHERE identity IS NOT NULL DO NOTHING RETURNING id), \
         fresh AS (SELECT told.id, told.place FROM told FULL JOIN kept ON kept.id = told.id WHERE coalesce(kept.id, 0) > 0), \
         filled AS (INSERT INTO @.contents (event, ", contents!(), ") \
             SELECT fresh.id, ", contents!(), " FROM fresh FULL JOIN unnest($15::integer[], $16::text[], $17::text[], $18::bytea[], \
             $19::bytea[], $20::bytea[], $21::text[], $22::text[], $23::bigint[], $24::text[], $25::text[], $26::bigint[]) \
             WITH ORDINALITY AS content (", contents!(), ", place) ON content.place = fresh.place \
             WHERE coalesce(fresh.id, 0) > 0) \
         SELECT place, (SELECT pg_notify($27::text, '')::text WHERE $27 IS NOT NULL) FROM fresh"
    );
    /// Which of these are dead letters that a further delivery requeues, by their places.
    ///
    /// Only so often: a sender that never stops must not have the same event worked for ever. After about ten rounds, or a
    /// hundred attempts, whichever is more, it is a duplicate, and only a person requeues it.
    dead: "SELECT told.place FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY AS told (endpoint, tenant, \
         identity, place) JOIN @.events AS event USING (identity, tenant, endpoint) \
         WHERE event.state = 'dead' AND event.epoch < greatest(100, 10 * event.attempts) \
         ORDER BY identity, tenant COLLATE \"C\", endpoint COLLATE \"C\", told.place";
    requeue: "UPDATE @.events SET state = $3, due_at = CASE WHEN $3 = 'waiting' AND $8::bigint IS NULL THEN @now END, \
         attempts = 0, finished_at = NULL, lane = $7, lane_key = $8, provider = $9, event_id = $10, event_type = $11, \
         api_version = $12, signed = $13 WHERE endpoint = $4 AND tenant = $5 AND identity = $6 AND state = 'dead' \
         AND epoch < greatest(100, 10 * attempts) RETURNING id";
    refill: concat!(
        "INSERT INTO @.contents (event, ", contents!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (event) DO UPDATE SET format = excluded.format, method = excluded.method, target = excluded.target, \
         headers = excluded.headers, body = excluded.body, payload = excluded.payload, coverage = excluded.coverage, \
         key_id = excluded.key_id, sent_at = excluded.sent_at, peer = excluded.peer, sealed_by = excluded.sealed_by, \
         trace = excluded.trace, edited_at = NULL, edit_reason = NULL, original_body = NULL, original_payload = NULL, \
         original_coverage = NULL"
    );
    /// Makes the first of each lane due in which none is.
    advance: "WITH moved AS (UPDATE @.events SET due_at = @now FROM unnest($3::bigint[]) AS lanes (key) CROSS JOIN LATERAL \
         (SELECT id FROM @.events AS one WHERE one.lane_key = lanes.key AND one.state IN ('waiting', 'working') \
         ORDER BY one.id LIMIT 1) AS first WHERE events.id = first.id AND events.due_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM @.events AS due WHERE due.lane_key = lanes.key AND due.due_at IS NOT NULL) RETURNING events.id) \
         SELECT id FROM moved";
    /// Lends what is due. One that is lent to nobody has no epoch: its attempts are spent, or its contents are gone.
    claim: concat!(
        "WITH due AS MATERIALIZED (SELECT id, epoch, attempts, due_at FROM @.events WHERE due_at <= @now \
             ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED), \
         lost AS (UPDATE @.attempts SET ended_at = @now, outcome = 'lost' FROM due WHERE attempts.event = due.id \
             AND attempts.epoch = due.epoch AND attempts.ended_at IS NULL), \
         lent AS (UPDATE @.events AS event SET state = 'working', epoch = event.epoch + 1, attempts = event.attempts + 1, \
             due_at = @now + $4::bigint FROM due JOIN @.contents AS content ON content.event = due.id \
             WHERE event.id = due.id AND due.attempts < $5::integer \
             RETURNING event.id, event.epoch, event.attempts, endpoint, tenant, identity, provider, event_id, event_type, \
             api_version, signed, received_at, lane, edited_at IS NOT NULL AS edited, ", contents!(), "), \
         begun AS (INSERT INTO @.attempts (event, epoch, started_at) SELECT id, epoch, @now FROM lent), \
         trimmed AS (DELETE FROM @.attempts USING lent WHERE attempts.event = lent.id AND lent.epoch > 50 \
             AND attempts.epoch <= lent.epoch - 50) \
         SELECT due.id, due.epoch, due.attempts, lent.epoch, lent.attempts, endpoint, tenant, identity, provider, event_id, \
             event_type, api_version, signed, received_at, lane, edited, ", contents!(), " FROM due LEFT JOIN lent USING (id) \
         ORDER BY due.due_at, due.id"
    );
    /// How long until the next event is due, in milliseconds.
    next_due: "SELECT min(due_at) - @now FROM @.events WHERE due_at > @now";
    record: concat!(
        "SELECT endpoint, tenant, identity, provider, event_id, event_type, api_version, signed, received_at, lane, \
         edited_at IS NOT NULL, ", contents!(), " FROM @.events JOIN @.contents ON event = id WHERE id = $1"
    );
    /// Makes an event a dead letter that nobody is to have.
    bury: "UPDATE @.events SET state = 'dead', due_at = NULL, finished_at = @now, last_error = $5 WHERE id = $3 AND epoch = $4 \
         AND state IN ('waiting', 'working') AND due_at <= @now";
    lane_of: "SELECT lane_key FROM @.events WHERE id = $1";
    /// Whose lane a lease holds; no row where it is over.
    holds: "SELECT lane_key FROM @.events WHERE id = $1 AND epoch = $2 AND state = 'working'";
    /// The same, and the number of the transaction under way.
    begin: "SELECT lane_key, txid_current() FROM @.events WHERE id = $1 AND epoch = $2 AND state = 'working'";
    /// Passes by a row that somebody has locked: whoever has it has the lease, or is taking it.
    renew: "UPDATE @.events SET due_at = @now WHERE id = (SELECT id FROM @.events WHERE id = $3 AND epoch = $4 \
         AND state = 'working' FOR NO KEY UPDATE SKIP LOCKED)";
    /// Completes an event that is in no lane.
    complete: "WITH done AS (UPDATE @.events SET state = 'done', due_at = NULL, finished_at = @now, last_error = NULL \
         WHERE id = $3 AND epoch = $4 AND state = 'working' AND lane_key IS NULL RETURNING id), \
         ended AS (UPDATE @.attempts SET ended_at = @now, outcome = 'worked' FROM done WHERE event = done.id AND epoch = $4) \
         SELECT id FROM done";
    /// Completes an event, whether it is in a lane or not, in the transaction of this number.
    complete_in: "WITH done AS (UPDATE @.events SET state = 'done', due_at = NULL, finished_at = @now, last_error = NULL \
         WHERE id = $3 AND epoch = $4 AND state = 'working' AND txid_current() = $5 RETURNING id), \
         ended AS (UPDATE @.attempts SET ended_at = @now, outcome = 'worked' FROM done WHERE event = done.id AND epoch = $4) \
         SELECT id FROM done";
    /// A failure; the event keeps its place.
    fail: "WITH failed AS (UPDATE @.events SET state = 'waiting', due_at = @now, last_error = $5 \
         WHERE id = $3 AND epoch = $4 AND state = 'working' RETURNING id), \
         ended AS (UPDATE @.attempts SET ended_at = @now - $2::bigint, outcome = 'failed', error = $5 FROM failed \
         WHERE event = failed.id AND epoch = $4) SELECT id FROM failed";
    /// A failure that takes the event out of its lane: a dead letter, or parked.
    set_aside: "WITH failed AS (UPDATE @.events SET state = $6, due_at = NULL, last_error = $5, \
         finished_at = CASE WHEN $6 = 'dead' THEN @now END, attempts = CASE WHEN $6 = 'parked' THEN 0 ELSE attempts END \
         WHERE id = $3 AND epoch = $4 AND state = 'working' RETURNING id), \
         ended AS (UPDATE @.attempts SET ended_at = @now, outcome = 'failed', error = $5 FROM failed \
         WHERE event = failed.id AND epoch = $4) SELECT id FROM failed";
    /// Gives an event back: the attempt does not count.
    give_back: "WITH given AS (UPDATE @.events SET state = 'waiting', due_at = @now, attempts = greatest(attempts - 1, 0), \
         last_error = coalesce($5, last_error) WHERE id = $3 AND epoch = $4 AND state = 'working' RETURNING id), \
         undone AS (DELETE FROM @.attempts USING given WHERE event = given.id AND epoch = $4) SELECT id FROM given";
    /// The next rows of a pass: the last of them, and when the first of them came in.
    range: "SELECT max(id), min(received_at) FROM (SELECT id, received_at FROM @.events WHERE id > $1 ORDER BY id LIMIT $2) AS few";
    sweep_contents: "DELETE FROM @.contents WHERE event IN (SELECT id FROM @.events WHERE id > $3 AND id <= $4 \
         AND state = 'done' AND finished_at < @now)";
    /// Forgets events of this state, with everything of them.
    sweep_events: "WITH gone AS (DELETE FROM @.events WHERE id > $3 AND id <= $4 AND state = $5 \
         AND (CASE WHEN state = 'parked' THEN received_at ELSE coalesce(finished_at, received_at) END) < @now RETURNING id), \
         bodies AS (DELETE FROM @.contents USING gone WHERE event = gone.id), \
         tried AS (DELETE FROM @.attempts USING gone WHERE event = gone.id), \
         compared AS (DELETE FROM @.replayed USING gone WHERE event = gone.id) SELECT id FROM gone";
    /// What came in while a clock was ahead is not to wait until that moment.
    due_now: "UPDATE @.events SET due_at = @now WHERE due_at > @now AND received_at > @now AND state = 'waiting' AND attempts = 0";
    present: "SELECT @now";
}
