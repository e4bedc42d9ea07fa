-- Events of one lane are worked one after the other, in the order of acceptance. Only the first one that is not finished is
-- due; those behind it wait with no moment of their own.
ALTER TABLE events ADD COLUMN lane TEXT;       -- NULL: in no order
CREATE INDEX events_lane ON events (endpoint, tenant, lane, id) WHERE lane IS NOT NULL AND state IN ('waiting', 'working');

-- What differs comes first: two thirds of the comparisons are saved at every insertion.
DROP INDEX events_identity;
CREATE UNIQUE INDEX events_identity ON events (identity, tenant, endpoint) WHERE identity IS NOT NULL;

ALTER TABLE contents ADD COLUMN peer TEXT;      -- who sent it, address and port, for a replay through the whole app
ALTER TABLE contents ADD COLUMN sealed_by TEXT; -- the id of the key that headers, body and payload are encrypted with

DROP VIEW journal;
-- For people: times as text.
CREATE VIEW journal AS
SELECT id, state, endpoint, tenant, event_id, event_type, api_version, lane,
       strftime('%Y-%m-%dT%H:%M:%fZ', received_at / 1000.0, 'unixepoch') AS received,
       strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch') AS due,
       strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1000.0, 'unixepoch') AS finished,
       attempts, last_error
FROM events;
