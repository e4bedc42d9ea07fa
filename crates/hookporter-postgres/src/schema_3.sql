-- What came to an endpoint that has this inbox, accepted or not: one row for each request. No proof, no credential, no body.
CREATE TABLE requests (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- ascending, about in the order of the answers
    place BIGINT NOT NULL,                  -- how many accepted ones, or how many others, had come with it: each have a bound
    at BIGINT NOT NULL,                     -- ms since 1970: when it came
    trace BIGINT NOT NULL,                  -- as the log shows it, but as a number
    endpoint TEXT NOT NULL,
    outcome TEXT NOT NULL,                  -- accepted, duplicate, ignored, parked, handshake, rejected, unavailable
    status INTEGER NOT NULL,                -- what the sender was told
    event BIGINT,                           -- the number of its event; of a duplicate that of the first delivery's
    reason TEXT,                            -- why it was not accepted
    detail TEXT,                            -- the reason with its evidence
    provider TEXT NOT NULL,
    tenant TEXT,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    headers BYTEA NOT NULL,                 -- those of an allow-list, one a line, "name: value"; empty for an event that is new:
                                            -- its contents have them
    key_id TEXT,
    event_id TEXT,
    event_type TEXT,
    api_version TEXT,
    body_bytes BIGINT NOT NULL,
    body_digest TEXT,
    duration_us BIGINT NOT NULL,            -- from the head to the answer
    report_only BOOLEAN NOT NULL,
    cause TEXT,                             -- what was found out about a refused request since, as a word
    cause_proven BOOLEAN,
    cause_message TEXT
);
-- Rows come and go at the same rate once there are as many as there may be.
ALTER TABLE requests SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
CREATE INDEX requests_event ON requests (event, id) WHERE event IS NOT NULL;
-- Of what strangers can send the oldest go first, and accepted ones never for it; people look for these among many others.
CREATE INDEX requests_others ON requests (id) WHERE outcome <> 'accepted';
CREATE INDEX requests_refused ON requests (reason, id) WHERE reason IS NOT NULL;
-- What is found out about a refused request comes later, by its trace.
CREATE INDEX requests_trace ON requests (trace) WHERE reason IS NOT NULL;
-- Places are given by all nodes together. Never cached, or a node's would be old when they are given.
CREATE SEQUENCE requests_accepted_places AS BIGINT CACHE 1;
CREATE SEQUENCE requests_other_places AS BIGINT CACHE 1;

-- How many requests came that the journal has no row of, since more came than could be written down. One row at most.
CREATE TABLE requests_lost (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    count BIGINT NOT NULL
);

-- For people: times as such, and the trace as the log shows it.
CREATE VIEW requests_journal AS
SELECT id, to_timestamp(at / 1000.0) AS came, lpad(to_hex(trace), 16, '0') AS trace, endpoint, tenant, outcome, status, reason,
       detail, cause_message AS cause, event, event_id, event_type, api_version, key_id, method, path, body_bytes,
       duration_us / 1000.0 AS duration_ms
FROM requests;

-- The quarantine: refused requests, whole, until they are judged again. Only where an endpoint asks for it.
CREATE TABLE refused (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    trace BIGINT NOT NULL,
    endpoint TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    arrived_at BIGINT NOT NULL,
    judged_at BIGINT,                       -- when it was last judged again
    proof BOOLEAN NOT NULL,                 -- whether its proof was judged when it came: bounds go by that
    body_bytes BIGINT NOT NULL,             -- how long the body is
    weight BIGINT NOT NULL,                 -- the bytes that bounds count
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    headers BYTEA NOT NULL,                 -- one a line, "name: value", proofs among them
    body BYTEA NOT NULL,
    sealed_by TEXT,                         -- the id of the key that target, headers, body and peer are encrypted with
    peer TEXT
);
ALTER TABLE refused ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX refused_shares ON refused (proof, id) INCLUDE (endpoint, weight);
