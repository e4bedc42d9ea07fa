//! A server that is reached by TLS only, from a program that has installed no provider of cryptography.

use hookporter_nats::Settings;

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
