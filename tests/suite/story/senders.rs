//! Every sender whose requests may be kept: refused under another key, kept, and handed off once the key is right.

use std::time::Duration;

use hookporter::axum::EndpointService;
use hookporter::operating::{QuarantineSide, RefusedSelection};
use hookporter::quarantine::Rechecked;
use hookporter::sqlite::Settings;
use hookporter::{Endpoint, FrozenClock, Inbox, Provider, Secret};
use hookporter_testkit::SignedRequest;
use tower::ServiceExt;

use crate::attacks::NOW;
use crate::replay::directory::Directory;

const TIME: hookporter::UnixTime = hookporter::UnixTime::from_secs(NOW);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_them() {
    let directory = Directory::new();
    // The clock of the requests: by another one all that is kept would be old, and go.
    let inbox = Settings::new().clock(FrozenClock(TIME)).open(directory.file()).await.unwrap();
    let (mut wrong, mut expired, mut never, mut endpoints) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for provider in Provider::all() {
        let id = provider.id();
        let keys = hookporter_testkit::keys(id).unwrap();
        let request = hookporter_testkit::provider(id, keys.sender).unwrap().at(TIME).build();
        let endpoint = |secret: Secret| {
            let endpoint = Endpoint::provider_at(id, secret, request.url())?.clock(FrozenClock(TIME)).inbox(&inbox);
            Ok::<_, hookporter::ConfigError>(endpoint)
        };
        let right = endpoint(Secret::weak(keys.receiver)).unwrap();
        if provider.verifier().unwrap().never_kept().is_some() {
            assert!(right.quarantine().is_err(), "{id}");
            never.push(id);
            continue;
        }
        let (list, deployed) = match endpoint(Secret::weak(keys.wrong)) {
            Ok(deployed) => (&mut wrong, deployed),
            // A public key: there is no other pair to sign with, so the right one is expired in place of a wrong one.
            Err(_) => (&mut expired, endpoint(Secret::weak(keys.receiver).expires_at(TIME)).unwrap()),
        };
        list.push(id);
        let status = send(deployed.quarantine().unwrap(), &request).await;
        assert!((400..500).contains(&status), "{id}: {status}");
        endpoints.push(right.quarantine().unwrap());
    }
    let listed = kept(&inbox, endpoints.len()).await;
    let missing: Vec<_> =
        endpoints.iter().map(Endpoint::name).filter(|id| !listed.iter().any(|kept| kept == id)).collect();
    assert!(missing.is_empty(), "not kept: {missing:?}");
    for right in &endpoints {
        let judged = rechecked(right).await;
        let words: Vec<_> = judged.iter().map(|one| one.outcome.as_str()).collect();
        assert_eq!(words, ["accepted"], "{}: {judged:?}", right.name());
    }
    assert!(kept(&inbox, 0).await.is_empty());
    println!("{} under a wrong key, {} under an expired one, {} never kept", wrong.len(), expired.len(), never.len());
    assert!(wrong.len() > 60 && expired.len() > 5 && never.len() > 10, "{wrong:?} {expired:?} {never:?}");
}

async fn send(endpoint: Endpoint, request: &SignedRequest) -> u16 {
    let service = EndpointService::new(endpoint).unwrap();
    service.oneshot(request.clone().into_http_with(axum::body::Body::from)).await.unwrap().status().as_u16()
}

/// The name is free once the last refusal of the endpoint that had it is examined.
async fn rechecked(endpoint: &Endpoint) -> Vec<Rechecked> {
    for _ in 0..1500 {
        match endpoint.recheck(RefusedSelection::all()).await {
            Ok(judged) => return judged,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    panic!("its name is never free");
}

/// The endpoints of what is kept, once it is so many, or after half a minute.
async fn kept(inbox: &Inbox, many: usize) -> Vec<String> {
    let mut kept = Vec::new();
    for _ in 0..1500 {
        kept = inbox.select_refused(RefusedSelection::all(), 0, 1000).await.unwrap();
        if kept.len() == many {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    kept.into_iter().map(|kept| kept.endpoint).collect()
}

#[tokio::test]
async fn senders_that_need_their_refusal_are_not_held() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut need = Vec::new();
    for provider in Provider::all() {
        let (id, keys) = (provider.id(), hookporter_testkit::keys(provider.id()).unwrap());
        let endpoint = Endpoint::provider_at(id, Secret::weak(keys.receiver), "https://hooks.test/hook").unwrap();
        let Ok(kept) = endpoint.inbox(&inbox).quarantine() else { continue };
        if let Err(error) = kept.hold_while_red() {
            assert!(error.to_string().contains("needs its refusal"), "{error}");
            need.push(id);
        }
    }
    need.sort_unstable();
    assert_eq!(need, ["discord", "xero"]);
}
