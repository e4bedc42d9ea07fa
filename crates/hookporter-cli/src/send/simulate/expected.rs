//! What a receiver that does right by its sender answers.

use std::fmt;

use hookporter::Provider;
use hookporter::provider::SuccessStatus;

/// The statuses that are right.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    /// What the sender takes as success.
    Success(SuccessStatus),
    /// Of several copies at once: success for one at least, and for the others, or that they are to come again.
    Copies(SuccessStatus),
    /// A refusal of the proof.
    Refusal(&'static Provider),
    /// A refusal of the encoding; whoever inflates it first refuses the proof.
    Encoding(&'static Provider),
    /// This one.
    Only(u16),
}

/// Senders that look at the very status of a refusal, and switch an endpoint off that answers another one.
const LOOK_AT_IT: [&str; 2] = ["discord", "xero"];
/// What tells a sender that its proof does not hold. Which of them makes no difference to most.
const REFUSALS: [u16; 3] = [400, 401, 403];

/// Whether `status` refuses a proof as this sender wants it to be refused.
pub(crate) fn refuses(provider: &Provider, status: u16) -> bool {
    status == provider.refusal_status() || (is_easy(provider) && REFUSALS.contains(&status))
}

/// Whether any refusal is one to this sender.
fn is_easy(provider: &Provider) -> bool {
    provider.refusal_status() == 401 && !LOOK_AT_IT.contains(&provider.id())
}

impl Expected {
    /// Whether these answers are right.
    pub(super) fn takes(self, statuses: &[u16]) -> bool {
        match self {
            Self::Success(success) => statuses.iter().all(|status| success.takes(*status)),
            Self::Copies(success) => {
                statuses.iter().any(|status| success.takes(*status))
                    && statuses.iter().all(|status| success.takes(*status) || *status == 503)
            }
            Self::Refusal(provider) => statuses.iter().all(|status| refuses(provider, *status)),
            Self::Encoding(provider) => statuses.iter().all(|status| *status == 415 || refuses(provider, *status)),
            Self::Only(expected) => statuses.iter().all(|status| *status == expected),
        }
    }

    /// Whether a success would be right.
    pub(super) const fn is_success(self) -> bool {
        matches!(self, Self::Success(_) | Self::Copies(_))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success(success) => success.fmt(f),
            Self::Copies(success) => write!(f, "{success}, 503"),
            Self::Refusal(provider) if is_easy(provider) => f.write_str("401, 400, 403"),
            Self::Refusal(provider) => provider.refusal_status().fmt(f),
            Self::Encoding(provider) if is_easy(provider) => f.write_str("415, 401, 400, 403"),
            Self::Encoding(provider) => write!(f, "415, {}", provider.refusal_status()),
            Self::Only(status) => status.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(id: &str) -> &'static Provider {
        Provider::by_id(id).unwrap()
    }

    #[test]
    fn a_refusal_is_what_the_sender_takes_for_one() {
        assert!(Expected::Refusal(provider("stripe")).takes(&[401, 400, 403]));
        assert!(!Expected::Refusal(provider("discord")).takes(&[403]));
        assert!(Expected::Refusal(provider("gocardless")).takes(&[498]));
        for (id, status) in [("gocardless", 401), ("stripe", 200), ("stripe", 404), ("stripe", 500), ("stripe", 302)] {
            assert!(!Expected::Refusal(provider(id)).takes(&[status]), "{id} {status}");
        }
        assert_eq!(Expected::Refusal(provider("discord")).to_string(), "401");
        assert_eq!(Expected::Refusal(provider("gocardless")).to_string(), "498");
    }

    #[test]
    fn one_copy_at_least_is_accepted() {
        let copies = Expected::Copies(SuccessStatus::Any2xx);
        assert!(copies.takes(&[503, 200, 204]));
        assert!(!copies.takes(&[503, 503]) && !copies.takes(&[200, 401]) && !copies.takes(&[]));
        assert!(!Expected::Success(SuccessStatus::OneOf(&[200])).takes(&[200, 204]));
    }
}
