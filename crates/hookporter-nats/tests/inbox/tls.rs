//! A server that is reached by TLS only, from a program that has installed no provider of cryptography.

use hookporter_nats::Settings;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_testkit::inbox::sample_record;

use crate::certificates::{Certificates, KEPT, URL};
use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of the test beside it"]
async fn program() {
    match Settings::new().connect(&std::env::var(URL).unwrap()).await {
        Ok(inbox) => {
            assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
            println!("{KEPT}");
        }
        Err(error) => println!("{error}"),
    }
}

#[test]
fn a_server_is_reached_by_tls_where_its_authority_is_trusted() {
    let Some(certificates) = Certificates::make() else { return };
    let Some(server) = Server::encrypting(&certificates.certificate(), &certificates.key()) else { return };
    // It says that it wants TLS, whatever the URL says.
    certificates.judge(&server.url());
}
