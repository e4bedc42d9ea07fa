//! Opening an inbox.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hookporter_pipeline::inbox::EndpointNames;
use hookporter_pipeline::inbox::store::{DepthSeen, Queue, Telling};
use redis::IntoConnectionInfo;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::connect::{self, Opener};
use crate::inbox::Shared;
use crate::settle::Keeping;
use crate::wire::Wire;
use crate::writer::Writer;
use crate::{Inbox, OpenError, Settings, depth, keys};

pub(crate) async fn open(settings: Settings, url: &str) -> Result<Inbox, OpenError> {
    if !keys::is_name(&settings.name) {
        return Err(OpenError::Name(settings.name));
    }
    let info = url.into_connection_info().map_err(OpenError::Unreachable)?;
    #[cfg(feature = "tls-rustls")]
    if matches!(info.addr(), redis::ConnectionAddr::TcpTls { .. })
        && rustls::crypto::CryptoProvider::get_default().is_none()
    {
        // The client would panic without. Of two that do it at once, one does.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let mut opener = Opener { info, prefix: keys::prefix(&settings.name), terms: settings.terms, was: None };
    let connected = opener.connect(connect::PATIENT).await?;
    let durability = connected.durability;
    opener.was = Some(durability);

    let queue = Arc::new(Queue::new(settings.waiting, settings.waiting_bytes));
    let changed = Arc::new(watch::Sender::new(()));
    let (ended, end) = watch::channel(());
    let wire = Arc::new(Wire::new(opener.clone()));
    let writer = Writer {
        queue: queue.clone(),
        opener: opener.clone(),
        times: settings.times.clone(),
        changed: changed.clone(),
        connected: Some(connected),
        tries: 0,
        checked: Instant::now(),
        telling: Telling::new(),
        _ended: ended,
    };
    tokio::spawn(writer.run());
    let depth = DepthSeen::default();
    tokio::spawn(depth::run(depth.clone(), wire.clone(), settings.times.clone(), end.clone()));
    Ok(Inbox::new(Shared {
        queue,
        changed,
        opener,
        wire,
        node: settings.node,
        keeping: Keeping::new(settings.bodies, settings.events),
        times: settings.times,
        sealing: settings.sealing,
        durability,
        names: EndpointNames::new(),
        depth,
        listens: AtomicBool::new(false),
        end,
    }))
}
