//! How an endpoint with trusted proxies learns who is at the other end, where no `serve` of ours is around it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::post_service;
use hookporter::tower::PeerAddress;
use hookporter::{Endpoint, Proxies, Secret};
use hookporter_testkit::SignedRequest;
use tower::ServiceExt;

use crate::attacks::CANARY;
use crate::server::PATH;
use crate::trace;

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));

fn endpoint(name: &str) -> Endpoint {
    let proxies = Proxies::x_forwarded(["10.0.0.0/8"]).unwrap().hosts(["eu.hooks.test"]);
    let endpoint = Endpoint::square(Secret::new(CANARY), "https://hooks.test/hook").unwrap().named(name);
    endpoint.trusted_proxies(proxies).on("payment.made", |_| async { Ok::<(), String>(()) })
}

/// Signed for the host that the proxy names.
fn request() -> SignedRequest {
    let request = hookporter_testkit::square(CANARY).url("https://eu.hooks.test/hook").event("payment.made").build();
    request.with_target(PATH).with_header("x-forwarded-host", "eu.hooks.test")
}

/// The status for a request that a server marked so.
async fn status(name: &str, mark: impl FnOnce(&mut http::Extensions)) -> u16 {
    let service = hookporter::axum::EndpointService::new(endpoint(name)).unwrap();
    let app: axum::Router = axum::Router::new().route(PATH, post_service(service));
    let mut request = request().into_http_with(Body::from);
    mark(request.extensions_mut());
    app.oneshot(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_server_says_who_is_at_the_other_end() {
    let connected = |ip| status("peers", move |marks| _ = marks.insert(ConnectInfo(SocketAddr::new(ip, 1))));
    let stated = |ip: IpAddr| status("peers", move |marks| _ = marks.insert(PeerAddress::new(ip)));
    let stranger = IpAddr::V4(Ipv4Addr::new(11, 0, 0, 7));
    assert_eq!(connected(PROXY).await, 200);
    assert_eq!(stated(PROXY).await, 200);
    assert_eq!(connected(stranger).await, 401);
    assert_eq!(stated(stranger).await, 401);
}

#[tokio::test]
async fn a_peer_that_nobody_knows_is_no_proxy_and_the_log_says_so() {
    trace::watch();
    assert_eq!(status("peers unknown", |_| {}).await, 401);
    assert_eq!(trace::ours_with("the other end of a connection").len(), 1);
}
