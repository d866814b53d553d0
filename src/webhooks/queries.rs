//! Reads of endpoints and deliveries, newest first: ids are made in the order of making.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::delivery::Delivery;
use super::endpoint::Endpoint;
use crate::db::newest_per_key;
use crate::db::schema::{webhook_deliveries, webhook_endpoints};
use crate::ids::{JobId, WebhookDeliveryId, WebhookEndpointId};
use crate::pagination::{Page, PageRequest};
use crate::queue;

/// The order of the list of endpoints, for cursors.
pub const NEWEST_ENDPOINTS: &str = "webhook-endpoints";
/// The order of an endpoint's deliveries, for cursors.
pub const NEWEST_DELIVERIES: &str = "webhook-deliveries";

/// The endpoints with these ids.
pub async fn endpoints_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[WebhookEndpointId],
) -> QueryResult<Vec<Endpoint>> {
    let these = webhook_endpoints::table.filter(webhook_endpoints::id.eq_any(ids));
    these.select(Endpoint::as_select()).load(&mut conn).await
}

/// One page of the endpoints.
pub async fn endpoints_page(mut conn: &AsyncPgConnection, page: &PageRequest) -> QueryResult<Page<Endpoint>> {
    let mut query =
        webhook_endpoints::table.select(Endpoint::as_select()).limit(page.fetch()).into_boxed::<Pg>();
    query = match (&page.cursor, page.backward) {
        (Some(cursor), true) => query.filter(webhook_endpoints::id.gt(cursor.id)),
        (Some(cursor), false) => query.filter(webhook_endpoints::id.lt(cursor.id)),
        (None, _) => query,
    };
    query = if page.backward {
        query.order(webhook_endpoints::id.asc())
    } else {
        query.order(webhook_endpoints::id.desc())
    };
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many endpoints there are.
pub async fn count_endpoints(mut conn: &AsyncPgConnection) -> QueryResult<i64> {
    webhook_endpoints::table.select(count_star()).first(&mut conn).await
}

/// The deliveries with these ids.
pub async fn deliveries_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[WebhookDeliveryId],
) -> QueryResult<Vec<Delivery>> {
    let these = webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids));
    these.select(Delivery::as_select()).load(&mut conn).await
}

/// The rows of one page of what was sent to each of these endpoints, newest first, in one statement.
pub async fn delivery_rows_by_endpoints(
    conn: &AsyncPgConnection,
    endpoints: &[WebhookEndpointId],
    page: &PageRequest,
) -> QueryResult<Vec<Delivery>> {
    let of_key =
        webhook_deliveries::table.filter(webhook_deliveries::endpoint_id.eq(sql::<SqlUuid>("wanted.key")));
    newest_per_key!(conn, of_key, webhook_deliveries, Delivery, WebhookEndpointId, endpoints, page)
}

/// How much is known to have been sent to an endpoint.
pub async fn count_deliveries(mut conn: &AsyncPgConnection, endpoint: WebhookEndpointId) -> QueryResult<i64> {
    let of_endpoint = webhook_deliveries::table.filter(webhook_deliveries::endpoint_id.eq(endpoint));
    of_endpoint.select(count_star()).first(&mut conn).await
}

/// When those of these deliveries that are still tried will be tried next.
pub async fn next_attempts(
    conn: &AsyncPgConnection,
    ids: &[WebhookDeliveryId],
) -> QueryResult<HashMap<WebhookDeliveryId, DateTime<Utc>>> {
    let jobs: Vec<JobId> = ids.iter().map(|id| JobId(id.0)).collect();
    let due = queue::due_at(conn, &jobs).await?;
    Ok(due.into_iter().map(|(job, at)| (WebhookDeliveryId(job.0), at)).collect())
}
