//! Which refused requests.

use clap::Args;
use hookporter::journal::Query;
use hookporter::operating::{RefusedListed, RefusedSelection};
use hookporter::{Outcome, Reason, UnixTime};

use crate::failure::Failure;
use crate::moment;
use crate::store::Store;

/// How many kept requests are read at a time.
const PAGE: usize = 500;

/// Which requests. Every part that is given must fit.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only requests to this endpoint; `receive` names it after its sender
    #[arg(long, value_name = "NAME")]
    pub(super) endpoint: Option<String>,
    /// Only requests that were turned away for this reason, such as `invalid-signature`
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub(super) reason: Option<Reason>,
    /// Only requests that came at this moment or later: `90m`, `2h`, `7d` (so long ago), `2026-11-26`, `2026-11-26T08:30:00Z`,
    /// or Unix seconds
    #[arg(long, value_name = "WHEN", value_parser = moment::parse)]
    pub(super) since: Option<UnixTime>,
}

/// Reads a reason.
pub(crate) fn reason(word: &str) -> Result<Reason, String> {
    let found = Reason::ALL.iter().copied().find(|reason| reason.as_str() == word);
    found.ok_or_else(|| {
        let words: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        format!("there are {}", words.join(", "))
    })
}

impl Filter {
    /// In the journal: what was turned away, and what was held, which is told 503 and was refused all the same.
    pub(super) fn query(&self) -> Query {
        let mut query = Query::new().rejected().outcome(Outcome::Unavailable);
        if let Some(endpoint) = &self.endpoint {
            query = query.of(endpoint);
        }
        if let Some(reason) = self.reason {
            query = query.reason(reason);
        }
        if let Some(since) = self.since {
            query = query.since(since);
        }
        query
    }

    /// Of what is kept; the moment is left to [`each_kept`].
    pub(super) fn selection(&self) -> RefusedSelection {
        selection(self.endpoint.as_deref(), self.reason)
    }
}

pub(super) fn selection(endpoint: Option<&str>, reason: Option<Reason>) -> RefusedSelection {
    let mut which = RefusedSelection::all();
    if let Some(endpoint) = endpoint {
        which = which.endpoint(endpoint);
    }
    if let Some(reason) = reason {
        which = which.reason(reason);
    }
    which
}

/// Looks at every kept request that is chosen, by number, until it is told that this is enough.
pub(super) fn each_kept(
    store: &Store,
    which: &RefusedSelection,
    after: i64,
    mut see: impl FnMut(RefusedListed) -> bool,
) -> Result<(), Failure> {
    let (refused, mut after) = (store.refused()?, after);
    loop {
        let page = store.wait(refused.select_refused(which.clone(), after, PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.number;
        for request in page {
            if !see(request) {
                return Ok(());
            }
        }
    }
}
