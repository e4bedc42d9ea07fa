//! Keys prepared once, and the running state of a MAC over one message.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use crate::algorithm::{Algorithm, KeyPlace, Tag};

/// A key made ready for its algorithm: a keyed MAC state, cloned per request, or a parsed public key.
#[derive(Clone)]
pub(crate) enum Material {
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha512(Box<Hmac<Sha512>>),
    Keyed(Algorithm, Zeroizing<Vec<u8>>),
    /// The hash of a static token, so that tokens of any length are compared at one length.
    StaticToken(Tag),
    #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
    Public(Box<crate::algorithm::public::PublicKey>),
}

impl Material {
    /// Prepares `key` for `algorithm`; what is wrong with it otherwise.
    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self, &'static str> {
        const UNUSABLE: &str = "cannot be used as an HMAC key";
        Ok(match algorithm {
            Algorithm::HmacSha1 => Self::HmacSha1(Hmac::new_from_slice(key).map_err(|_| UNUSABLE)?),
            Algorithm::HmacSha256 => Self::HmacSha256(Hmac::new_from_slice(key).map_err(|_| UNUSABLE)?),
            Algorithm::HmacSha512 => Self::HmacSha512(Box::new(Hmac::new_from_slice(key).map_err(|_| UNUSABLE)?)),
            Algorithm::KeyedSha1(_) | Algorithm::KeyedSha256(_) | Algorithm::KeyedSha512(_) => {
                Self::Keyed(algorithm, Zeroizing::new(key.to_vec()))
            }
            #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
            _ => Self::Public(Box::new(crate::algorithm::public::PublicKey::parse(algorithm, key)?)),
        })
    }

    /// Whether this key is for `algorithm`.
    #[cfg(feature = "jwt")]
    pub(crate) fn is_for(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::HmacSha256(_) => algorithm == Algorithm::HmacSha256,
            #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
            Self::Public(key) => key.is_for(algorithm),
            _ => false,
        }
    }

    pub(crate) fn static_token(token: &[u8]) -> Self {
        Self::StaticToken(Tag::new(&Sha256::digest(token)))
    }

    /// Gives the tag of a message in pieces to `then`, where it lies; `None` for keys that check a whole message at once.
    #[inline]
    pub(crate) fn with_tag<T>(&self, pieces: &[&[u8]], then: impl FnOnce(&[u8]) -> T) -> Option<T> {
        match self {
            Self::HmacSha256(mac) => {
                // Cloned, fed and ended in one place: its state is never moved.
                let mut mac = mac.clone();
                pieces.iter().for_each(|piece| mac.update(piece));
                Some(then(&mac.finalize().into_bytes()))
            }
            _ => self.tag(pieces).map(|tag| then(tag.as_bytes())),
        }
    }

    /// The tag of a message in pieces. In a place of its own: what nearly every request runs through stays short, and in
    /// the cache.
    #[inline(never)]
    pub(crate) fn tag(&self, pieces: &[&[u8]]) -> Option<Tag> {
        let mut state = self.start()?;
        pieces.iter().for_each(|piece| state.update(piece));
        Some(state.finish())
    }

    /// A MAC over a new message; `None` for keys that check a whole message at once.
    pub(crate) fn start(&self) -> Option<State> {
        match self {
            Self::HmacSha1(mac) => Some(State::HmacSha1(mac.clone())),
            Self::HmacSha256(mac) => Some(State::HmacSha256(mac.clone())),
            Self::HmacSha512(mac) => Some(State::HmacSha512(mac.clone())),
            Self::Keyed(algorithm, key) => Some(State::Keyed(Box::new(Keyed::start(*algorithm, key)))),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Material")
    }
}

/// A MAC that is being fed.
pub(crate) enum State {
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha512(Box<Hmac<Sha512>>),
    Keyed(Box<Keyed>),
}

impl State {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::HmacSha1(mac) => mac.update(bytes),
            Self::HmacSha256(mac) => mac.update(bytes),
            Self::HmacSha512(mac) => mac.update(bytes),
            Self::Keyed(keyed) => keyed.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Tag {
        match self {
            Self::HmacSha1(mac) => Tag::new(&mac.finalize().into_bytes()),
            Self::HmacSha256(mac) => Tag::new(&mac.finalize().into_bytes()),
            Self::HmacSha512(mac) => Tag::new(&mac.finalize().into_bytes()),
            Self::Keyed(keyed) => keyed.finish(),
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}

/// A plain hash with the key before or after the message.
pub(crate) struct Keyed {
    hash: Hash,
    after: Option<Zeroizing<Vec<u8>>>,
}

enum Hash {
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Keyed {
    fn start(algorithm: Algorithm, key: &Zeroizing<Vec<u8>>) -> Self {
        let (hash, place) = match algorithm {
            Algorithm::KeyedSha1(place) => (Hash::Sha1(Sha1::new()), place),
            Algorithm::KeyedSha512(place) => (Hash::Sha512(Sha512::new()), place),
            Algorithm::KeyedSha256(place) => (Hash::Sha256(Sha256::new()), place),
            _ => (Hash::Sha256(Sha256::new()), KeyPlace::Before),
        };
        let mut keyed = Self { hash, after: None };
        match place {
            KeyPlace::Before => keyed.update(key),
            KeyPlace::After => keyed.after = Some(key.clone()),
        }
        keyed
    }

    fn update(&mut self, bytes: &[u8]) {
        match &mut self.hash {
            Hash::Sha1(hash) => hash.update(bytes),
            Hash::Sha256(hash) => hash.update(bytes),
            Hash::Sha512(hash) => hash.update(bytes),
        }
    }

    fn finish(mut self) -> Tag {
        if let Some(key) = self.after.take() {
            self.update(&key);
        }
        match self.hash {
            Hash::Sha1(hash) => Tag::new(&hash.finalize()),
            Hash::Sha256(hash) => Tag::new(&hash.finalize()),
            Hash::Sha512(hash) => Tag::new(&hash.finalize()),
        }
    }
}
