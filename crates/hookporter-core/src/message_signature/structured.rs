//! Structured fields (RFC 9651), as far as signatures and digests need them.
//!
//! Senders write them by the serialization that the standard prescribes, which has one spelling; what is spelled
//! otherwise is refused. So the text of an input can be signed as it stands in the header, and no two parsers can read
//! it in two ways. A crate for structured fields would bring procedural macros and a second base64 for this.

use crate::scheme::digits::number;
use crate::scheme::encoding::{Encoding, MAX_TEXT, SignatureBytes};

/// What is wrong with a field.
pub(super) type Flaw = &'static str;

/// The most members of a dictionary; a sender that rotates its keys sends two.
pub(super) const MAX_MEMBERS: usize = 16;

/// The value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare<'a> {
    Text(&'a str),
    Integer(i64),
    /// A token, a boolean, bytes or a decimal: nothing that signatures use.
    Other,
}

/// Reads a field from its front.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, character: char) -> bool {
        let rest = self.rest.strip_prefix(character);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// What `read` takes, as it stands.
    pub(super) fn text_of<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Flaw>) -> Result<(&'a str, T), Flaw> {
        let before = self.rest;
        let value = read(self)?;
        let length = before.len().saturating_sub(self.rest.len());
        Ok((before.get(..length).unwrap_or_default(), value))
    }

    pub(super) fn key(&mut self) -> Result<&'a str, Flaw> {
        let is_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte);
        let key = self.take_while(is_key);
        match key.as_bytes().first() {
            Some(b'a'..=b'z' | b'*') => Ok(key),
            _ => Err("has a key that is none"),
        }
    }

    /// The text between quotes. Nothing that signatures name needs an escape, so that none is taken.
    pub(super) fn string(&mut self) -> Result<&'a str, Flaw> {
        let text = self.take('"').then(|| self.take_while(|byte| matches!(byte, 0x20..=0x7e) && byte != b'"'));
        let text = text.filter(|text| !text.contains('\\') && self.take('"'));
        text.ok_or("has a string that is none, or has an escape in it")
    }

    pub(super) fn bytes(&mut self) -> Result<SignatureBytes, Flaw> {
        const FLAW: Flaw = "has bytes that are not canonical base64 between colons";
        let text = self.take(':').then(|| self.take_while(|byte| byte.is_ascii_graphic() && byte != b':'));
        let text = text.filter(|_| self.take(':')).ok_or(FLAW)?;
        Encoding::Base64.decode(text.as_bytes()).filter(|bytes| !bytes.is_empty()).ok_or(FLAW)
    }

    /// What follows `;`: a key and its value, which is true where none is written.
    pub(super) fn parameter(&mut self) -> Result<Option<(&'a str, Bare<'a>)>, Flaw> {
        if !self.take(';') {
            return Ok(None);
        }
        let key = self.key()?;
        let value = if self.take('=') { self.bare()? } else { Bare::Other };
        Ok(Some((key, value)))
    }

    fn bare(&mut self) -> Result<Bare<'a>, Flaw> {
        match self.rest.as_bytes().first() {
            Some(b'"') => self.string().map(Bare::Text),
            Some(b':') => self.bytes().map(|_| Bare::Other),
            Some(b'0'..=b'9') => {
                let digits = self.take_while(|byte| byte.is_ascii_digit() || byte == b'.');
                let canonical = digits.len() <= 15 && (digits == "0" || !digits.starts_with('0'));
                let integer = number(digits.as_bytes()).filter(|_| canonical);
                Ok(integer.map_or(Bare::Other, Bare::Integer))
            }
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'*' | b'?' | b'-' | b'@') => {
                self.take_while(|byte| byte.is_ascii_graphic() && !b"\"(),;<=>[\\]{}".contains(&byte));
                Ok(Bare::Other)
            }
            _ => Err("has a value that is none"),
        }
    }

    fn take_while(&mut self, mut wanted: impl FnMut(u8) -> bool) -> &'a str {
        let end = self.rest.bytes().position(|byte| !wanted(byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

/// The members of a dictionary, each read by `read`; a key stands once.
pub(super) fn dictionary<'a, T>(
    value: &'a [u8],
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, Flaw>,
) -> Result<Vec<(&'a str, T)>, Flaw> {
    if value.len() > MAX_TEXT {
        return Err("is too long");
    }
    let text =
        std::str::from_utf8(value).ok().filter(|text| text.is_ascii()).ok_or("has characters that are not ASCII")?;
    let blank = [' ', '\t'];
    let mut reader = Reader::new(text.trim_matches(blank));
    let mut members: Vec<(&str, T)> = Vec::new();
    loop {
        if members.len() == MAX_MEMBERS {
            return Err("has more members than any sender has keys");
        }
        let key = reader.key()?;
        if members.iter().any(|(known, _)| *known == key) {
            return Err("has a member twice");
        }
        if !reader.take('=') {
            return Err("has a member without a value");
        }
        members.push((key, read(&mut reader)?));
        reader.rest = reader.rest.trim_start_matches(blank);
        if reader.is_empty() {
            return Ok(members);
        }
        if !reader.take(',') {
            return Err("has something between two members");
        }
        reader.rest = reader.rest.trim_start_matches(blank);
    }
}
