-- The versions of these tables that were made, one a row.
CREATE TABLE IF NOT EXISTS versions (version INTEGER PRIMARY KEY, made_at TIMESTAMPTZ NOT NULL DEFAULT now());

-- Numbers are given in the order of acceptance. Never cached: those of a lane are to ascend on all nodes together.
CREATE SEQUENCE event_numbers AS BIGINT CACHE 1;

-- One row for each event: narrow, because it is written at every step of the event's life.
CREATE TABLE events (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,                   -- waiting, working, done, dead, parked
    endpoint TEXT NOT NULL,
    tenant TEXT NOT NULL DEFAULT '',
    identity BYTEA,                        -- what tells duplicates; NULL: every delivery is an event of its own
    due_at BIGINT,                         -- ms since 1970: when it is due, or when its lease ends; NULL: it is not to be worked
    epoch BIGINT NOT NULL DEFAULT 0,       -- how often it was claimed; an older epoch has no say
    attempts INTEGER NOT NULL DEFAULT 0,   -- since it was accepted or requeued
    lane TEXT,                             -- events of a lane are worked one after the other; NULL: in no order
    lane_key BIGINT,                       -- of endpoint, tenant and lane: what nodes lock
    provider TEXT NOT NULL,
    event_id TEXT,
    event_type TEXT,
    api_version TEXT,
    signed SMALLINT NOT NULL DEFAULT 0,    -- which labels the proof covered: 1 id, 2 type, 4 version
    received_at BIGINT NOT NULL,
    finished_at BIGINT,
    last_error TEXT
);
-- Rows change often and stay few that are due: what they leave behind is to go soon, or claims wade through it.
ALTER TABLE events SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
CREATE UNIQUE INDEX events_identity ON events (identity, tenant, endpoint) WHERE identity IS NOT NULL;
CREATE INDEX events_due ON events (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX events_set_aside ON events (state, id) WHERE state IN ('dead', 'parked');
CREATE INDEX events_lane ON events (lane_key, id) WHERE lane_key IS NOT NULL AND state IN ('waiting', 'working');
-- Of a lane one event at the most is due or worked: the database itself keeps it so.
CREATE UNIQUE INDEX events_first_of_lane ON events (lane_key) WHERE lane_key IS NOT NULL AND due_at IS NOT NULL;

-- What came in.
CREATE TABLE contents (
    event BIGINT PRIMARY KEY,
    format INTEGER NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    headers BYTEA NOT NULL,                -- one a line, "name: value"
    body BYTEA NOT NULL,
    payload BYTEA,                         -- what the body says, where that is not the body itself
    coverage TEXT NOT NULL,
    key_id TEXT NOT NULL,
    sent_at BIGINT,
    peer TEXT,                             -- who sent it, address and port, for a replay through the whole app
    sealed_by TEXT,                        -- the id of the key that headers, body and payload are encrypted with
    trace BIGINT,                          -- what the log calls the request that brought it, as a number
    edited_at BIGINT,                      -- body, payload and coverage are an editor's since; NULL: it is as it came
    edit_reason TEXT,
    original_body BYTEA,
    original_payload BYTEA,
    original_coverage TEXT
);
-- Bodies are often compressed JSON or too short to gain: no time is spent on it while a sender waits.
ALTER TABLE contents ALTER COLUMN body SET STORAGE EXTERNAL;

-- One row for each attempt, written before the work begins.
CREATE TABLE attempts (
    event BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,                          -- worked, failed, lost (its process died or it hung); NULL while it runs
    error TEXT,
    PRIMARY KEY (event, epoch)
);

-- A replay: events that somebody has worked again, to see how each goes against its last attempt before.
CREATE TABLE replays (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at BIGINT NOT NULL,
    reason TEXT                            -- whatever its operator says
);
CREATE TABLE replayed (
    event BIGINT NOT NULL,
    replay BIGINT NOT NULL,
    epoch BIGINT NOT NULL,                 -- when it began: attempts of later epochs are the replay's
    had_worked BOOLEAN NOT NULL,           -- how the last attempt before it had ended
    PRIMARY KEY (event, replay)
);
CREATE INDEX replayed_in ON replayed (replay, event);

-- For people: times as such.
CREATE VIEW journal AS
SELECT id, state, endpoint, tenant, event_id, event_type, api_version, lane,
       to_timestamp(received_at / 1000.0) AS received, to_timestamp(due_at / 1000.0) AS due,
       to_timestamp(finished_at / 1000.0) AS finished, attempts, last_error
FROM events;
