//! The demo's reviews, and the accounts of those who wrote them.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;

use crate::catalog::slug::slugify;
use crate::db::schema::{products, reviews, users};
use crate::ids::{ProductId, ReviewId, UserId};

const REVIEWS: &[u8] = include_bytes!("../../demo/reviews.csv");

/// One line of the file.
#[derive(Deserialize)]
struct Review {
    handle: String,
    rating: i16,
    title: String,
    body: String,
    author: String,
    created_at: DateTime<Utc>,
}

/// Writes the reviews and returns how many there are. Those of a product that the catalogue no longer has are left out.
pub(super) async fn load(conn: &mut AsyncPgConnection) -> anyhow::Result<usize> {
    let lines: Vec<Review> = csv::Reader::from_reader(REVIEWS)
        .deserialize()
        .collect::<Result<_, _>>()
        .context("demo/reviews.csv")?;
    let authors = authors(conn, &lines).await?;
    let handles: Vec<&str> = lines.iter().map(|line| line.handle.as_str()).collect();
    let products: BTreeMap<String, ProductId> = products::table
        .filter(products::slug.eq_any(handles))
        .select((products::slug, products::id))
        .load::<(String, ProductId)>(conn)
        .await?
        .into_iter()
        .collect();
    let mut rows = Vec::with_capacity(lines.len());
    for line in &lines {
        let Some(product) = products.get(&line.handle) else {
            tracing::warn!(
                product = line.handle,
                "a review of the demo was left out: there is no such product"
            );
            continue;
        };
        let author =
            authors.get(line.author.as_str()).with_context(|| format!("no account of {}", line.author))?;
        rows.push((
            reviews::id.eq(ReviewId::new()),
            reviews::product_id.eq(*product),
            reviews::author_id.eq(*author),
            reviews::rating.eq(line.rating),
            reviews::title.eq(&line.title),
            reviews::body.eq(&line.body),
            reviews::created_at.eq(line.created_at),
            reviews::updated_at.eq(line.created_at),
        ));
    }
    Ok(diesel::insert_into(reviews::table).values(rows).execute(conn).await?)
}

/// One account per author. Nobody can sign in to it: it has no password.
async fn authors<'l>(
    conn: &mut AsyncPgConnection,
    lines: &'l [Review],
) -> anyhow::Result<BTreeMap<&'l str, UserId>> {
    let emails: BTreeMap<String, &str> =
        lines.iter().map(|line| (email(&line.author), &*line.author)).collect();
    let rows: Vec<_> = emails
        .iter()
        .map(|(email, name)| {
            let verified = users::email_verified_at.eq(diesel::dsl::now);
            (users::id.eq(UserId::new()), users::email.eq(email), users::name.eq(*name), verified)
        })
        .collect();
    let made: Vec<(String, UserId)> = diesel::insert_into(users::table)
        .values(rows)
        .returning((users::email, users::id))
        .get_results(conn)
        .await?;
    Ok(made.into_iter().filter_map(|(email, id)| Some((*emails.get(&email)?, id))).collect())
}

/// An address at a domain that will never exist (RFC 2606).
fn email(author: &str) -> String {
    format!("{}@reviewers.example", slugify(author).replace('-', "."))
}
