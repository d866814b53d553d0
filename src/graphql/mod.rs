//! The GraphQL schema: one tree that mirrors the domains and that nothing else imports.
//!
//! Resolvers are thin: read the arguments, call one function of the domain, wrap the answer. No query is built here.
#![expect(
    unreachable_pub,
    reason = "`pub` marks what the schema shows, which is more than Rust code can reach"
)]

mod accounts;
mod auth;
mod cart;
mod catalog;
mod context;
mod document;
mod documents;
mod error;
mod field_order;
mod inventory;
mod live;
mod loaders;
mod nesting;
mod node;
mod nulls;
mod orders;
mod relay;
mod reviews;
mod scalars;
mod shared;
mod shop;
mod stream;
mod text;
mod user_error;

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{MergedObject, SDLExportOptions};

use self::documents::Documents;
use self::error::ApiError;
pub use self::error::Code;
use self::live::Subscription;
use self::loaders::Loaders;
use self::nulls::FieldTypes;
use self::shared::SharedAnswers;
use crate::accounts::Viewer;
use crate::app::App;
use crate::config::Mode;

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    accounts::AccountQuery,
    cart::CartQuery,
    catalog::CatalogQuery,
    orders::OrderQuery,
    catalog::SuggestionQuery,
    reviews::ReviewQuery,
    shop::ShopQuery,
);

/// Everything that can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    accounts::AccountMutation,
    cart::CartMutation,
    catalog::CategoryMutation,
    catalog::ProductMutation,
    catalog::VariantMutation,
    inventory::InventoryMutation,
    orders::OrderMutation,
    reviews::ReviewMutation,
);

type GraphqlSchema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The deepest a document may nest. Generous: the deepest sample nests 9.
const MAX_DEPTH: usize = 16;

/// The schema, ready to answer.
#[derive(Clone)]
pub struct Schema {
    inner: GraphqlSchema,
    /// The same for subscriptions: each event is resolved with loaders of its own.
    live: GraphqlSchema,
    /// What may be null, for answers with failed fields.
    types: Arc<FieldTypes>,
    documents: Arc<Documents>,
    shared: Arc<SharedAnswers>,
    app: App,
}

/// The answer to a request.
#[derive(Debug)]
pub enum Answer {
    /// One without errors that others were given too, as JSON.
    Shared(Arc<[u8]>),
    /// One of its own.
    Own(Box<async_graphql::Response>),
}

/// The schema without anything to answer from: for its definition.
fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<user_error::UserError>()
}

/// The schema in the schema definition language, sorted: the contents of `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .prefer_single_line_descriptions()
        .use_space_ident()
        .indent_width(2);
    builder().finish().sdl_with_options(options)
}

impl Schema {
    /// The schema over what the process owns. In production it suggests no names for misspelt ones.
    #[must_use]
    pub fn new(app: App) -> Self {
        let builder = || {
            let builder = builder().data(app.clone()).limit_depth(MAX_DEPTH);
            match app.config.mode {
                Mode::Development => builder,
                Mode::Production => builder.disable_suggestions(),
            }
        };
        Self {
            inner: builder().finish(),
            live: builder().extension(stream::FreshLoaders).finish(),
            types: Arc::new(FieldTypes::read(&sdl())),
            documents: Arc::default(),
            shared: Arc::new(SharedAnswers::new(app.config.catalog_max_age)),
            app,
        }
    }

    /// Answers one request, perhaps as it was answered a moment ago.
    pub async fn answer(
        &self,
        mut request: async_graphql::Request,
        viewer: Viewer,
        request_id: &str,
    ) -> Answer {
        let document = match self.documents.prepare(&mut request) {
            Ok(document) => document,
            Err(refused) => return Answer::Own(Box::new(refusal(refused, request_id))),
        };
        let question = match viewer {
            Viewer::Guest => self.shared.question(&mut request),
            Viewer::User(_) => None,
        };
        let work = self.run(request, document, viewer, request_id);
        match question {
            Some(question) => match self.shared.answer(&question, work).await {
                Ok(json) => Answer::Shared(json),
                Err(response) => Answer::Own(Box::new(response)),
            },
            None => Answer::Own(Box::new(work.await)),
        }
    }

    /// Answers one request.
    pub async fn execute(
        &self,
        mut request: async_graphql::Request,
        viewer: Viewer,
        request_id: &str,
    ) -> async_graphql::Response {
        match self.documents.prepare(&mut request) {
            Ok(document) => self.run(request, document, viewer, request_id).await,
            Err(refused) => refusal(refused, request_id),
        }
    }

    /// What kind of operation a request asks for; none when it cannot be told, which executing it will explain.
    pub fn operation_type(&self, request: &mut async_graphql::Request) -> Option<OperationType> {
        self.documents.prepare(request).ok()?;
        stream::operation(request).map(|operation| operation.ty)
    }

    async fn run(
        &self,
        mut request: async_graphql::Request,
        document: Option<Arc<ExecutableDocument>>,
        viewer: Viewer,
        request_id: &str,
    ) -> async_graphql::Response {
        let operation = stream::operation(&mut request);
        let writes = operation.is_some_and(|operation| operation.ty == OperationType::Mutation);
        let _changing = stream::operation(&mut request).and_then(|operation| self.shared.changing(operation));
        let operation_name = request.operation_name.clone();
        let refused = match self.refuse_introspection(&mut request) {
            None if !writes => text::refuse_nul(&mut request),
            refused => refused,
        };
        let mut response = match refused {
            Some(refused) => error::failed(refused),
            None => {
                let request = request.data(viewer).data(Loaders::new(&self.app));
                // Without tokio's budget of steps: it would put some of a wide page's siblings off to the next turn, and
                // so split their batch in two.
                tokio::task::unconstrained(self.inner.execute(request)).await
            }
        };
        if let Some(document) = document {
            self.types.complete(&mut response, &document, operation_name.as_deref());
            field_order::restore(&mut response.data, &document, operation_name.as_deref());
        }
        if writes {
            // Whatever was committed has its events in the outbox.
            self.app.relay.wake();
        }
        for error in &mut response.errors {
            error::finish(error, request_id);
        }
        response
    }

    /// In production the schema does not describe itself: clients have `schema.graphql`.
    fn refuse_introspection(&self, request: &mut async_graphql::Request) -> Option<ApiError> {
        let refused = self.app.config.mode == Mode::Production
            && request.parsed_query().is_ok_and(document::introspects);
        refused.then(|| {
            let message = "Introspection is off: work from the shop's schema.graphql.";
            ApiError::Client(Code::Forbidden, message.to_owned())
        })
    }
}

/// The answer to a request that is refused as a whole.
fn refusal(refused: ApiError, request_id: &str) -> async_graphql::Response {
    let mut response = error::failed(refused);
    for error in &mut response.errors {
        error::finish(error, request_id);
    }
    response
}
