//! A server that is reached by TLS only, from a program that has installed no provider of cryptography.

use hookporter_nats::Settings;
use hookporter_nats::async_nats::rustls::crypto::CryptoProvider;

use crate::certificates::{Certificates, URL, keep};
use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of the test beside it"]
async fn program() {
    keep(Settings::new().connect(&std::env::var(URL).unwrap()).await).await;
}

#[test]
fn a_server_is_reached_by_tls_where_its_authority_is_trusted() {
    let Some(certificates) = Certificates::make() else { return };
    let Some(server) = Server::encrypting(&certificates.certificate(), &certificates.key()) else { return };
    // It says that it wants TLS, whatever the URL says.
    certificates.judge(&server.url());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_in_the_clear_leaves_the_choice_of_a_provider_to_the_program() {
    let Some(server) = Server::start() else { return };
    server.inbox("clear").await.close().await;
    assert!(CryptoProvider::get_default().is_none());
}
