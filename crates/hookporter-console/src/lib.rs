//! The console: what came in, what became of it, and the means to mend it, in a browser and as JSON.
//!
//! It knows a store by the traits of `hookporter_pipeline::operating`, and endpoints by their handles. It is mounted in the
//! user's own server, at any path, behind the user's own authentication.
//!
//! ```
//! # #[cfg(feature = "axum")] {
//! use axum::{Router, middleware};
//! use hookporter_console::Console;
//! use hookporter_core::Secret;
//! use hookporter_pipeline::Endpoint;
//! use hookporter_sqlite::Inbox;
//!
//! # async fn only_staff(request: axum::extract::Request, next: middleware::Next) -> axum::response::Response {
//! #     next.run(request).await
//! # }
//! # async fn app() -> Result<Router, Box<dyn std::error::Error>> {
//! let inbox = Inbox::open("hooks.db").await?;
//! let github = Endpoint::github(Secret::env("GITHUB_SECRET")?)?.inbox(&inbox);
//! // … give the endpoint to an adapter, and:
//! let console = Console::new([github]).inbox(&inbox).allow_changes();
//! let app = Router::new().nest_service("/console", console.into_router().layer(middleware::from_fn(only_staff)));
//! # Ok(app)
//! # }
//! # }
//! ```
//!
//! In actix-web it is `App::new().service(console.into_scope("/console"))`; for another framework, [`Console::answer`].
//!
//! # Who may do what
//!
//! **The console has no log-in.** Whoever reaches it sees what senders sent, bodies and all; put your own authentication in
//! front, and mount it where strangers do not come. It sees no secret and shows none: of a refused request, which may bear one,
//! it shows the names and lengths of headers and the path.
//!
//! **It is read-only** until [`Console::allow_changes`] is called: every POST is answered 403.
//!
//! **A browser that is logged in is not lent to another page.** No GET changes anything. A POST must come from a page of the
//! console, as the browser itself says it (`Sec-Fetch-Site: same-origin`, or an `Origin` that is the `Host`), and bring the
//! token of this process, which only a page that can read the console knows: in the field `token` of a form, in the header
//! `x-hookporter-token` of a program. A program sends `application/json`. Behind a balancer the token of one process is not
//! that of another: keep people on one, or load the page again.
//!
//! **What senders wrote is text.** Pages run no script, load nothing from elsewhere and are shown in no frame; bodies are
//! downloads that no browser shows.
//!
//! **Without a log-in**, as on `localhost`, say [`Console::only_hosts`]: a page elsewhere can have its own name lead to this
//! address, and is then of the same origin.
//!
//! # The API
//!
//! Behind `api/`, below the mount. Moments are RFC 3339 in UTC. A list has `limit` entries (50, at most 500) and a `next`: the
//! number to ask on with, null at the end. A parameter that is not known is an error, and so is a field. Errors have a status and
//! a body of their own: `{"status": 404, "error": "not-found", "message": "…"}`.
//!
//! | GET | what it shows | parameters |
//! |---|---|---|
//! | `api` | title, version, what there is, the `token` for changes | |
//! | `api/endpoints`, `api/endpoints/{name}` | health of all, of one | |
//! | `api/keys` | when each key last fitted, and whether it can go; which are revoked | |
//! | `api/nodes` | all nodes that share the endpoints' inbox: who is there, and how the endpoints fare on them; `null` where it is not shared | |
//! | `api/requests` | requests, the newest first | `endpoint`, `outcome` (several), `reason`, `event`, `since`, `until`, `text`, `before`, `limit` |
//! | `api/requests/{number}` | one of them | |
//! | `api/reasons` | why requests were turned away, how often | as for `api/requests`, without the last two |
//! | `api/events` | events, the newest first; with `after`, the oldest | `state`, `endpoint`, `tenant`, `type`, `since`, `until`, `numbers`, `before` or `after`, `limit` |
//! | `api/dead`, `api/parked` | the same of one state | the same |
//! | `api/events/count` | how many events these are; it looks at every one | as for `api/events`, without the last two |
//! | `api/events/{number}` | all that is known of one: labels, headers, attempts, its requests, what was edited | |
//! | `api/events/{number}/body`, `…/original` | its bytes, and what came in of one that was edited: a download | |
//! | `api/replays` | replays, the latest first | `limit` |
//! | `api/replays/{number}` | how the events of one go | `after`, `limit` |
//! | `api/quarantine` | refused requests that are kept | `endpoint`, `reason`, `numbers`, `after`, `limit` |
//! | `api/quarantine/{number}`, `…/body` | one of them, and its bytes | |
//! | `api/quarantine/{number}/judge` | whether its proof would hold by now; nothing is handed off | |
//! | `api/quarantine/{number}/diagnose` | why it does not, with the feature `diagnosis` | |
//! | `api/quarantine/reasons` | how many of each reason | `endpoint`, `reason`, `numbers` |
//! | `api/stats` | how much the store holds; it counts every event | |
//!
//! | POST | what it does | fields |
//! |---|---|---|
//! | `api/endpoints/{name}/pause`, `…/resume` | has senders told 503, or not any more: on every node that has the endpoint's inbox, where several can, else in this process; `reach` in the answer says which | |
//! | `api/endpoints/{name}/revoke-key`, `…/restore-key` | has a key count no more, or again, by its id; as far as a pause reaches | `key`, `tenant`, `deliberate` |
//! | `api/events/requeue` | has events worked again | filter, `deliberate` |
//! | `api/events/replay` | the same, to compare | filter, `reason`, `deliberate` |
//! | `api/events/release` | releases parked events | filter, `deliberate` |
//! | `api/events/give-up` | gives up on dead letters and parked events | filter, `deliberate` |
//! | `api/events/{number}/edit` | replaces the body of one that is set aside | `body`, `reason` |
//! | `api/events/{number}/restore` | puts back what came in | |
//! | `api/events/{number}/erase` | erases it, for good | `deliberate` |
//! | `api/quarantine/recheck` | judges refused requests again, and hands off what holds by now | `endpoint`, `reason`, `numbers`, `deliberate` |
//! | `api/quarantine/forget` | forgets refused requests | the same |
//!
//! A filter is made of `numbers`, `state`, `endpoint`, `tenant`, `type`, `since` and `until`. One that leaves nothing out, or
//! that has events worked again and names neither `numbers` nor a `state`, needs `"deliberate": true`. A moment may also be a
//! day, or so long ago: `90m`. Changes to many events are made a few at a time, and go on when whoever asked hangs up.

mod answer;
mod api;
mod back;
mod console;
mod deed;
mod fields;
mod guard;
mod look;
mod moment;
mod mount;
mod page;
mod request;
mod room;
mod selection;
mod token;
mod trouble;

pub use answer::Answer;
pub use console::{BodyTrouble, Console};
pub use request::Request;
