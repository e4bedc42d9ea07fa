//! Reading the labels of a proven delivery.

use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use crate::algorithm::Fingerprint;
use crate::labels::scan::{self, Found};
use crate::labels::{EventKey, Identity, Label, LabelSource, Labels};
use crate::{Coverage, Delivery, Head, Occurrence, Verifier};

/// Ids are below 64 bytes everywhere; a longer one is replaced by its digest, so that no index grows with it.
const MAX_ID: usize = 255;
/// Types and versions are cut here: they become metric labels and screen text.
const MAX_TEXT: usize = 128;

impl Verifier {
    /// Reads the labels of a delivery of this verifier's: from its payload, and from the headers of the same request.
    ///
    /// Costs one pass over the payload at the most, and none where no label is in the body.
    #[must_use]
    pub fn read_labels(&self, delivery: &Delivery, head: &Head<'_>) -> Labels {
        let mut labels = self.read_head_labels(delivery, head);
        self.add_body_labels(&mut labels, delivery);
        labels
    }

    /// Reads the labels that cost no look into the body; [`Verifier::add_body_labels`] adds the others.
    #[must_use]
    pub fn read_head_labels(&self, delivery: &Delivery, head: &Head<'_>) -> Labels {
        let sources = self.labels();
        let content_type = sources.depend_on_content_type().then(|| match head.headers().occurrence("content-type") {
            Occurrence::Once(value) => value,
            _ => &[],
        });
        let of_type = |source| LabelSource::of_content_type(source, content_type.unwrap_or_default());
        let read = |source| self.read_from_head(of_type(source), delivery, head);
        Labels {
            id: read(&sources.id).map(short_id),
            kind: read(&sources.kind).map(cut),
            version: read(&sources.version).map(cut),
            ambiguous: false,
            content_type: content_type.map(Box::from),
        }
    }

    /// Adds the labels that are in the body, in one pass.
    pub fn add_body_labels(&self, labels: &mut Labels, delivery: &Delivery) {
        let sources = self.labels();
        let content_type = labels.content_type.clone().unwrap_or_default();
        let all = [&sources.id, &sources.kind, &sources.version].map(|source| source.of_content_type(&content_type));
        let mut found = [const { None }; 3];
        if all.iter().any(|source| source.is_in_json()) {
            read_json(delivery, all, &mut found, &mut labels.ambiguous);
        }
        for (slot, source) in found.iter_mut().zip(all) {
            if let LabelSource::Form(field) = source {
                *slot = read_form(field, delivery);
            }
        }
        let [id, kind, version] = found;
        labels.id = labels.id.take().or_else(|| id.map(short_id));
        labels.kind = labels.kind.take().or_else(|| kind.map(cut));
        labels.version = labels.version.take().or_else(|| version.map(cut));
    }

    /// What identifies the event of a delivery; `None` where every delivery is distinct.
    #[must_use]
    pub fn event_key(&self, delivery: &Delivery, labels: &Labels) -> Option<EventKey> {
        self.key_of(labels, || delivery.fingerprint)
    }

    /// The key of an event, with the digest that it is to hold where it holds one.
    pub(super) fn key_of(&self, labels: &Labels, digest: impl Fn() -> Fingerprint) -> Option<EventKey> {
        let id = labels.id.as_ref().map(|label| label.as_str().as_bytes());
        let (kind, digest, id) = match (self.identity(), id) {
            (Identity::SignedId, Some(id)) => (b'i', None, id),
            (Identity::SignedId, None) if labels.ambiguous => (b'd', Some(digest()), &[][..]),
            (Identity::Digest, _) => (b'd', Some(digest()), &[][..]),
            (Identity::UnsignedIdWithDigest, Some(id)) => (b'u', Some(digest()), id),
            _ => return None,
        };
        let mut key = SmallVec::new();
        key.push(kind);
        key.extend_from_slice(digest.as_ref().map_or(&[], Fingerprint::as_bytes));
        key.extend_from_slice(id);
        Some(EventKey(key))
    }

