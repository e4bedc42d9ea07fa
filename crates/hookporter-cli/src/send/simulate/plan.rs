//! What is sent for each fault.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hookporter::{ConfigError, Keyring, Reason, Secret, UnixTime};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::expected::Expected;
use super::fault::Fault;
use crate::duration;
use crate::failure::Failure;
use crate::signer::Signer;
use crate::wire::{Framing, Place, Shipment};

/// The longest that a slow body takes.
pub(super) const SLOWEST: Duration = Duration::from_secs(600);
/// How long Hookporter's receivers wait for a body, unless they are told otherwise.
const DEADLINE: Duration = Duration::from_secs(10);
/// In how many pieces a slow body comes, and a chunked one.
const PIECES: usize = 8;
/// How many copies come at once.
const COPIES: usize = 4;

/// What faults are made of.
pub(super) struct Plan<'a> {
    pub(super) signer: &'a Signer<'a>,
    /// The other key of a rotation.
    pub(super) second: Option<Secret>,
    pub(super) place: &'a Place,
    /// The receiver's largest body.
    pub(super) limit: usize,
    /// How long a slow body takes.
    pub(super) slow: Duration,
}

/// What comes of a fault.
pub(super) enum Planned {
    Case(Case),
    /// Why this sender has none.
    Not(String),
}

/// What is sent, and what is to be answered.
pub(super) struct Case {
    pub(super) shipments: Vec<Shipment>,
    /// Whether they go at the same time.
    pub(super) at_once: bool,
    pub(super) expected: Expected,
    /// What else there is to know.
    pub(super) note: Option<String>,
}

