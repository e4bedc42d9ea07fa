//! A server that is reached by TLS, from a program that has installed no provider of cryptography.

use hookporter_redis::Settings;
use hookporter_testkit::free_address;
use rustls::crypto::CryptoProvider;

use crate::certificates::{Certificates, URL, keep};
use crate::server::{DURABLE, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of the test beside it"]
async fn program() {
    keep(Settings::new().connect(&std::env::var(URL).unwrap()).await).await;
}

#[test]
fn a_server_is_reached_by_tls_where_its_authority_is_trusted() {
    let Some(certificates) = Certificates::make() else { return };
    let port = free_address().unwrap().port().to_string();
    let files = [certificates.certificate(), certificates.key(), certificates.authority()];
    let [certificate, key, authority] = files.each_ref().map(|file| file.to_str().unwrap());
    let tls = ["--tls-port", &port, "--tls-cert-file", certificate, "--tls-key-file", key];
    let clients = ["--tls-ca-cert-file", authority, "--tls-auth-clients", "no"];
    let Some(server) = Server::with(&[&DURABLE[..], &tls, &clients].concat()) else { return };
    certificates.judge(&format!("rediss://{}:{port}", server.host()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_in_the_clear_leaves_the_choice_of_a_provider_to_the_program() {
    let Some(server) = Server::start() else { return };
    server.inbox("clear").await.close().await;
    assert!(CryptoProvider::get_default().is_none());
}
