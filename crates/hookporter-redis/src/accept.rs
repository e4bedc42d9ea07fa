//! Taking the records of requests over: one call of a script for many, all or none of each request.

use hookporter_pipeline::inbox::Accepted;
use hookporter_pipeline::inbox::store::{Job, Moment};
use redis::{Cmd, ErrorKind, RedisError, RedisResult, Value, from_redis_value};

use crate::keys;
use crate::scripts::{Script, Scripts};

/// How many records one call has, unless those of a single request are more: nobody else is served while it runs, and what it can
/// be told is bounded.
const MOST_RECORDS: usize = 1000;

/// The jobs of each call: as many as go in one. The server syncs behind a call, however many it has.
pub(crate) fn calls(mut jobs: &[Job]) -> Vec<&[Job]> {
    let mut calls = Vec::new();
    while !jobs.is_empty() {
        let mut records = 0_usize;
        let fits = jobs.iter().take_while(|job| {
            records = records.saturating_add(job.records.len());
            records <= MOST_RECORDS
        });
        let (call, rest) = jobs.split_at(fits.count().max(1));
        calls.push(call);
        jobs = rest;
    }
    calls
}

/// The call for these jobs.
pub(crate) fn call(scripts: &Scripts, jobs: &[Job], now: Moment) -> Cmd {
    let mut call = scripts.call(Script::Accept, now);
    call.arg(jobs.iter().fold(0, |records: usize, job| records.saturating_add(job.records.len())));
    for job in jobs {
        call.arg(job.records.len());
        for record in &job.records {
            call.arg(keys::marker(record)).arg(keys::lane(record)).arg(if record.parked { "1" } else { "" });
            call.arg(record.to_bytes());
        }
    }
    call
}

/// What the server answered to a call, for each of its jobs.
pub(crate) fn answers(answer: Value, jobs: &[Job]) -> Vec<RedisResult<Vec<Accepted>>> {
    let refusal = match answer {
        Value::Array(answers) if answers.len() == jobs.len() => {
            return answers.into_iter().zip(jobs).map(|(answer, job)| answer_of(answer, job.records.len())).collect();
        }
        Value::ServerError(error) => error.into(),
        _ => foreign(),
    };
    jobs.iter().map(|_| Err(refusal.clone())).collect()
}

/// What the server answered for so many records.
fn answer_of(answer: Value, count: usize) -> RedisResult<Vec<Accepted>> {
    let answers: Vec<i64> = from_redis_value(answer.extract_error()?)?;
    if answers.len() != count {
        return Err(foreign());
    }
    let accepted = |answer| match answer {
        1 => Accepted::New,
        2 => Accepted::Requeued,
        _ => Accepted::Duplicate,
    };
    Ok(answers.into_iter().map(accepted).collect())
}

fn foreign() -> RedisError {
    RedisError::from((ErrorKind::UnexpectedReturnType, "the server answered for other records"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hookporter_core::UnixTime;
    use hookporter_pipeline::inbox::EventRecord;
    use redis::parse_redis_value;
    use tokio::sync::oneshot;

    use super::*;

    fn job(records: usize) -> Job {
        let record = EventRecord::new("acme", Bytes::new(), UnixTime::from_millis(0));
        Job { records: vec![record; records], weight: 0, reply: oneshot::channel().0 }
    }

    #[test]
    fn a_call_has_no_more_records_than_it_may_and_each_job_has_its_turn_whole() {
        let jobs = [600, 400, 1, 2000, 1000, 3].map(job);
        let calls: Vec<Vec<_>> =
            calls(&jobs).into_iter().map(|call| call.iter().map(|job| job.records.len()).collect()).collect();
        assert_eq!(calls, [vec![600, 400], vec![1], vec![2000], vec![1000], vec![3]]);
    }

    #[test]
    fn an_error_is_that_of_the_job_it_stands_for_and_answers_for_others_are_none() {
        let jobs = [job(2), job(1)];
        let answered = |text: &str| answers(parse_redis_value(text.as_bytes()).unwrap(), &jobs);
        let given = answered("*2\r\n*2\r\n:1\r\n:0\r\n-WRONGTYPE no\r\n");
        assert_eq!(given[0].as_ref().unwrap(), &[Accepted::New, Accepted::Duplicate]);
        assert!(given[1].is_err());
        for nothing in ["-OOM no\r\n", "*1\r\n*2\r\n:1\r\n:1\r\n", "+OK\r\n"] {
            let given = answered(nothing);
            assert!(given.len() == 2 && given.iter().all(Result::is_err), "{nothing}");
        }
        assert!(answered("*2\r\n*1\r\n:1\r\n*1\r\n:1\r\n")[0].is_err(), "one is missing");
    }
}
