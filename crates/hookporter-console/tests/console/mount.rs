//! Where it is mounted.

use hookporter_console::Console;

use crate::kit::{BOTH, Framework, MOUNT, send, serve, serve_axum};

async fn get(address: std::net::SocketAddr, path: &str) -> (u16, String) {
    let lines = [format!("GET {path} HTTP/1.1"), "host: console.example".to_owned()];
    let said = send(address, &lines, b"").await;
    let location = said.headers.iter().find(|(name, _)| name == "location");
    (said.status, location.map(|(_, location)| location.clone()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mount_leads_to_the_first_page_with_a_slash_and_without() {
    for framework in BOTH {
        let address = serve(framework, Console::new([])).await;
        assert_eq!(get(address, MOUNT).await, (303, "./console/overview".to_owned()), "{framework:?}");
        assert_eq!(get(address, &format!("{MOUNT}/")).await, (303, "./overview".to_owned()), "{framework:?}");
        assert_eq!(get(address, &format!("{MOUNT}/overview")).await.0, 200, "{framework:?}");
        assert_eq!(get(address, &format!("{MOUNT}/overview?")).await.0, 200, "{framework:?}");
        assert_eq!(get(address, "/ops/consoles").await.0, 404, "{framework:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axum_nests_it_in_every_way() {
    let router = || Console::new([]).into_router::<()>();
    let nested = serve_axum(axum::Router::new().nest("/a/b", router())).await;
    assert_eq!(get(nested, "/a/b").await, (303, "./b/overview".to_owned()));
    assert_eq!(get(nested, "/a/b/api").await.0, 200);
    let alone = serve_axum(router()).await;
    assert_eq!(get(alone, "/").await, (303, "./overview".to_owned()));
    assert_eq!(get(alone, "/api/endpoints").await.0, 200);
    let of_tenants = serve_axum(axum::Router::new().nest_service("/{tenant}", router())).await;
    assert_eq!(get(of_tenants, "/https:evil.example").await, (303, "./https:evil.example/overview".to_owned()));
}

/// A name may have any letters; a path has its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_decoded_alike_on_both() {
    use hookporter_core::Secret;
    use hookporter_pipeline::Endpoint;
    let scheme = || {
        hookporter_core::Scheme::hmac_sha256()
            .signed("{body}")
            .signature(hookporter_core::Header::new("x-signature").hex())
    };
    let names = ["a b/c", "100%41", "plus+minus", "grün&=?#", "..", "a\"<b>"];
    let endpoints: Vec<_> = names
        .iter()
        .map(|name| Endpoint::custom(name, scheme(), Secret::new("a long and random secret")).unwrap())
        .collect();
    for framework in BOTH {
        let address = serve(framework, Console::new(endpoints.clone())).await;
        for name in names {
            let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let lines = [format!("GET {MOUNT}/api/endpoints/{encoded} HTTP/1.1"), "host: a".to_owned()];
            let said = send(address, &lines, b"").await;
            assert_eq!((said.status, said.json()["endpoint"].as_str()), (200, Some(name)), "{framework:?}");
        }
    }
    assert_eq!(BOTH, [Framework::Axum, Framework::Actix]);
}
