//! Operations that answer more than once.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};
use async_graphql::{Data, Request, Response};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, stream};

use super::Schema;
use super::charge::Account;
use super::error::{ApiError, Code, failed, finish_all};
use super::execute::Asked;
use super::loaders::Loaders;
use super::shared::CatalogueChanges;
use super::text::refuse_nul;
use super::{document, field_order};
use crate::accounts::{AuthError, Viewer};
use crate::app::App;
use crate::caller::{Caller, Cookies};

impl Schema {
    /// Answers one operation of any kind: a query or mutation once, a subscription with each event until it ends or the
    /// stream is dropped, which whoever carries it does at the viewer's [`expiry`](Self::expiry).
    #[must_use]
    pub fn execute_stream(
        &self,
        asked: Asked,
        account: Account,
        caller: Caller,
        request_id: String,
    ) -> BoxStream<'static, Response> {
        // Whoever carries the answers has sent the headers before.
        let caller = Caller { cookies: Cookies::Unavailable, ..caller };
        let schema = self.clone();
        if asked.kind() == Some(OperationType::Subscription) {
            return schema.events(asked, caller, account, request_id);
        }
        let answer = async move { schema.execute_charged(asked, &account, caller, &request_id).await };
        stream::once(answer).boxed()
    }

    /// The same for an operation that has still to be charged for, which is done when its answers are first asked for.
    #[must_use]
    pub fn charge_and_execute_stream(
        &self,
        asked: Asked,
        caller: Caller,
        request_id: String,
    ) -> BoxStream<'static, Response> {
        let schema = self.clone();
        let answers = async move {
            match schema.charge_one(&asked, &caller, &request_id).await {
                Ok(account) => schema.execute_stream(asked, account, caller, request_id),
                Err(refused) => stream::iter([refused]).boxed(),
            }
        };
        stream::once(answers).flatten().boxed()
    }

    /// A subscription that was paid for: its first answer says how much. That pays for what it begins with; each event
    /// beyond is paid for before the next one is looked for. A client with nothing left hears later of what happens, and of
    /// much that has happened at once.
    fn events(
        self,
        asked: Asked,
        caller: Caller,
        account: Account,
        request_id: String,
    ) -> BoxStream<'static, Response> {
        let Asked { mut request, prepared, mut registration, .. } = asked;
        let refused = match operation(&mut request) {
            Some(subscription) if !has_one_field(subscription) => Some(several_fields()),
            _ => refuse_nul(&mut request),
        };
        if let Some(refused) = refused {
            return refuse(refused, request_id);
        }
        // A document whose operation is known was not refused.
        let prepared = prepared.ok().flatten();
        let prepared_bill = prepared.as_ref().and_then(|prepared| prepared.bill);
        let document = prepared.map(|prepared| prepared.document);
        let operation_name = request.operation_name.clone();
        let price = prepared_bill.map_or(0, |bill| bill.event);
        let prepaid = prepared_bill.map_or(0, |bill| bill.cost);
        let mut account = Some(account);
        let schema = self.clone();
        let events = self.live.execute_stream(request.data(caller.clone()));
        let events = stream::unfold((events, prepaid), move |(mut events, prepaid)| {
            let (schema, caller) = (schema.clone(), caller.clone());
            async move {
                if prepaid < price {
                    schema.pay_for_event(price, &caller).await;
                }
                let event = events.next().await?;
                Some((event, (events, prepaid.saturating_sub(price))))
            }
        });
        let events = events.map(move |mut event| {
            self.keep(registration.take(), &event);
            if let Some(account) = account.take() {
                account.stamp(&mut event);
            }
            if let Some(document) = &document {
                self.types.complete(&mut event, &document.parsed, operation_name.as_deref());
                field_order::restore(&mut event.data, &document.parsed, operation_name.as_deref());
            }
            event
        });
        finished(events, request_id)
    }

    /// Waits until the viewer's token is good no longer, because it expired or was recalled, and says why; for ever for a
    /// guest.
    pub(crate) async fn expiry(&self, viewer: Viewer) -> AuthError {
        match viewer {
            Viewer::User(user) => self.app.recalls.end_of(&user).await,
            Viewer::Guest => std::future::pending().await,
        }
    }
}

/// The operation that a request asks for; none when the document cannot be read or has no such operation.
pub(super) fn operation(request: &mut Request) -> Option<&OperationDefinition> {
    let name = request.operation_name.clone();
    document::operation(request.parsed_query().ok()?, name.as_deref())
}

/// Whether a subscription asks for one thing, as the GraphQL specification demands (5.2.4.1). Fragments at the root are
/// refused with it: the library would pass over them in silence.
fn has_one_field(subscription: &OperationDefinition) -> bool {
    matches!(subscription.selection_set.node.items.as_slice(), [selection] if matches!(selection.node, Selection::Field(_)))
}

fn several_fields() -> ApiError {
    ApiError::Client(
        Code::ValidationFailed,
        "A subscription selects exactly one field, and not by a fragment: send one subscription for each."
            .to_owned(),
    )
}

fn refuse(error: ApiError, request_id: String) -> BoxStream<'static, Response> {
    finished(stream::iter([failed(error)]), request_id)
}

/// The responses with their errors made fit for clients.
fn finished(
    responses: impl futures_util::Stream<Item = Response> + Send + 'static,
    request_id: String,
) -> BoxStream<'static, Response> {
    responses
        .map(move |mut response| {
            finish_all(&mut response, &request_id);
            response
        })
        .boxed()
}

/// Gives every event of a subscription loaders of its own. Loaders remember what they have read, and a subscription may
/// last for hours.
pub(super) struct FreshLoaders;

impl ExtensionFactory for FreshLoaders {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for FreshLoaders {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut data = Data::default();
        let changes = ctx.data_unchecked::<CatalogueChanges>().clone();
        let app = ctx.data_unchecked::<App>();
        let loaders = Loaders::new(app, app.db.clone(), changes);
        let room = Arc::clone(&loaders.room);
        data.insert(loaders);
        room.within(next.run_with_data(ctx, operation_name, data)).await
    }
}
