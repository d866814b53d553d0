//! Reads of reviews. Those that feed loaders are one statement whatever the number of keys.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, SmallInt, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::{Review, ReviewOrder, ReviewPage, ReviewStatus};
use crate::db::Prepare;
use crate::db::schema::reviews;
use crate::ids::{ProductId, ReviewId};
use crate::pagination::{Cursor, Page, PageRequest, SortKey, moment};

/// The reviews with these ids, in any order and any state.
pub async fn reviews_by_ids(mut conn: &AsyncPgConnection, ids: &[ReviewId]) -> QueryResult<Vec<Review>> {
    reviews::table.filter(reviews::id.eq_any(ids)).select(Review::as_select()).load(&mut conn).await
}

/// The statement that reads one page of published reviews for each product of `$1`, at most `$2` of each. `$beyond` is
/// what lies behind the cursor, `$order` the order of reading.
macro_rules! page_per_product {
    ($beyond:literal, $order:literal) => {
        concat!(
            "SELECT page.* FROM unnest($1) AS wanted (id) CROSS JOIN LATERAL (\
                 SELECT id, product_id, author_id, rating, title, body, status, created_at FROM reviews \
                 WHERE product_id = wanted.id AND status = 'published' ",
            $beyond,
            " ORDER BY ",
            $order,
            " LIMIT $2) page ORDER BY ",
            $order
        )
    };
}

/// The same page of published reviews for each of these products, in one statement. Pages are read forwards only.
pub async fn pages_by_products(
    mut conn: &AsyncPgConnection,
    products: &[ProductId],
    wanted: &ReviewPage,
) -> QueryResult<HashMap<ProductId, Page<Review>>> {
    macro_rules! run {
        ($beyond:literal, $order:literal, $key_type:ty, $key:expr) => {
            match key(&wanted.page) {
                None => {
                    sql_query(page_per_product!("", $order))
                        .bind::<Array<Uuid>, _>(products)
                        .bind::<BigInt, _>(wanted.page.fetch())
                        .prepared()
                        .load(&mut conn)
                        .await?
                }
                Some((key, cursor)) => {
                    sql_query(page_per_product!($beyond, $order))
                        .bind::<Array<Uuid>, _>(products)
                        .bind::<BigInt, _>(wanted.page.fetch())
                        .bind::<$key_type, _>($key(key))
                        .bind::<Uuid, _>(cursor.id)
                        .prepared()
                        .load(&mut conn)
                        .await?
                }
            }
        };
    }
    let rows: Vec<Review> = match wanted.order {
        ReviewOrder::Newest => {
            run!("AND (created_at, id) < ($3, $4)", "created_at DESC, id DESC", Timestamptz, time)
        }
        ReviewOrder::Highest => run!("AND (rating, id) < ($3, $4)", "rating DESC, id DESC", SmallInt, stars),
        ReviewOrder::Lowest => run!("AND (rating, id) > ($3, $4)", "rating, id", SmallInt, stars),
    };
    let mut pages: HashMap<ProductId, Vec<Review>> = HashMap::new();
    for review in rows {
        pages.entry(review.product_id).or_default().push(review);
    }
    Ok(products.iter().map(|id| (*id, wanted.page.cut(pages.remove(id).unwrap_or_default()))).collect())
}

/// One page of all reviews, or of those in one state, latest first: the moderators' list.
pub async fn page(
    mut conn: &AsyncPgConnection,
    status: Option<ReviewStatus>,
    page: &PageRequest,
) -> QueryResult<Page<Review>> {
    let mut query = reviews::table
        .select(Review::as_select())
        .order((reviews::created_at.desc(), reviews::id.desc()))
        .limit(page.fetch())
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(reviews::status.eq(status.as_str()));
    }
    if let Some((key, cursor)) = key(page) {
        let then = time(key);
        query = query.filter(
            reviews::created_at.le(then).and(reviews::created_at.lt(then).or(reviews::id.lt(cursor.id))),
        );
    }
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many reviews there are, or how many in one state.
pub async fn count(mut conn: &AsyncPgConnection, status: Option<ReviewStatus>) -> QueryResult<i64> {
    let mut query = reviews::table.select(count_star()).into_boxed();
    if let Some(status) = status {
        query = query.filter(reviews::status.eq(status.as_str()));
    }
    query.first(&mut conn).await
}

fn key(page: &PageRequest) -> Option<(i64, &Cursor)> {
    match &page.cursor {
        Some(cursor @ Cursor { key: SortKey::Int(key), .. }) => Some((*key, cursor)),
        _ => None,
    }
}

/// The cursor was decoded as one of a time.
fn time(micros: i64) -> DateTime<Utc> {
    moment(micros).unwrap_or_default()
}

fn stars(rating: i64) -> i16 {
    i16::try_from(rating).unwrap_or(i16::MAX)
}
