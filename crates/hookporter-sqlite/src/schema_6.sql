-- A request that brought a new event has a short row in the journal: what the event and its contents have is not written a second
-- time. Such a row has no provider. When they are about to change, or to go, it gets what it lacks.
CREATE TRIGGER events_told_anew BEFORE UPDATE OF provider, tenant, event_id, event_type, api_version ON events
BEGIN
    UPDATE requests SET provider = events.provider, tenant = nullif(events.tenant, ''), event_id = events.event_id,
        event_type = events.event_type, api_version = events.api_version, method = coalesce(contents.method, ''),
        key_id = contents.key_id
    FROM events LEFT JOIN contents ON contents.event = events.id
    WHERE events.id = old.id AND requests.event = old.id AND requests.provider = '';
END;
CREATE TRIGGER events_told_no_more BEFORE DELETE ON events
BEGIN
    UPDATE requests SET provider = events.provider, tenant = nullif(events.tenant, ''), event_id = events.event_id,
        event_type = events.event_type, api_version = events.api_version, method = coalesce(contents.method, ''),
        key_id = contents.key_id
    FROM events LEFT JOIN contents ON contents.event = events.id
    WHERE events.id = old.id AND requests.event = old.id AND requests.provider = '';
END;
CREATE TRIGGER contents_told_no_more BEFORE DELETE ON contents
BEGIN
    UPDATE requests SET provider = events.provider, tenant = nullif(events.tenant, ''), event_id = events.event_id,
        event_type = events.event_type, api_version = events.api_version, method = old.method, key_id = old.key_id
    FROM events WHERE events.id = old.event AND requests.event = old.event AND requests.provider = '';
END;

DROP VIEW requests_journal;
-- For people: times as text, the trace as the log shows it, and every row whole.
CREATE VIEW requests_journal AS
SELECT requests.id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS came, printf('%016x', requests.trace) AS trace,
       requests.endpoint, coalesce(requests.tenant, nullif(events.tenant, '')) AS tenant, outcome, status, reason, detail,
       cause_message AS cause, requests.event, coalesce(requests.event_id, events.event_id) AS event_id,
       coalesce(requests.event_type, events.event_type) AS event_type,
       coalesce(requests.api_version, events.api_version) AS api_version, coalesce(requests.key_id, contents.key_id) AS key_id,
       coalesce(nullif(requests.method, ''), contents.method, '') AS method, path, body_bytes, duration_us / 1000.0 AS duration_ms
FROM requests
LEFT JOIN events ON requests.provider = '' AND events.id = requests.event
LEFT JOIN contents ON requests.provider = '' AND contents.event = requests.event;
