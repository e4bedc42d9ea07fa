-- One row for each event: narrow, because it is written at every step of the event's life.
CREATE TABLE events (
    -- Ascending in the order of acceptance, and never given twice: leases and users go by it.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,                   -- waiting, working, done, dead, parked
    endpoint TEXT NOT NULL,
    tenant TEXT NOT NULL DEFAULT '',
    identity BLOB,                         -- what tells duplicates; NULL: every delivery is an event of its own
    due_at INTEGER,                        -- ms since 1970: when it is due, or when its lease ends; NULL: it is not to be worked
    epoch INTEGER NOT NULL DEFAULT 0,      -- how often it was claimed; an older epoch has no say
    attempts INTEGER NOT NULL DEFAULT 0,   -- since it was accepted or requeued
    provider TEXT NOT NULL,
    event_id TEXT,
    event_type TEXT,
    api_version TEXT,
    signed INTEGER NOT NULL DEFAULT 0,     -- which labels the proof covered: 1 id, 2 type, 4 version
    received_at INTEGER NOT NULL,
    finished_at INTEGER,
    last_error TEXT
);
CREATE UNIQUE INDEX events_identity ON events (endpoint, tenant, identity) WHERE identity IS NOT NULL;
CREATE INDEX events_due ON events (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX events_set_aside ON events (state, id) WHERE state IN ('dead', 'parked');

-- What came in, written once and never changed.
CREATE TABLE contents (
    event INTEGER PRIMARY KEY,
    format INTEGER NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    headers BLOB NOT NULL,                 -- one a line, "name: value"
    body BLOB NOT NULL,
    payload BLOB,                          -- what the body says, where that is not the body itself
    coverage TEXT NOT NULL,
    key_id TEXT NOT NULL,
    sent_at INTEGER
);

-- One row for each attempt, written before the work begins.
CREATE TABLE attempts (
    event INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT,                          -- worked, failed, lost (its process died or it hung); NULL while it runs
    error TEXT,
    PRIMARY KEY (event, epoch)
) WITHOUT ROWID;

-- For people: times as text.
CREATE VIEW journal AS
SELECT id, state, endpoint, tenant, event_id, event_type, api_version,
       strftime('%Y-%m-%dT%H:%M:%fZ', received_at / 1000.0, 'unixepoch') AS received,
       strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch') AS due,
       strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1000.0, 'unixepoch') AS finished,
       attempts, last_error
FROM events;
