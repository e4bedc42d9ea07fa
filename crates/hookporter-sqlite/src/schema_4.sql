ALTER TABLE contents ADD COLUMN trace INTEGER;  -- what the log calls the request that brought it, as a number; NULL: not known

-- The journal: one row for each request of an endpoint that has this inbox, accepted or not. No proof, no credential, no body.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,                 -- ascending in the order of the answers
    place INTEGER NOT NULL,                 -- how many accepted ones, or how many others, had come with it: each have a bound
    at INTEGER NOT NULL,                    -- ms since 1970: when it came
    trace INTEGER NOT NULL,                 -- as the log shows it, but as a number
    endpoint TEXT NOT NULL,
    outcome TEXT NOT NULL,                  -- accepted, duplicate, ignored, parked, handshake, rejected, unavailable
    status INTEGER NOT NULL,                -- what the sender was told
    event INTEGER,                          -- the number of its event; of a duplicate that of the first delivery's
    reason TEXT,                            -- why it was not accepted
    detail TEXT,                            -- the reason with its evidence
    provider TEXT NOT NULL,
    tenant TEXT,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    headers TEXT NOT NULL,                  -- those of an allow-list, one a line, "name: value"; empty for an event that is new:
                                            -- its contents have them
    key_id TEXT,
    event_id TEXT,
    event_type TEXT,
    api_version TEXT,
    body_bytes INTEGER NOT NULL,
    body_digest TEXT,
    duration_us INTEGER NOT NULL,           -- from the head to the answer
    report_only INTEGER NOT NULL,
    cause TEXT,                             -- what was found out about a refused request since, as a word
    cause_proven INTEGER,
    cause_message TEXT
);
CREATE INDEX requests_event ON requests (event) WHERE event IS NOT NULL;
-- Of what strangers can send the oldest go first, and accepted ones never for it; people look for these among many others.
CREATE INDEX requests_others ON requests (id) WHERE outcome <> 'accepted';
CREATE INDEX requests_refused ON requests (reason, id) WHERE reason IS NOT NULL;
CREATE INDEX requests_counted ON requests (endpoint, reason, outcome, at) WHERE reason IS NOT NULL;
-- What is found out about a refused request comes later, by its trace.
CREATE INDEX requests_trace ON requests (trace) WHERE reason IS NOT NULL;

-- How many requests came that the journal has no row of, since more came than could be written down. One row at most.
CREATE TABLE requests_lost (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL
);

-- For people: times as text, and the trace as the log shows it.
CREATE VIEW requests_journal AS
SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS came, printf('%016x', trace) AS trace, endpoint, tenant,
       outcome, status, reason, detail, cause_message AS cause, event, event_id, event_type, api_version, key_id, method, path,
       body_bytes, duration_us / 1000.0 AS duration_ms
FROM requests;

-- The quarantine: refused requests, whole, until they are judged again. Only where an endpoint asks for it.
CREATE TABLE refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trace INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    arrived_at INTEGER NOT NULL,
    judged_at INTEGER,                      -- when it was last judged again
    proof INTEGER NOT NULL,                 -- whether its proof was judged when it came: bounds go by that
    body_bytes INTEGER NOT NULL,            -- how long the body is
    weight INTEGER NOT NULL,                -- the bytes that bounds count
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    sealed_by TEXT,                         -- the id of the key that target, headers, body and peer are encrypted with
    peer TEXT
);
CREATE INDEX refused_shares ON refused (proof, endpoint, id, weight);
-- By themselves: a verdict is a few bytes, and is not to write a body anew.
CREATE TABLE refused_contents (
    request INTEGER PRIMARY KEY,
    headers BLOB NOT NULL,                  -- one a line, "name: value", proofs among them
    body BLOB NOT NULL
);
CREATE TRIGGER refused_gone AFTER DELETE ON refused
BEGIN
    DELETE FROM refused_contents WHERE request = old.id;
END;