    /// What identifies an event here: what the scheme says, else what the source of its id allows.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let sources = self.labels();
        sources.identity.unwrap_or_else(|| match &sources.id {
            LabelSource::None => Identity::Distinct,
            LabelSource::SchemeId => Identity::SignedId,
            LabelSource::Json(_) | LabelSource::JsonFirst(_) | LabelSource::JsonAll(_) | LabelSource::Form(_)
                if self.covers_payload() =>
            {
                Identity::SignedId
            }
            LabelSource::Header(names) if names.iter().all(|name| self.scheme.plan.signs_header(name)) => {
                Identity::SignedId
            }
            _ => Identity::UnsignedIdWithDigest,
        })
    }

    /// Whether the body must be read to find an event's key.
    #[must_use]
    pub fn identity_needs_body(&self) -> bool {
        matches!(self.identity(), Identity::SignedId | Identity::UnsignedIdWithDigest) && self.labels().id.is_in_body()
    }

    fn read_from_head(&self, source: &LabelSource, delivery: &Delivery, head: &Head<'_>) -> Option<Label> {
        match source {
            LabelSource::Header(names) => names.iter().find_map(|name| {
                let text = header_text(head, name)?;
                Some(Label { text, signed: self.scheme.plan.signs_header(name) })
            }),
            LabelSource::Headers(names) => {
                let texts: Option<Vec<_>> = names.iter().map(|name| header_text(head, name)).collect();
                let signed = names.iter().all(|name| self.scheme.plan.signs_header(name));
                Some(Label { text: texts?.join(":"), signed })
            }
            LabelSource::SchemeId => {
                Some(Label { text: std::str::from_utf8(delivery.signed_id()?).ok()?.to_owned(), signed: true })
            }
            _ => None,
        }
    }
}

fn read_form(field: &str, delivery: &Delivery) -> Option<Label> {
    let mut values = form_urlencoded::parse(delivery.payload()).filter(|(name, _)| *name == *field);
    let (_, value) = values.next()?;
    values.next().is_none().then(|| Label { text: value.into_owned(), signed: delivery.coverage() != Coverage::Origin })
}

fn header_text(head: &Head<'_>, name: &str) -> Option<String> {
    match head.headers().occurrence(name) {
        Occurrence::Once(value) if !value.is_empty() => std::str::from_utf8(value).ok().map(str::to_owned),
        _ => None,
    }
}

/// Finds every label that is in the JSON payload, in one pass.
fn read_json(delivery: &Delivery, sources: [&LabelSource; 3], found: &mut [Option<Label>; 3], ambiguous: &mut bool) {
    let mut wanted = SmallVec::<[&[String]; 4]>::new();
    for source in sources {
        match source {
            LabelSource::Json(pointer) => wanted.push(pointer),
            LabelSource::JsonFirst(pointers) | LabelSource::JsonAll(pointers) => {
                wanted.extend(pointers.iter().map(Vec::as_slice));
            }
            _ => {}
        }
    }
    let mut values = scan::find(delivery.payload(), &wanted).into_iter();
    let signed = matches!(delivery.coverage(), Coverage::Body | Coverage::Payload);
    for (slot, source) in found.iter_mut().zip(sources) {
        let count = match source {
            LabelSource::Json(_) => 1,
            LabelSource::JsonFirst(pointers) | LabelSource::JsonAll(pointers) => pointers.len(),
            _ => 0,
        };
        if let LabelSource::JsonAll(_) = source {
            let all: SmallVec<[Found<'_>; 4]> = values.by_ref().take(count).collect();
            *ambiguous |= all.contains(&Found::Unclear);
            let texts: Option<Vec<String>> = all.iter().map(Found::text).collect();
            *slot = texts.map(|texts| Label { text: texts.join(":"), signed });
            continue;
        }
        for value in values.by_ref().take(count) {
            *ambiguous |= matches!(value, Found::Unclear);
            if slot.is_none() {
                *slot = value.text().map(|text| Label { text, signed });
            }
        }
    }
}

fn short_id(label: Label) -> Label {
    if label.text.len() <= MAX_ID {
        return label;
    }
    Label { text: format!("sha256:{}", const_hex::encode(Sha256::digest(label.text.as_bytes()))), ..label }
}

fn cut(label: Label) -> Label {
    if label.text.len() <= MAX_TEXT {
        return label;
    }
    Label { text: label.text.chars().take(MAX_TEXT).collect(), ..label }
}
