//! What every page is made with.

use hookporter_core::UnixTime;
use hookporter_pipeline::health::{Health, Light};
use maud::{Markup, html};

use crate::page::link::Link;

/// What every page is made with.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// What the console is called.
    pub(crate) title: String,
    /// What leads from here to the mount.
    pub(crate) base: String,
    /// This page, to come back to.
    pub(crate) here: Link,
    pub(crate) now: UnixTime,
    /// What changes must bring; `None`: there are none.
    pub(crate) token: Option<String>,
    pub(crate) given: Given,
    /// How many endpoints are red, and how many amber.
    pub(crate) lights: (usize, usize),
    /// The names of the endpoints, for filters.
    pub(crate) names: Vec<String>,
    pub(crate) notice: Option<Notice>,
}

/// What the console was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) events: bool,
    pub(crate) requests: bool,
    pub(crate) refused: bool,
    /// Whether refused requests can be judged again here.
    pub(crate) recheck: bool,
}

/// What was just done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) word: String,
    pub(crate) count: Option<i64>,
}

impl View {
    /// The address of a page below the mount.
    pub(crate) fn href(&self, link: &Link) -> String {
        // A way to the mount itself must not be empty: an empty address is this page.
        let base = if self.base.is_empty() { "./" } else { &*self.base };
        format!("{base}{}", link.below())
    }

    /// The address of a page without a query.
    pub(crate) fn at(&self, path: &str) -> String {
        self.href(&Link::to(path))
    }

    pub(crate) const fn may_change(&self) -> bool {
        self.token.is_some()
    }

    /// The fields that the form of every change has.
    pub(crate) fn hidden(&self, back: &Link) -> Markup {
        html! {
            @if let Some(token) = &self.token { input type="hidden" name="token" value=(token); }
            input type="hidden" name="back" value=(back.below());
        }
    }
}

/// How many endpoints are red, and how many amber.
pub(crate) fn lights(endpoints: &[Health]) -> (usize, usize) {
    let count = |light| endpoints.iter().filter(|health| health.light == light).count();
    (count(Light::Red), count(Light::Amber))
}
