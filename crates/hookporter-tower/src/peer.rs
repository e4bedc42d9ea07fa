//! The other end of a connection, for a server that is not axum's.

use std::net::{IpAddr, SocketAddr};

/// The address of the other end of the connection: an extension of the request that a server of your own inserts, so
/// that an endpoint can tell its [trusted proxies](hookporter_pipeline::Endpoint::trusted_proxies).
///
/// axum's `ConnectInfo<SocketAddr>` serves as well, and [`serve`](crate::serve) inserts it.
///
/// ```
/// use std::net::Ipv4Addr;
/// use hookporter_tower::PeerAddress;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(PeerAddress::new(Ipv4Addr::LOCALHOST));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddress(IpAddr);

impl PeerAddress {
    /// The other end has this address.
    pub fn new(address: impl Into<IpAddr>) -> Self {
        Self(address.into())
    }

    /// With no port: it was not told.
    pub(crate) const fn socket(self) -> SocketAddr {
        SocketAddr::new(self.0, 0)
    }
}
