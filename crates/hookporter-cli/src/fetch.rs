//! What a server shows: one GET, bounded in time and size.

use std::time::Duration;

use bytes::Bytes;
use hookporter::UnixTime;
use http::{Request, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::wire::{Place, date};

/// How long a page may take.
const LONGEST: Duration = Duration::from_secs(10);
/// The largest page: a thousand endpoints with all of their keys are less.
const LARGEST: usize = 8 * 1024 * 1024;

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// What its server says that its clock says.
    pub(crate) date: Option<UnixTime>,
    pub(crate) body: Bytes,
}

/// Gets the page at `place`.
pub(crate) async fn get(place: &Place) -> Result<Page, Failure> {
    let failed = |error: String| Failure::system(format!("http://{}", place.address()), crate::output::escaped(&error));
    let url = format!("http://{}{}", place.authority(), place.target());
    let request = Request::get(url).header(header::ACCEPT, "application/json").body(Empty::<Bytes>::new());
    let request = request.map_err(|error| failed(error.to_string()))?;
    let client: legacy::Client<HttpConnector, Empty<Bytes>> =
        legacy::Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let whole = async {
        let response = client.request(request).await.map_err(|error| crate::send::causes(&error))?;
        let status = response.status().as_u16();
        let date = response.headers().get(header::DATE).and_then(|value| date(value.to_str().ok()?));
        let body = Limited::new(response.into_body(), LARGEST).collect().await.map_err(|error| error.to_string())?;
        Ok(Page { status, date, body: body.to_bytes() })
    };
    match timeout(LONGEST, whole).await {
        Ok(page) => page.map_err(failed),
        Err(_) => Err(failed(format!("no whole answer within {} s", LONGEST.as_secs()))),
    }
}
