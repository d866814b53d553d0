//! A manifest: the documents that a shop's own clients send, written down when those were built.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde::Deserialize;

use super::super::error::{ApiError, Code, Result};
use super::{Hash, Name};
use crate::secrets;

/// Documents by their ids, and by the hashes of their texts.
pub(super) struct Manifest {
    by_id: HashMap<String, Arc<str>>,
    by_hash: HashMap<Hash, Arc<str>>,
}

/// The forms that tools write.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Apollo(ApolloFile),
    /// graphql-codegen's `persisted-documents.json` and Relay's: the text by its hash, of whatever kind.
    ById(HashMap<String, String>),
}

/// `generate-persisted-query-manifest`
#[derive(Deserialize)]
struct ApolloFile {
    format: String,
    version: u32,
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

impl Manifest {
    /// Reads a file. Fails when it is in none of the known forms.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let named = || format!("TRUSTED_DOCUMENTS: '{}'", path.display());
        let text = fs::read_to_string(path).with_context(named)?;
        Self::read(&text).with_context(named)
    }

    fn read(text: &str) -> anyhow::Result<Self> {
        // First whether it is JSON at all: a place in the file helps more than that no form fits.
        let value: serde_json::Value = serde_json::from_str(text)?;
        let file = serde_json::from_value(value).context(
            "is neither an object of texts by their hashes (graphql-codegen, Relay) nor an apollo-persisted-query-manifest",
        )?;
        let documents = match file {
            File::ById(documents) => documents,
            File::Apollo(ApolloFile { format, version, operations }) => {
                anyhow::ensure!(
                    format == "apollo-persisted-query-manifest" && version == 1,
                    "has the format '{format}', version {version}, which is unknown"
                );
                operations.into_iter().map(|operation| (operation.id, operation.body)).collect()
            }
        };
        anyhow::ensure!(!documents.is_empty(), "holds no documents");
        let by_id: HashMap<String, Arc<str>> =
            documents.into_iter().map(|(id, text)| (id, text.into())).collect();
        let by_hash =
            by_id.values().map(|text| (secrets::sha256(text.as_bytes()), Arc::clone(text))).collect();
        Ok(Self { by_id, by_hash })
    }

    /// The texts, with their ids.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_id.iter().map(|(id, text)| (id.as_str(), text.as_ref()))
    }

    /// The text that a request means, if it is one of these.
    pub(super) fn trusted(&self, text: Option<String>, name: Option<Name>) -> Result<String> {
        if let Some(text) = text {
            return match self.by_hash.contains_key(&secrets::sha256(text.as_bytes())) {
                true => Ok(text),
                false => Err(untrusted(
                    "This shop takes the documents of its own clients only, and this is none of them.",
                )),
            };
        }
        let found = match &name {
            // A manifest may have it by another kind of hash.
            Some(Name::Hash(hash)) => self.by_hash.get(hash).or_else(|| self.by_id.get(&hex(hash))),
            Some(Name::Id(id)) => self.by_id.get(id),
            None => {
                return Err(untrusted(
                    "This shop takes the documents of its own clients only: name one by its id.",
                ));
            }
        };
        match found {
            Some(text) => Ok(text.as_ref().to_owned()),
            None => Err(untrusted(
                "This shop's clients have no document of this id: they may be of another version.",
            )),
        }
    }
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn untrusted(message: &str) -> ApiError {
    ApiError::Client(Code::DocumentNotTrusted, message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{ shop { name } }";

    fn trusted(manifest: &Manifest, text: Option<&str>, name: Option<Name>) -> Option<String> {
        manifest.trusted(text.map(str::to_owned), name).ok()
    }

    #[test]
    fn each_form_of_a_manifest_trusts_the_same() {
        let hash = secrets::sha256(TEXT.as_bytes());
        for (file, id) in [
            (format!("{{\"{}\":\"{TEXT}\"}}", hex(&hash)), hex(&hash)),
            (
                format!("{{\"5d41402abc4b2a76b9719d911017c592\":\"{TEXT}\"}}"),
                "5d41402abc4b2a76b9719d911017c592".to_owned(),
            ),
            (
                format!(
                    "{{\"format\":\"apollo-persisted-query-manifest\",\"version\":1,\"operations\":[\
                     {{\"id\":\"shop\",\"name\":\"Shop\",\"type\":\"query\",\"body\":\"{TEXT}\"}}]}}"
                ),
                "shop".to_owned(),
            ),
        ] {
            let manifest = Manifest::read(&file).unwrap();
            for (text, name) in [
                (None, Some(Name::Id(id.clone()))),
                (None, Some(Name::Hash(hash))),
                (Some(TEXT), None),
                (Some(TEXT), Some(Name::Id("another".to_owned()))),
            ] {
                assert_eq!(trusted(&manifest, text, name).as_deref(), Some(TEXT), "{file}");
            }
            assert_eq!(trusted(&manifest, Some("{ shop { currency } }"), Some(Name::Id(id))), None, "{file}");
            assert_eq!(trusted(&manifest, None, Some(Name::Id("another".to_owned()))), None);
            assert_eq!(trusted(&manifest, None, Some(Name::Hash([0; 32]))), None);
            assert_eq!(trusted(&manifest, None, None), None);
        }
    }

    #[test]
    fn what_is_no_manifest_says_why() {
        for (file, why) in [
            ("", "EOF while parsing"),
            ("{}", "holds no documents"),
            ("[]", "is neither"),
            ("{\"a\":5}", "is neither"),
            ("{\"format\":\"other\",\"version\":1,\"operations\":[]}", "is unknown"),
        ] {
            let error = format!("{:#}", Manifest::read(file).err().unwrap());
            assert!(error.contains(why), "{file}: {error}");
        }
    }
}
