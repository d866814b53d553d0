//! The GraphQL schema: one tree that mirrors the domains and that nothing else imports.
//!
//! Resolvers are thin: read the arguments, call one function of the domain, wrap the answer. No query is built here.
#![expect(
    unreachable_pub,
    reason = "`pub` marks what the schema shows, which is more than Rust code can reach"
)]

mod accounts;
mod address;
mod auth;
mod cart;
mod catalog;
mod charge;
mod context;
mod cost;
mod document;
mod documents;
mod error;
mod execute;
mod field_order;
mod fulfilment;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod inventory;
mod jobs;
mod keyed;
mod live;
mod loaders;
mod node;
mod nulls;
mod operation;
mod orders;
mod payments;
mod presence;
mod pricing;
mod relay;
mod reviews;
mod room;
mod scalars;
mod sent;
mod shared;
mod shop;
mod stream;
mod text;
mod trusted;
mod user_error;
mod webhooks;

use std::sync::Arc;

/// What the edge hands in and gets out, whichever library is behind it.
pub use async_graphql::parser::types::OperationType;
use async_graphql::{MergedObject, SDLExportOptions};
pub use async_graphql::{Request, Response};

pub use self::charge::Account;
use self::cost::Prices;
use self::documents::Documents;
pub use self::error::Code;
pub use self::execute::{Answer, Asked};
use self::live::Subscription;
use self::nulls::FieldTypes;
pub use self::operation::Operation;
pub use self::sent::Sent;
use self::shared::{CatalogueChanges, SharedAnswers};
use self::trusted::TrustedDocuments;
use crate::app::App;

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    accounts::AccountQuery,
    cart::CartQuery,
    catalog::CatalogQuery,
    orders::OrderQuery,
    pricing::PricingQuery,
    catalog::SuggestionQuery,
    reviews::ReviewQuery,
    shop::ShopQuery,
    webhooks::WebhookQuery,
    jobs::JobQuery,
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
    fulfilment::FulfilmentMutation,
    fulfilment::OrderEditMutation,
    payments::PaymentMutation,
    pricing::DiscountMutation,
    pricing::ShippingMethodMutation,
    pricing::TaxRateMutation,
    reviews::ReviewMutation,
    webhooks::WebhookMutation,
    jobs::JobMutation,
);

type GraphqlSchema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema, ready to answer.
#[derive(Clone)]
pub struct Schema {
    inner: GraphqlSchema,
    /// The same for mutations that carry an idempotency key.
    keyed: GraphqlSchema,
    /// The same for subscriptions: each event is resolved with loaders of its own.
    live: GraphqlSchema,
    /// What may be null, for answers with failed fields.
    types: Arc<FieldTypes>,
    documents: Arc<Documents>,
    trusted: Arc<TrustedDocuments>,
    shared: Arc<SharedAnswers>,
    changes: CatalogueChanges,
    app: App,
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
        .use_space_ident()
        .indent_width(2);
    builder().finish().sdl_with_options(options)
}

impl Schema {
    /// The schema over what the process owns. Suggests names for misspelt ones only where it describes itself. Fails when
    /// the documents that are trusted cannot be read, or are not of this schema.
    pub async fn open(app: App) -> anyhow::Result<Self> {
        let trusted = TrustedDocuments::open(&app)?;
        trusted.check(&app).await?;
        let changes = CatalogueChanges::default();
        let builder = || {
            let builder = builder().data(app.clone()).data(changes.clone());
            if app.config.graphql.introspection { builder } else { builder.disable_suggestions() }
        };
        let definition = sdl();
        Ok(Self {
            inner: builder().finish(),
            keyed: builder().extension(keyed::Once).finish(),
            live: builder().extension(stream::FreshLoaders).finish(),
            types: Arc::new(FieldTypes::read(&definition)),
            documents: Arc::new(Documents::new(Prices::read(&definition))),
            trusted: Arc::new(trusted),
            shared: Arc::new(SharedAnswers::new(app.config.shop.catalog_max_age, changes.clone())),
            changes,
            app,
        })
    }
}
