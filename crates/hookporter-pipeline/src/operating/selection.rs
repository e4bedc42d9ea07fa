//! Which events: a filter, for people.

use hookporter_core::UnixTime;

use crate::operating::State;

/// Chooses events; every part that is set must fit.
///
/// ```
/// use hookporter_pipeline::operating::{Selection, State};
///
/// let dead = Selection::all().endpoint("stripe").event_type("invoice.paid").state(State::Dead);
/// let two = Selection::all().numbers([7, 12]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Selection {
    /// Their numbers.
    pub numbers: Option<Vec<i64>>,
    /// Their endpoint's name.
    pub endpoint: Option<String>,
    /// Their tenant.
    pub tenant: Option<String>,
    /// Their type, letter for letter.
    pub event_type: Option<String>,
    /// Their state.
    pub state: Option<State>,
    /// They came in at this moment or later.
    pub since: Option<UnixTime>,
    /// They came in before this moment.
    pub until: Option<UnixTime>,
}

impl Selection {
    /// Every event, until a part is set.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only events of these numbers.
    pub fn numbers(self, numbers: impl IntoIterator<Item = i64>) -> Self {
        Self { numbers: Some(numbers.into_iter().collect()), ..self }
    }

    /// Only events of the endpoint of this name.
    pub fn endpoint(self, name: &str) -> Self {
        Self { endpoint: Some(name.to_owned()), ..self }
    }

    /// Only events of this tenant.
    pub fn tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.to_owned()), ..self }
    }

    /// Only events of this type, letter for letter.
    pub fn event_type(self, kind: &str) -> Self {
        Self { event_type: Some(kind.to_owned()), ..self }
    }

    /// Only events in this state.
    pub fn state(self, state: State) -> Self {
        Self { state: Some(state), ..self }
    }

    /// Only events that came in at this moment or later.
    pub fn since(self, moment: UnixTime) -> Self {
        Self { since: Some(moment), ..self }
    }

    /// Only events that came in before this moment.
    pub fn until(self, moment: UnixTime) -> Self {
        Self { until: Some(moment), ..self }
    }
}
