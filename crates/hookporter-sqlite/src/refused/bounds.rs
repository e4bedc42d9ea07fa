//! What is kept, bounded: the oldest go first, of whoever has the most.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::columns;
use hookporter_pipeline::operating::RefusedRequest;
use hookporter_pipeline::quarantine::Bounds;
use rusqlite::{Connection, OptionalExtension, params};

/// So many go in one step at the most: senders wait behind it. Where there are more, as after the bounds were lowered, the next
/// steps take them.
const MOST_GONE: usize = 400;
/// And so many bytes, and twice as many as came with it.
const MOST_GONE_BYTES: usize = 2 * 1024 * 1024;
/// What an endpoint has.
struct Share {
    endpoint: String,
    requests: usize,
    bytes: usize,
}

/// Keeps requests, in the caller's transaction; `sizes` are those of the bodies as they came.
pub(super) fn keep(
    connection: &Connection,
    requests: &[RefusedRequest],
    sizes: &[usize],
    bounds: Bounds,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO refused (trace, endpoint, reason, detail, arrived_at, method, target, proof, body_bytes, weight, \
         sealed_by, peer) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let mut insert = connection.prepare_cached(sql)?;
    let sql = "INSERT OR REPLACE INTO refused_contents (request, headers, body) VALUES (?1, ?2, ?3)";
    let mut contents = connection.prepare_cached(sql)?;
    for (request, size) in requests.iter().zip(sizes) {
        let number = insert.insert(params![
            request.trace.to_bits().cast_signed(),
            request.endpoint,
            request.reason.as_str(),
            request.detail,
            UnixTime::as_millis(request.arrived_at),
            request.method,
            request.target,
            request.reached_proof,
            i64::try_from(*size).unwrap_or(i64::MAX),
            i64::try_from(request.weight()).unwrap_or(i64::MAX),
            request.sealed_by,
            request.peer.map(|peer| peer.to_string()),
        ])?;
        contents.execute(params![number, columns::lines(&request.headers), &request.body[..]])?;
    }
    let came = requests.iter().fold(0_usize, |sum, request| sum.saturating_add(request.weight()));
    let bytes = MOST_GONE_BYTES.saturating_add(came.saturating_mul(2));
    for reached_proof in [false, true] {
        make_room(connection, reached_proof, bounds, bytes)?;
    }
    Ok(())
}

/// Takes the oldest away until the rest is within the bounds: of the endpoint that has the most, so that a flood to one does not
/// push out what another has. At the most so many bytes go.
fn make_room(connection: &Connection, reached_proof: bool, bounds: Bounds, most: usize) -> rusqlite::Result<()> {
    let mut shares = shares(connection, reached_proof)?;
    let mut gone = 0_usize;
    for _ in 0..MOST_GONE {
        if gone >= most {
            break;
        }
        let requests = shares.iter().fold(0_usize, |sum, share| sum.saturating_add(share.requests));
        let bytes = shares.iter().fold(0_usize, |sum, share| sum.saturating_add(share.bytes));
        let largest = if bytes > bounds.bytes {
            shares.iter_mut().max_by_key(|share| share.bytes)
        } else if requests > bounds.requests {
            shares.iter_mut().max_by_key(|share| share.requests)
        } else {
            None
        };
        let Some(share) = largest else { return Ok(()) };
        let oldest = "SELECT id, weight FROM refused WHERE proof = ?1 AND endpoint = ?2 ORDER BY id LIMIT 1";
        let oldest: Option<(i64, i64)> = connection
            .prepare_cached(oldest)?
            .query_row(params![reached_proof, share.endpoint], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, weight)) = oldest else { return Ok(()) };
        connection.prepare_cached("DELETE FROM refused WHERE id = ?1")?.execute([id])?;
        share.requests = share.requests.saturating_sub(1);
        let weight = usize::try_from(weight).unwrap_or(0);
        share.bytes = share.bytes.saturating_sub(weight);
        gone = gone.saturating_add(weight);
    }
    Ok(())
}

fn shares(connection: &Connection, reached_proof: bool) -> rusqlite::Result<Vec<Share>> {
    let sql = "SELECT endpoint, count(*), sum(weight) FROM refused WHERE proof = ?1 GROUP BY endpoint";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([reached_proof], |row| {
        let size = |column| Ok::<_, rusqlite::Error>(usize::try_from(row.get::<_, i64>(column)?).unwrap_or(0));
        Ok(Share { endpoint: row.get(0)?, requests: size(1)?, bytes: size(2)? })
    })?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bodies are not read to find what goes.
    #[test]
    fn what_goes_is_found_in_the_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        for sql in [
            "SELECT endpoint, count(*), sum(weight) FROM refused WHERE proof = 1 GROUP BY endpoint",
            "SELECT id, weight FROM refused WHERE proof = 1 AND endpoint = 'a' ORDER BY id LIMIT 1",
        ] {
            let plan: String =
                connection.query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| row.get("detail")).unwrap();
            assert!(plan.contains("COVERING INDEX refused_shares"), "{plan}");
        }
    }
}
