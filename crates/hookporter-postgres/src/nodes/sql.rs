//! What nodes ask the server for.

use crate::statements::statements;

/// The server's present, in milliseconds: how long a node is silent goes by one clock.
macro_rules! now {
    () => {
        "(extract(epoch FROM statement_timestamp()) * 1000)::bigint"
    };
}

/// Since when, in milliseconds.
macro_rules! millis {
    () => {
        "(extract(epoch FROM since) * 1000)::bigint"
    };
}

statements! {
    /// The paused endpoints, which have no key, and the revoked keys.
    agreed: "SELECT endpoint, NULL::text, NULL::text FROM @.paused UNION ALL \
         SELECT endpoint, tenant, key_id FROM @.revoked_keys";
    /// The same, with when it was said and by whom.
    said: concat!(
        "SELECT endpoint, NULL::text, NULL::text, ", millis!(), ", node FROM @.paused UNION ALL \
         SELECT endpoint, tenant, key_id, ", millis!(), ", node FROM @.revoked_keys"
    );
    pause: "WITH said AS (INSERT INTO @.paused (endpoint, node) VALUES ($1, $2) ON CONFLICT DO NOTHING) \
         SELECT pg_notify($3, $4)";
    resume: "WITH said AS (DELETE FROM @.paused WHERE endpoint = $1) SELECT pg_notify($2, $3)";
    /// No row where there are too many.
    revoke: "WITH said AS (INSERT INTO @.revoked_keys (endpoint, tenant, key_id, node) SELECT $1, $2, $3, $4 \
             WHERE (SELECT count(*) FROM @.revoked_keys) < $5 OR EXISTS (SELECT FROM @.revoked_keys \
             WHERE endpoint = $1 AND tenant = $2 AND key_id = $3) \
             ON CONFLICT (endpoint, tenant, key_id) DO UPDATE SET key_id = excluded.key_id RETURNING key_id) \
         SELECT pg_notify($6, $7) FROM said";
    restore: "WITH said AS (DELETE FROM @.revoked_keys WHERE endpoint = $1 AND tenant = $2 AND key_id = $3) \
         SELECT pg_notify($4, $5)";
    /// Says how this node fares, and forgets those that have long been silent. Of rows that another node is just forgetting it
    /// keeps its hands off.
    report: concat!(
        "WITH said AS (INSERT INTO @.nodes (id, name, started_at, seen_at, every, report) \
             VALUES ($1, $2, ", now!(), ", ", now!(), ", $3, $4) \
             ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, report = excluded.report) \
         DELETE FROM @.nodes WHERE id IN (SELECT id FROM @.nodes WHERE id <> $1 AND seen_at < ", now!(), " - $5::bigint \
             FOR UPDATE SKIP LOCKED)"
    );
    leave: "DELETE FROM @.nodes WHERE id = $1";
    /// The last of those that were heard of.
    seen: concat!(
        "SELECT id = $1, name, started_at, seen_at, ", now!(), " - seen_at, every, report FROM @.nodes \
         WHERE id = $1 OR seen_at >= ", now!(), " - $2::bigint ORDER BY seen_at DESC LIMIT 200"
    );
}
