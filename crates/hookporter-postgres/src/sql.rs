//! The statements, with the name of the schema in them.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::statements::{all_statements, leaked, written};

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

/// What is true of every event that waits or is worked, in the words of two indexes: among a million that are done they are found.
macro_rules! undone {
    () => {
        "(due_at IS NOT NULL OR (lane_key IS NOT NULL AND state IN ('waiting', 'working')))"
    };
}

/// A selection of people's: the first seven parameters. It is planned anew each time, so that what is not asked for costs nothing.
macro_rules! chosen {
    () => {
        concat!("($1::bigint[] IS NULL OR id = ANY ($1)) AND ($2::text IS NULL OR endpoint = $2) AND ($3::text IS NULL OR tenant = $3) \
         AND ($4::text IS NULL OR event_type = $4) AND ($5::text IS NULL OR state = $5) \
         AND (coalesce($5::text, '') NOT IN ('waiting', 'working') OR ", undone!(), ") \
         AND ($6::bigint IS NULL OR received_at >= $6) AND ($7::bigint IS NULL OR received_at < $7)")
    };
}

/// Which events can be replayed: what was never tried has nothing to compare with.
macro_rules! replayable {
    () => {
        "(state IN ('dead', 'done') OR (state = 'waiting' AND EXISTS (SELECT 1 FROM @.attempts WHERE event = id \
         AND ended_at IS NOT NULL))) AND EXISTS (SELECT 1 FROM @.contents WHERE event = id)"
    };
}

/// The columns of an event in a list.
macro_rules! listed {
    () => {
        "id, state, endpoint, tenant, event_id, event_type, received_at, due_at, attempts, last_error, finished_at"
    };
}

/// The columns of an event's contents, in the order of the parameters of an acceptance.
macro_rules! contents {
    () => {
        "format, method, target, headers, body, payload, coverage, key_id, sent_at, peer, sealed_by, trace"
    };
}

pub(crate) use contents;

