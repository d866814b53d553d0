//! Which document a request means, when it is named rather than sent: by a hash of its text that an earlier request sent
//! along (automatic persisted queries), or by its id in a manifest of the only documents that are taken.

mod manifest;
mod persisted;
mod validate;

use std::sync::Arc;

use async_graphql::Request;
use ring::digest::SHA256_OUTPUT_LEN;
use serde_json::{Map, Value};

use self::manifest::Manifest;
use self::persisted::PersistedDocuments;
use super::cost::Limit;
use super::error::{ApiError, Code, Result};
use super::{Asked, Operation, Schema};
use crate::app::App;
use crate::secrets;

/// The SHA-256 of a document's text.
type Hash = [u8; SHA256_OUTPUT_LEN];

/// The documents that can be named.
pub(super) struct TrustedDocuments {
    persisted: PersistedDocuments,
    /// The only ones that are taken, where there is a manifest.
    manifest: Option<Manifest>,
}

/// A document that its sender named by its hash and that is not known yet. It is kept once it has been executed: nothing
/// that is not valid, or that is too much, is ever kept.
pub(super) struct Registration {
    hash: Hash,
    text: Arc<str>,
}

impl Schema {
    /// Finds a request's document, and reads it.
    pub async fn find(&self, operation: Operation) -> Asked {
        match self.trusted.find(operation).await {
            Ok((request, registration)) => self.read(request).registering(registration),
            Err(refused) => Asked::refused(refused),
        }
    }

    /// The same for the operations of a batch, whose documents together are no longer than a single one may be.
    pub async fn find_all(&self, operations: Vec<Operation>) -> Vec<Asked> {
        let mut found = Vec::with_capacity(operations.len());
        let mut bytes = 0;
        for operation in operations {
            bytes += operation.query.as_ref().map_or(0, String::len);
            found.push(match Limit::DocumentBytes.check(bytes) {
                Ok(()) => self.find(operation).await,
                Err(refused) => Asked::refused(refused),
            });
        }
        found
    }
}

impl TrustedDocuments {
    /// The documents of the manifest that the configuration names, if any. Fails when it cannot be read.
    pub(super) fn open(app: &App) -> anyhow::Result<Self> {
        let manifest = app.config.graphql.trusted_documents.as_deref().map(Manifest::open).transpose()?;
        Ok(Self { persisted: PersistedDocuments::new(app.redis.clone()), manifest })
    }

    /// The texts of the manifest, with their ids.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.manifest.iter().flat_map(Manifest::texts)
    }

    /// Keeps a document that proved good.
    pub(super) fn keep(&self, Registration { hash, text }: Registration) {
        self.persisted.keep(hash, text);
    }

    async fn find(&self, mut operation: Operation) -> Result<(Request, Option<Registration>)> {
        let name = Name::of(&operation)?;
        let text = operation.query.take().filter(|text| !text.is_empty());
        let (text, registration) = match &self.manifest {
            Some(manifest) => (manifest.trusted(text, name)?, None),
            None => match (text, name) {
                (Some(text), Some(Name::Hash(hash))) => {
                    if secrets::sha256(text.as_bytes()) != hash {
                        return Err(bad("provided sha does not match query"));
                    }
                    let registration = Registration { hash, text: text.as_str().into() };
                    (text, (!self.persisted.has(&hash)).then_some(registration))
                }
                // Text that comes with an id of somebody's own needs no looking up.
                (Some(text), _) => (text, None),
                (None, Some(Name::Hash(hash))) => match self.persisted.find(hash).await {
                    Some(text) => (text.as_ref().to_owned(), None),
                    None => return Err(not_found()),
                },
                (None, Some(Name::Id(_))) => return Err(not_found()),
                (None, None) => {
                    return Err(bad("The request has no string 'query', nor the id of a document."));
                }
            },
        };
        operation.query = Some(text);
        Ok((operation.try_into()?, registration))
    }
}

/// How a request names its document.
enum Name {
    /// By the SHA-256 of its text.
    Hash(Hash),
    /// By an id that its author gave it.
    Id(String),
}

impl Name {
    /// By `extensions.persistedQuery`, as Apollo's clients do, or by `documentId` (GraphQL over HTTP, appendix A).
    fn of(operation: &Operation) -> Result<Option<Self>> {
        if let Some(persisted) = operation.extensions.get("persistedQuery") {
            return Self::of_extension(persisted).map(Some);
        }
        let id = operation.document_id.as_deref().filter(|id| !id.is_empty());
        Ok(id.map(|id| match hash(id.strip_prefix("sha256:").unwrap_or(id)) {
            Some(hash) => Self::Hash(hash),
            None => Self::Id(id.to_owned()),
        }))
    }

    fn of_extension(persisted: &Value) -> Result<Self> {
        let field = |name| persisted.as_object().and_then(|fields: &Map<String, Value>| fields.get(name));
        if field("version").and_then(Value::as_u64) != Some(1) {
            return Err(bad("Unsupported persisted query version"));
        }
        match field("sha256Hash").and_then(Value::as_str) {
            // Relay's and others' ids go where there is a manifest that knows them.
            Some(text) => Ok(hash(text).map_or_else(|| Self::Id(text.to_owned()), Self::Hash)),
            None => Err(bad("'extensions.persistedQuery' has no string 'sha256Hash'.")),
        }
    }
}

/// 64 digits of hexadecimal, in lower case as they are compared elsewhere too.
fn hash(text: &str) -> Option<Hash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect();
    bytes?.try_into().ok()
}

fn bad(message: &str) -> ApiError {
    ApiError::Client(Code::BadRequest, message.to_owned())
}

/// The message is one that clients look for: they send the text then.
fn not_found() -> ApiError {
    ApiError::Client(Code::PersistedQueryNotFound, "PersistedQueryNotFound".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_digits() {
        let digits = "00ff".repeat(16);
        assert_eq!(hash(&digits).map(|hash| hash[..4].to_vec()), Some(vec![0, 255, 0, 255]));
        for wrong in ["", "00", &digits[1..], &digits.to_uppercase(), &format!("{digits}00"), &"ü".repeat(32)]
        {
            assert_eq!(hash(wrong), None, "{wrong}");
        }
    }
}
