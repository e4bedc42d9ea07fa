//! What the tests share: signed deliveries, and ways to send them.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use actix_web::{App, Error, HttpResponse, HttpServer};
use hookporter_core::{Reason, Secret};
use hookporter_pipeline::{Endpoint, Refusal};
use hookporter_testkit::SignedRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SECRET: &str = "a secret that is long enough";

/// An endpoint that events are told apart at by their bodies.
pub(crate) fn github() -> Endpoint {
    Endpoint::github(Secret::new(SECRET)).expect("a good secret")
}

/// A good delivery for [`github`].
pub(crate) fn delivery(target: &str, body: &str) -> SignedRequest {
    hookporter_testkit::github(SECRET).event("push").target(target).body(body.to_owned()).build()
}

/// The request as actix's test kit takes it.
pub(crate) fn to_actix(request: &SignedRequest) -> TestRequest {
    let method = Method::from_bytes(request.method().as_bytes()).expect("a method");
    let mut made = TestRequest::default().method(method).uri(request.target()).set_payload(request.body().clone());
    for (name, value) in request.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        made = made.append_header((name, HeaderValue::from_str(value).expect("a value")));
    }
    made
}

/// What the sender is told: status, `Retry-After`, body, and for whom it may concern the reason.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) allow: Option<String>,
    pub(crate) body: String,
    pub(crate) reason: Option<Reason>,
}

/// Sends a request through an app in process.
pub(crate) async fn send<S, R, B>(app: &S, request: R) -> Told
where
    S: Service<R, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    // As the server does it: an error is answered with its response.
    let response = match app.call(request).await {
        Ok(response) => response.map_into_boxed_body().into_parts().1,
        Err(error) => HttpResponse::from_error(error),
    };
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
    let (retry_after, allow) = (header("retry-after"), header("allow"));
    let reason = response.extensions().get::<Refusal>().map(|refusal| refusal.rejection().kind());
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body()).await.unwrap_or_else(|_| panic!("a body"));
    Told { status, retry_after, allow, body: String::from_utf8(body.to_vec()).expect("text"), reason }
}

/// Serves an app on one worker for as long as the test lasts.
pub(crate) fn serve<F, T, B>(app: F) -> SocketAddr
where
    F: Fn() -> App<T> + Send + Clone + 'static,
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    B: MessageBody + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    // Not half closed: a sender that hangs up takes its request with it, as it does behind most proxies.
    let server = HttpServer::new(app).workers(1).disable_signals().h1_allow_half_closed(false);
    actix_web::rt::spawn(server.listen(listener).expect("a listener").run());
    address
}

/// Connects to a server of the test.
pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("an option");
    stream
}

/// Reads until `text` has arrived, and returns everything so far.
pub(crate) async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut all = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&all).contains(text) {
            assert_ne!(stream.read_buf(&mut all).await.expect("bytes"), 0, "ended before `{text}`");
        }
    };
    let in_time = tokio::time::timeout(LONG, read).await;
    assert!(in_time.is_ok(), "no `{text}` in time: {}", String::from_utf8_lossy(&all));
    String::from_utf8(all).expect("text")
}

/// Reads until the server closes the connection.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    tokio::time::timeout(LONG, stream.read_to_end(&mut all)).await.expect("closed in time").expect("bytes");
    String::from_utf8(all).expect("text")
}

/// Sends bytes and reads until the server closes the connection.
pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address).await;
    stream.write_all(bytes).await.expect("written");
    read_to_end(&mut stream).await
}

/// Longer than anything should take.
pub(crate) const LONG: Duration = Duration::from_secs(20);