impl Plan<'_> {
    /// Signs what this fault takes.
    pub(super) fn of(&self, fault: Fault, now: UnixTime) -> Result<Planned, Failure> {
        let success = Expected::Success(self.signer.provider.acknowledgement().success);
        let maker = self.signer.event(now)?;
        if let Some(name) = fault.mutation() {
            return self.forgery(fault, name, &maker);
        }
        let good = || maker.try_build().map_err(|error| self.signer.failed(error));
        let case = match fault {
            Fault::Duplicate => Case { shipments: vec![self.whole(&good()?)?; 2], ..Case::of(success) },
            Fault::Concurrent => {
                let expected = Expected::Copies(self.signer.provider.acknowledgement().success);
                Case { shipments: vec![self.whole(&good()?)?; COPIES], at_once: true, ..Case::of(expected) }
            }
            Fault::Reorder => {
                let earlier = self.signer.event(now.minus(Duration::from_secs(2)))?;
                let earlier = earlier.try_build().map_err(|error| self.signer.failed(error))?;
                Case { shipments: vec![self.whole(&good()?)?, self.whole(&earlier)?], ..Case::of(success) }
            }
            Fault::SecondKey => {
                let Some(second) = &self.second else {
                    return Ok(Planned::Not("no second --secret-env was given".to_owned()));
                };
                let maker = self.signer.event_signed_with(second, self.signer.url, now)?;
                let request = maker.try_build().map_err(|error| self.signer.failed(error))?;
                Case { shipments: vec![self.whole(&request)?], ..Case::of(success) }
            }
            Fault::Chunked => {
                let shipment = Shipment::in_pieces(self.place, &good()?, Framing::Chunked, PIECES, Duration::ZERO)?;
                Case { shipments: vec![shipment], ..Case::of(success) }
            }
            Fault::Gzip => return self.compressed(&maker, now),
            Fault::Oversize => self.oversize(&maker)?,
            Fault::Slow => self.slow(&good()?, success)?,
            _ => Case { shipments: vec![self.whole(&good()?)?], ..Case::of(success) },
        };
        Ok(Planned::Case(case))
    }

    fn whole(&self, request: &SignedRequest) -> Result<Shipment, Failure> {
        Shipment::new(self.place, request)
    }

    fn forgery(&self, fault: Fault, name: &str, maker: &RequestMaker) -> Result<Planned, Failure> {
        let all = maker.try_mutations().map_err(|error| self.signer.failed(error))?;
        let Some(forgery) = all.into_iter().find(|mutation| mutation.name == name) else {
            return Ok(Planned::Not(fault.impossible().to_owned()));
        };
        let expected = Expected::Refusal(self.signer.provider);
        Ok(Planned::Case(Case { shipments: vec![self.whole(&forgery.request)?], ..Case::of(expected) }))
    }

    /// The core says whether this sender compresses: it is asked with the test kit's keys, of which it has both halves.
    fn compressed(&self, maker: &RequestMaker, now: UnixTime) -> Result<Planned, Failure> {
        let provider = self.signer.provider;
        let keys = hookporter_testkit::keys(provider.id())?;
        let example = self.signer.event_signed_with(&Secret::weak(keys.sender), self.signer.url, now)?;
        let example = gzipped(&example).map_err(|error| self.signer.failed(error))?;
        let verifier = provider.verifier()?;
        let prepared = verifier.prepare(&Keyring::from(Secret::weak(keys.receiver)))?;
        let expected = match example.check(&verifier, &prepared, now) {
            Ok(_) => Expected::Success(provider.acknowledgement().success),
            Err(refused) if refused.kind() == Reason::UnsupportedEncoding => Expected::Encoding(provider),
            Err(_) => return Ok(Planned::Not("its proof cannot be made over a compressed body".to_owned())),
        };
        let request = gzipped(maker).map_err(|error| self.signer.failed(error))?;
        Ok(Planned::Case(Case { shipments: vec![self.whole(&request)?], ..Case::of(expected) }))
    }

    /// One byte more than the limit: signed as it should be, where such a body can be signed.
    fn oversize(&self, maker: &RequestMaker) -> Result<Case, Failure> {
        let good = maker.try_build().map_err(|error| self.signer.failed(error))?;
        let large: Bytes = {
            let mut body = good.body().to_vec();
            // Blanks are no harm to JSON; whatever else it was, it is not to be read.
            body.resize(self.limit.saturating_add(1).max(body.len()), b' ');
            body.into()
        };
        let signed = maker.clone().body(large.clone()).try_build().ok();
        let request =
            signed.filter(|request| request.body().len() > self.limit).unwrap_or_else(|| good.with_body(large));
        let note = format!("{} bytes, of which a receiver need not read one", request.body().len());
        Ok(Case { shipments: vec![self.whole(&request)?], note: Some(note), ..Case::of(Expected::Only(413)) })
    }

    fn slow(&self, good: &SignedRequest, success: Expected) -> Result<Case, Failure> {
        let shipment = Shipment::in_pieces(self.place, good, Framing::Length, PIECES, self.slow)?;
        let (expected, note) = if self.slow > DEADLINE {
            (Expected::Only(408), format!("a body over {}", duration::whole(self.slow)))
        } else {
            let over = duration::whole(self.slow);
            (
                success,
                format!(
                    "a body over {over}, which is no fault; `--slow 12s` checks that a stalled one is answered 408"
                ),
            )
        };
        Ok(Case { shipments: vec![shipment], note: Some(note), ..Case::of(expected) })
    }
}

impl Case {
    fn of(expected: Expected) -> Self {
        Self { shipments: Vec::new(), at_once: false, expected, note: None }
    }
}

/// The request with its body compressed: signed so where it can be, else under the proof of the plain one.
fn gzipped(maker: &RequestMaker) -> Result<SignedRequest, ConfigError> {
    let good = maker.try_build()?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let body = match encoder.write_all(good.body()).and_then(|()| encoder.finish()) {
        Ok(body) => Bytes::from(body),
        // It is written to memory, and nothing else can fail.
        Err(_) => Bytes::new(),
    };
    let signed = maker.clone().header("content-encoding", "gzip").body(body.clone()).try_build();
    Ok(signed.unwrap_or_else(|_| good.with_body(body).with_header("content-encoding", "gzip")))
}
