//! The whole check, as an adapter runs it.

use bytes::Bytes;
use hookporter_core::{
    Clock, Delivery, Head, HeaderVisitor, Headers, Keyring, Occurrence, PreparedKeyring, Provider, Rejection, Secret,
    SystemClock, Verifier,
};
use http::HeaderMap;

use crate::sample::{Sample, Sender};

/// A header map as the core sees it: the same lines as the tower adapter's, which keeps them to itself.
pub struct HttpHeaders<'a>(pub &'a HeaderMap);

impl Headers for HttpHeaders<'_> {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        let mut values = self.0.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Occurrence::Absent,
            (Some(value), None) => Occurrence::Once(value.as_bytes()),
            _ => Occurrence::Repeated,
        }
    }

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in self.0 {
            visitor.see(name.as_str(), value.as_bytes());
        }
    }
}

/// A verifier with its keys and its clock.
#[derive(Debug)]
pub struct Receiver {
    /// The verifier.
    pub verifier: Verifier,
    keys: PreparedKeyring,
    clock: SystemClock,
}

impl Receiver {
    /// A receiver for what `sender` sends.
    #[must_use]
    pub fn new(sender: Sender) -> Self {
        let verifier = Provider::by_id(sender.provider()).and_then(Provider::verifier).expect("a preset");
        let keys = verifier.prepare(&Keyring::from(Secret::new(sender.secret()))).expect("a right key");
        Self { verifier, keys, clock: SystemClock }
    }

    /// Checks a sample.
    ///
    /// # Errors
    /// The rejection.
    #[inline]
    pub fn check(&self, sample: &Sample) -> Result<Delivery, Rejection> {
        self.prove(&sample.headers, sample.body.clone(), |delivery| delivery)
    }

    /// Checks headers and a body: head, clock, papers, body, proof. What is proven goes to `then`, as a receiver goes on
    /// with it where it stands.
    ///
    /// # Errors
    /// The rejection.
    #[inline]
    pub fn prove<T>(&self, headers: &HeaderMap, body: Bytes, then: impl FnOnce(Delivery) -> T) -> Result<T, Rejection> {
        let headers = HttpHeaders(headers);
        let head = Head::new("POST", "/webhooks", &headers);
        let mut check = self.verifier.begin(&head, &self.keys, self.clock.now())?;
        check.push(body)?;
        match check.finish() {
            Ok(delivery) => Ok(then(delivery)),
            Err(refused) => Err(refused.into_rejection()),
        }
    }
}
