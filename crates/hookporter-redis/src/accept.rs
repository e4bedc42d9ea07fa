//! Taking the records of a request over: one call of a script, all or none.

use hookporter_pipeline::inbox::store::Moment;
use hookporter_pipeline::inbox::{Accepted, EventRecord, RecordLabel};
use redis::{Cmd, RedisError, Value, from_redis_value};

use crate::keys;
use crate::scripts::{Script, Scripts};

/// The call for these records.
pub(crate) fn call(scripts: &Scripts, records: &[EventRecord], now: Moment) -> Cmd {
    let mut call = scripts.call(Script::Accept, now);
    call.arg(records.len());
    for record in records {
        call.arg(keys::marker(record)).arg(keys::lane(record)).arg(if record.parked { "1" } else { "" });
        call.arg(&record.endpoint).arg(record.tenant.as_deref().unwrap_or_default());
        call.arg(text(record.event_id.as_ref())).arg(text(record.event_type.as_ref()));
        call.arg(record.received_at.as_millis()).arg(record.to_bytes());
    }
    call
}

fn text(label: Option<&RecordLabel>) -> &str {
    label.map_or("", |label| &label.text)
}

/// What the server answered for so many records.
pub(crate) fn answers(answer: Value, count: usize) -> Result<Vec<Accepted>, RedisError> {
    let answers: Vec<i64> = from_redis_value(answer.extract_error()?)?;
    let answers: Vec<_> = answers
        .into_iter()
        .map(|answer| match answer {
            1 => Accepted::New,
            2 => Accepted::Requeued,
            _ => Accepted::Duplicate,
        })
        .collect();
    if answers.len() == count {
        return Ok(answers);
    }
    Err(RedisError::from((redis::ErrorKind::UnexpectedReturnType, "the server answered for other records")))
}