all_statements! {
    make_schema: "CREATE SCHEMA @:";
    /// The table of versions, as a name.
    versions: "@.versions";
    version: "SELECT coalesce(max(version), 0) FROM @.versions";
    made: "INSERT INTO @.versions (version) VALUES ($1)";
    /// Takes records over: the places of those that are new, and their numbers. What identifies them is inserted in one order
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
         SELECT place, id, (SELECT pg_notify($27::text, '')::text WHERE $27 IS NOT NULL) FROM fresh"
    );
    /// Which of these are there, by their places: their numbers, and whether it is a dead letter that a further delivery requeues.
    ///
    /// Only so often: a sender that never stops must not have the same event worked for ever. After about ten rounds, or a
    /// hundred attempts, whichever is more, it is a duplicate, and only a person requeues it.
    known: "SELECT told.place, event.id, event.state = 'dead' AND event.epoch < greatest(100, 10 * event.attempts) FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY AS told (endpoint, tenant, \
         identity, place) JOIN @.events AS event USING (identity, tenant, endpoint) \
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
    /// Completes events that are in no lane.
    complete_many: "WITH done AS (UPDATE @.events AS event SET state = 'done', due_at = NULL, finished_at = @now, last_error = NULL \
         FROM unnest($3::bigint[], $4::bigint[]) AS told (number, epoch) WHERE event.id = told.number \
         AND event.epoch = told.epoch AND event.state = 'working' AND event.lane_key IS NULL RETURNING event.id, event.epoch), \
         ended AS (UPDATE @.attempts AS attempt SET ended_at = @now, outcome = 'worked' FROM done \
         WHERE attempt.event = done.id AND attempt.epoch = done.epoch) SELECT id FROM done";
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
    /// Those that are due, or will be; those behind others of their lane; dead letters; parked ones: each from an index, and no
    /// more than so many. When the event came in that has been due for the longest time.
    depth: "SELECT (SELECT count(*) FROM (SELECT FROM @.events WHERE due_at IS NOT NULL LIMIT $3) AS few), \
         (SELECT count(*) FROM (SELECT FROM @.events WHERE lane_key IS NOT NULL AND state IN ('waiting', 'working') \
             AND due_at IS NULL LIMIT $3) AS few), \
         (SELECT count(*) FROM (SELECT FROM @.events WHERE state = 'dead' LIMIT $3) AS few), \
         (SELECT count(*) FROM (SELECT FROM @.events WHERE state = 'parked' LIMIT $3) AS few), \
         (SELECT received_at FROM @.events WHERE due_at <= @now ORDER BY due_at, id LIMIT 1), @now";
    list_after: concat!("SELECT ", listed!(), " FROM @.events WHERE id > $8 AND ", chosen!(), " ORDER BY id LIMIT $9");
    list_before: concat!("SELECT ", listed!(), " FROM @.events WHERE id < $8 AND ", chosen!(), " ORDER BY id DESC LIMIT $9");
    count: concat!("SELECT count(*) FROM @.events WHERE ", chosen!());
    attempts: "SELECT started_at, ended_at, outcome, error FROM @.attempts WHERE event = $1 ORDER BY epoch";
    original: "SELECT original_body, original_payload, original_coverage, edited_at, edit_reason FROM @.contents \
         WHERE event = $1 AND edited_at IS NOT NULL";
    states: "SELECT state, count(*) FROM @.events GROUP BY state";
    oldest: concat!("SELECT min(received_at) FROM @.events WHERE state IN ('waiting', 'working') AND ", undone!());
    size: "SELECT coalesce(sum(pg_total_relation_size(class.oid)), 0)::bigint FROM pg_class AS class \
         JOIN pg_namespace AS space ON space.oid = relnamespace WHERE nspname = $1 AND relkind = 'r'";
    newest: "SELECT coalesce(max(id), 0) FROM @.events";
    window: "SELECT max(id) FROM (SELECT id FROM @.events WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3) AS few";
    chosen: concat!(
        "SELECT id FROM @.events WHERE id > $8 AND id <= $9 AND ", chosen!(), " AND CASE $11::text \
         WHEN 'requeue' THEN state IN ('dead', 'done', 'waiting') AND EXISTS (SELECT 1 FROM @.contents WHERE event = id) \
         WHEN 'release' THEN state = 'parked' WHEN 'give up' THEN state IN ('dead', 'parked') \
         ELSE ", replayable!(), " END ORDER BY id LIMIT $10"
    );
    count_to_replay: concat!("SELECT count(*) FROM @.events WHERE ", chosen!(), " AND ", replayable!());
    lanes_of: "SELECT lane_key FROM @.events WHERE id = ANY ($1::bigint[]) AND lane_key IS NOT NULL";
    /// In a lane an event has its turn: where another one waits or is worked, it comes after that.
    requeue_many: "UPDATE @.events SET state = 'waiting', attempts = 0, finished_at = NULL, \
         due_at = CASE WHEN lane_key IS NULL OR due_at IS NOT NULL THEN least(received_at, @now) END \
         WHERE id = ANY ($3::bigint[]) AND state IN ('dead', 'done', 'waiting') \
         AND EXISTS (SELECT 1 FROM @.contents WHERE event = id)";
    release_many: "UPDATE @.events SET state = 'waiting', due_at = CASE WHEN lane_key IS NULL THEN least(received_at, @now) END \
         WHERE id = ANY ($3::bigint[]) AND state = 'parked'";
    give_up_many: "UPDATE @.events SET state = 'done', finished_at = @now WHERE id = ANY ($3::bigint[]) \
         AND state IN ('dead', 'parked')";
    replay_many: "INSERT INTO @.replayed (event, replay, epoch, had_worked) SELECT id, $2, epoch, \
         coalesce((SELECT outcome = 'worked' FROM @.attempts WHERE event = id AND ended_at IS NOT NULL \
         ORDER BY epoch DESC LIMIT 1), false) FROM (SELECT id, epoch, state FROM @.events WHERE id = ANY ($1::bigint[]) FOR UPDATE) \
         AS locked WHERE state IN ('dead', 'done', 'waiting') RETURNING event";
    /// Replays of which no event is left go with the next one, a day later: another one may just begin.
    begin_replay: "WITH empty AS (DELETE FROM @.replays WHERE started_at < $1 - 86400000 AND NOT EXISTS \
         (SELECT 1 FROM @.replayed WHERE replay = id)) INSERT INTO @.replays (started_at, reason) VALUES ($1, $2) RETURNING id";
    replays: "SELECT id, started_at, reason, (SELECT count(*) FROM @.replayed WHERE replay = id) FROM @.replays \
         ORDER BY id DESC LIMIT $1";
    /// Attempts of a later replay of the same event are not this one's. The epoch of a lease that was given back without an
    /// attempt is nobody's. An event that is finished without any attempt could not be read, or somebody gave up on it.
    verdicts: "WITH mine AS (SELECT event, epoch, had_worked, (SELECT min(epoch) FROM @.replayed AS later \
             WHERE later.event = this.event AND later.replay > this.replay) AS next FROM @.replayed AS this \
             WHERE replay = $1 AND event > $2 ORDER BY event LIMIT $3), \
         latest AS (SELECT mine.*, (SELECT max(epoch) FROM @.attempts WHERE event = mine.event AND epoch > mine.epoch \
             AND (next IS NULL OR epoch <= next) AND ended_at IS NOT NULL) AS attempt FROM mine) \
         SELECT latest.event, had_worked, CASE WHEN attempt IS NULL THEN CASE WHEN next IS NULL AND state IN ('dead', 'done') \
             THEN false END ELSE coalesce(outcome = 'worked', false) END, state, endpoint, event_id, event_type, \
             CASE WHEN attempt IS NULL THEN last_error ELSE tried.error END \
         FROM latest JOIN @.events AS event ON event.id = latest.event \
         LEFT JOIN @.attempts AS tried ON tried.event = latest.event AND tried.epoch = attempt ORDER BY latest.event";
    editable: "SELECT state, sealed_by IS NOT NULL FROM @.events AS event JOIN @.contents AS content ON content.event = event.id \
         WHERE event.id = $1 FOR UPDATE OF event";
    /// On the right stands what was there before.
    edit: "UPDATE @.contents SET original_body = CASE WHEN edited_at IS NULL THEN body ELSE original_body END, \
         original_payload = CASE WHEN edited_at IS NULL THEN payload ELSE original_payload END, \
         original_coverage = CASE WHEN edited_at IS NULL THEN coverage ELSE original_coverage END, \
         body = $2, payload = NULL, coverage = $3, edited_at = $4, edit_reason = $5 WHERE event = $1";
    restore: "UPDATE @.contents SET body = original_body, payload = original_payload, coverage = original_coverage, \
         original_body = NULL, original_payload = NULL, original_coverage = NULL, edited_at = NULL, edit_reason = NULL \
         WHERE event = $1 AND edited_at IS NOT NULL";
    erase: "WITH gone AS (DELETE FROM @.events WHERE id = $1 RETURNING id), noted AS (DELETE FROM @.requests WHERE event = $1), \
         bodies AS (DELETE FROM @.contents WHERE event = $1), tried AS (DELETE FROM @.attempts WHERE event = $1), \
         compared AS (DELETE FROM @.replayed WHERE event = $1) SELECT id FROM gone";
}
