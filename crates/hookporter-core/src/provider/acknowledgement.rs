//! How a sender wants to be answered.

use std::fmt;
use std::time::Duration;

/// How a sender wants to be answered, and what it does when it is not.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// The statuses that the sender takes as success.
    pub success: SuccessStatus,
    /// The status that we answer with.
    pub status: u16,
    /// What the sender demands of the body of a success.
    pub body: AnswerBody,
    /// Headers of a success, names in lower case.
    pub headers: &'static [(&'static str, &'static str)],
    /// Headers of an answer that ends the sender's retries, names in lower case; sent where coming again cannot help.
    pub no_retry: &'static [(&'static str, &'static str)],
    /// How long the sender waits, where it says so.
    pub time_limit: Option<Duration>,
    /// How the sender tries again, in words.
    pub retries: &'static str,
    /// How long the sender goes on trying, where it says so; events are remembered at least as long.
    pub retry_for: Option<Duration>,
}

/// The statuses that a sender takes as success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SuccessStatus {
    /// Any from 200 to 299.
    Any2xx,
    /// One of these.
    OneOf(&'static [u16]),
}

/// What a sender demands of the body of a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerBody {
    /// Nothing: ours is empty, and a wrapped handler's goes through.
    Free,
    /// That there is none: a wrapped handler's is left out.
    Empty,
    /// This text, in place of whatever a wrapped handler answers.
    Text {
        /// Its content type.
        content_type: &'static str,
        /// The text.
        text: &'static str,
    },
}

impl SuccessStatus {
    /// Whether the sender takes `status` as success.
    #[must_use]
    pub fn takes(self, status: u16) -> bool {
        match self {
            Self::Any2xx => (200..300).contains(&status),
            Self::OneOf(statuses) => statuses.contains(&status),
        }
    }
}

impl fmt::Display for SuccessStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any2xx => f.write_str("2xx"),
            Self::OneOf(statuses) => {
                let words: Vec<String> = statuses.iter().map(u16::to_string).collect();
                f.write_str(&words.join(", "))
            }
        }
    }
}

impl Acknowledgement {
    pub(crate) const BASE: Self = Self {
        success: SuccessStatus::Any2xx,
        status: 200,
        body: AnswerBody::Free,
        headers: &[],
        no_retry: &[],
        time_limit: None,
        retries: "not documented",
        retry_for: None,
    };

    /// How long a hand-off may take: 2 s, and at most three fifths of what the sender waits.
    #[must_use]
    pub fn budget(&self) -> Duration {
        let most = Duration::from_secs(2);
        self.time_limit
            .map_or(most, |limit| limit.saturating_mul(3).checked_div(5).map_or(most, |share| most.min(share)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_seconds_leave_one_point_eight() {
        let within = |seconds| {
            Acknowledgement { time_limit: Some(Duration::from_secs(seconds)), ..Acknowledgement::BASE }.budget()
        };
        assert_eq!(within(3), Duration::from_millis(1800));
        assert_eq!(within(10), Duration::from_secs(2));
        assert_eq!(Acknowledgement::BASE.budget(), Duration::from_secs(2));
    }
}
