-- What holds on every node. Rows may be written by hand: nodes look twice a second.

-- Endpoints that take no requests.
CREATE TABLE paused (
    endpoint TEXT PRIMARY KEY,
    since TIMESTAMPTZ NOT NULL DEFAULT now(),
    node TEXT                              -- where it was said
);

-- Keys that count no more, by their ids. Never a key.
CREATE TABLE revoked_keys (
    endpoint TEXT NOT NULL,
    tenant TEXT NOT NULL DEFAULT '',       -- its name, or "sha256:" and the digest of it; empty: whichever tenant's it is
    key_id TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL DEFAULT now(),
    node TEXT,
    PRIMARY KEY (endpoint, tenant, key_id)
);

-- What each node says of itself, every few seconds.
CREATE TABLE nodes (
    id BIGINT PRIMARY KEY,                 -- drawn by the process: a name may be used again
    name TEXT NOT NULL,
    started_at BIGINT NOT NULL,            -- ms since 1970, by the server's clock
    seen_at BIGINT NOT NULL,
    every BIGINT NOT NULL,                 -- how often it says something, in ms
    report TEXT NOT NULL                   -- how its endpoints fare, as JSON
);
ALTER TABLE nodes SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
