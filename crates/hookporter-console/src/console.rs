//! The console: what it is given, and the way of a request through it.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::operating::{JournalSide, Operated, OperatingSide, QuarantineSide};

use crate::answer::Answer;
use crate::deed::Deed;
use crate::fields::Fields;
use crate::guard::{self, Sent};
use crate::request::Request;
use crate::room::Room;
use crate::token::Token;
use crate::trouble::Trouble;
use crate::{api, back, page};

/// The console of a program's endpoints, for people who look after them.
///
/// See the [crate's page](crate) for what it shows, and what keeps strangers out. Clones show the same and take each other's
/// pages.
#[derive(Clone)]
#[must_use = "a console is to be mounted"]
pub struct Console {
    room: Room,
}

/// Why a body did not arrive, for an adapter to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyTrouble {
    /// It is longer than [`Console::LONGEST_BODY`].
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
    /// It broke off.
    Broken,
}

impl Console {
    /// How many bytes a body may have that an adapter reads.
    pub const LONGEST_BODY: usize = 1024 * 1024;

    /// A console of these endpoints, clones of those that adapters have. It changes nothing.
    pub fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        let room = Room {
            title: Cow::Borrowed("Hookporter"),
            endpoints: endpoints.into_iter().collect(),
            events: None,
            requests: None,
            refused: None,
            token: None,
            clock: Arc::new(SystemClock),
            hosts: None,
        };
        Self { room }
    }

    /// Shows what an inbox holds: its events and, where it keeps them, the requests that came and the refused ones. Default:
    /// endpoints only.
    pub fn inbox(self, inbox: &impl Operated) -> Self {
        let events = Some(inbox.events());
        // What was given by itself comes first, in whatever order it was given.
        let requests = self.room.requests.or_else(|| inbox.requests());
        let refused = self.room.refused.or_else(|| inbox.refused());
        Self { room: Room { events, requests, refused, ..self.room } }
    }

    /// Shows the events of a store of yours. Default: none.
    pub fn events(self, events: impl OperatingSide) -> Self {
        Self { room: Room { events: Some(Arc::new(events)), ..self.room } }
    }

    /// Shows the requests of a journal: one in memory, or of your own. Default: the inbox's, where it has one.
    pub fn journal(self, journal: impl JournalSide) -> Self {
        Self { room: Room { requests: Some(Arc::new(journal)), ..self.room } }
    }

    /// Shows the refused requests that a store of yours keeps. Default: the inbox's, where it keeps them.
    pub fn quarantine(self, quarantine: impl QuarantineSide) -> Self {
        Self { room: Room { refused: Some(Arc::new(quarantine)), ..self.room } }
    }

    /// Lets whoever reaches the console change things: have events worked again, give them up, edit and erase them, pause
    /// endpoints. Default: it is read-only, and every change is answered 403.
    ///
    /// Where the system has no randomness to give it stays read-only.
    pub fn allow_changes(self) -> Self {
        let token = Token::new();
        if token.is_none() {
            tracing::error!(target: "hookporter", "console: no randomness for a token, so it stays read-only");
        }
        Self { room: Room { token, ..self.room } }
    }

    /// Replaces what the pages are called. Default: `Hookporter`.
    pub fn title(self, title: impl Into<Cow<'static, str>>) -> Self {
        Self { room: Room { title: title.into(), ..self.room } }
    }

    /// Answers these hosts only, as browsers name them: `console.example`, `localhost:3000`. A page elsewhere can have its own
    /// name lead to this address, and read what needs no log-in here. Default: any host.
    pub fn only_hosts(self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { room: Room { hosts: Some(hosts.into_iter().map(Into::into).collect()), ..self.room } }
    }

    /// Replaces the clock. Default: the system's.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { room: Room { clock: Arc::new(clock), ..self.room } }
    }

    /// Answers a request: what an adapter of a framework calls. The body is asked for only where it is wanted, once all that
    /// the head shows is in order; it must be bounded by [`Console::LONGEST_BODY`], and in time.
    pub async fn answer(&self, request: Request, body: impl Future<Output = Result<Bytes, BodyTrouble>>) -> Answer {
        let path = request.path();
        let below = path.strip_prefix(&["api"]);
        let answered = match (guard::host(&request, self.room.hosts.as_deref()), request.method.as_str()) {
            (Err(trouble), _) => Err(trouble),
            (Ok(()), "GET" | "HEAD") => self.look(&request, below).await,
            (Ok(()), "POST") => self.change(&request, below, body).await,
            _ => Err(Trouble::method()),
        };
        answered.unwrap_or_else(|trouble| {
            let answer = match below {
                Some(_) => api::trouble(&trouble),
                None => page::trouble(&self.room, &request, &trouble),
            };
            if trouble.status == 405 {
                let deed = Deed::of(below.unwrap_or(&path));
                return answer.with("allow", if deed.is_some() { "POST" } else { "GET, HEAD" });
            }
            answer
        })
    }

    async fn look(&self, request: &Request, below: Option<&[&str]>) -> Result<Answer, Trouble> {
        let path = request.path();
        if path.is_empty() {
            return Ok(Answer::elsewhere(request.first_page(page::FIRST)));
        }
        // The page of a kept request judges it, too.
        if let (Some(["quarantine", _, "judge" | "diagnose"]), _) | (None, ["quarantine", _]) = (below, path.as_slice())
        {
            guard::costly(request)?;
        }
        let shown = match below {
            Some(below) if Deed::of(below).is_some() => return Err(Trouble::method()),
            Some(below) => api::show(&self.room, below, &request.query).await?,
            None => page::show(&self.room, request, &path).await?,
        };
        match shown {
            Some(answer) => Ok(answer),
            None if Deed::of(below.unwrap_or(&path)).is_some() => Err(Trouble::method()),
            None => Err(Trouble::absent("there is no such page")),
        }
    }

    async fn change(
        &self,
        request: &Request,
        below: Option<&[&str]>,
        body: impl Future<Output = Result<Bytes, BodyTrouble>>,
    ) -> Result<Answer, Trouble> {
        let path = request.path();
        let sent = if below.is_some() { Sent::AsJson } else { Sent::AsForm };
        let token = self.room.token.as_ref();
        // Also for a path that there is not: a read-only console takes no POST at all.
        guard::head(request, token, sent)?;
        let Some(deed) = Deed::of(below.unwrap_or(&path)) else {
            return Err(Trouble::absent("there is no such change"));
        };
        let body = body.await.map_err(|trouble| match trouble {
            BodyTrouble::TooLarge => guard::TOO_LARGE,
            BodyTrouble::TooSlow => Trouble::new(408, "too-slow", "the body did not arrive in time"),
            BodyTrouble::Broken => Trouble::request("the body broke off"),
        })?;
        if body.len() > Self::LONGEST_BODY {
            return Err(guard::TOO_LARGE);
        }
        let mut fields = match sent {
            Sent::AsJson => Fields::of_json(&body)?,
            Sent::AsForm => Fields::of_form(&body),
        };
        let back = match sent {
            Sent::AsForm => {
                guard::form(fields.text("token")?.as_deref(), token)?;
                Some(back::checked(fields.text("back")?)?)
            }
            Sent::AsJson => None,
        };
        let done = self.done(deed, fields).await?;
        Ok(match back {
            Some(back) => Answer::elsewhere(back::with(&request.base(), &back, &done)),
            None => Answer::json(200, &done.json),
        })
    }

    /// Does it in a task of its own: whoever hangs up leaves nothing half done.
    async fn done(&self, deed: Deed, fields: Fields) -> Result<crate::deed::Done, Trouble> {
        let room = self.room.clone();
        let named = format!("{deed:?}");
        let task = tokio::spawn(async move { deed.run(&room, fields).await });
        let done = task.await.unwrap_or(Err(Trouble::new(500, "failed", "it failed midway; the log says why")));
        match &done {
            Ok(done) => tracing::info!(target: "hookporter", deed = named, count = done.count, "console: changed"),
            Err(trouble) => tracing::warn!(target: "hookporter", deed = named, "console: {}", trouble.message),
        }
        done
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("endpoints", &self.room.endpoints)
            .field("changes", &self.room.token.is_some())
            .finish_non_exhaustive()
    }
}
