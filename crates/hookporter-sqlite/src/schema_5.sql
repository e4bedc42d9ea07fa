-- Numbers are given by the inbox itself: SQLite's own bookkeeping of them cost one more write for each event. The next one is
-- above every event's, and above this, which is the highest of those that are gone: none is given twice.
CREATE TABLE numbered (last INTEGER NOT NULL);
INSERT INTO numbered SELECT max(seq, (SELECT coalesce(max(id), 0) FROM events)) FROM sqlite_sequence WHERE name = 'events';

-- Triggers of users on it go with the old table; whatever points at it stays.
DROP VIEW journal;
ALTER TABLE events RENAME TO numbered_by_sqlite;
-- One row for each event: narrow, because it is written at every step of the event's life.
CREATE TABLE events (
    -- Ascending in the order of acceptance, and never given twice: leases and users go by it.
    id INTEGER PRIMARY KEY,
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
    last_error TEXT,
    lane TEXT                              -- of one lane only the first that is not finished is due; NULL: in no order
);
INSERT INTO events SELECT id, state, endpoint, tenant, identity, due_at, epoch, attempts, provider, event_id, event_type,
    api_version, signed, received_at, finished_at, last_error, lane FROM numbered_by_sqlite;
-- Its indexes go with it.
DROP TABLE numbered_by_sqlite;
CREATE TRIGGER events_gone AFTER DELETE ON events WHEN old.id > (SELECT max(last) FROM numbered)
BEGIN
    UPDATE numbered SET last = old.id;
END;
CREATE UNIQUE INDEX events_identity ON events (identity, tenant, endpoint) WHERE identity IS NOT NULL;
CREATE INDEX events_due ON events (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX events_set_aside ON events (state, id) WHERE state IN ('dead', 'parked');
CREATE INDEX events_lane ON events (endpoint, tenant, lane, id) WHERE lane IS NOT NULL AND state IN ('waiting', 'working');

-- For people: times as text.
CREATE VIEW journal AS
SELECT id, state, endpoint, tenant, event_id, event_type, api_version, lane,
       strftime('%Y-%m-%dT%H:%M:%fZ', received_at / 1000.0, 'unixepoch') AS received,
       strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch') AS due,
       strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1000.0, 'unixepoch') AS finished,
       attempts, last_error
FROM events;
