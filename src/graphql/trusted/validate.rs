//! A look at the manifest at the start: a document that this schema does not answer is a client that will not work.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::parse_query;
use async_graphql::{Request, Response, Value};

use super::super::cost::{Prices, Survey, check_text};
use super::super::error::ApiError;
use super::super::{builder, sdl};
use super::TrustedDocuments;
use crate::app::App;

impl TrustedDocuments {
    /// Fails when a document of the manifest could not be executed; the log says of each why.
    pub(in super::super) async fn check(&self, app: &App) -> anyhow::Result<()> {
        let schema = builder().data(app.clone()).extension(ValidateOnly).finish();
        let prices = Prices::read(&sdl());
        let mut wrong = 0;
        for (id, text) in self.texts() {
            let problem = match preliminary(text, &prices) {
                Ok(name) => {
                    let mut request = Request::new(text);
                    request.operation_name = name;
                    let errors = schema.execute(request).await.errors;
                    errors.first().map(|error| match error.locations.first() {
                        Some(place) => {
                            format!("{} (line {}, column {})", error.message, place.line, place.column)
                        }
                        None => error.message.clone(),
                    })
                }
                Err(problem) => Some(problem),
            };
            if let Some(problem) = problem {
                wrong += 1;
                tracing::error!(id, problem = problem.trim(), "a trusted document cannot be executed");
            }
        }
        anyhow::ensure!(
            wrong == 0,
            "TRUSTED_DOCUMENTS: {wrong} documents cannot be executed by this schema; the log says why of each"
        );
        Ok(())
    }
}

/// What is told before validation; the name of an operation of the document.
fn preliminary(text: &str, prices: &Prices) -> Result<Option<String>, String> {
    check_text(text).map_err(in_words)?;
    let document = parse_query(text).map_err(|error| error.to_string())?;
    Survey::of(&document, prices).map_err(in_words)?;
    let name = document.operations.iter().find_map(|(name, _)| name.map(ToString::to_string));
    Ok(name)
}

fn in_words(refused: ApiError) -> String {
    async_graphql::Error::from(refused).message
}

/// Leaves it at validation.
struct ValidateOnly;

impl ExtensionFactory for ValidateOnly {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for ValidateOnly {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::new(Value::Null)
    }
}
