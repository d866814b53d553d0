//! Slugs: the names of products and categories in URLs.

use diesel::sql_types::Text;
use diesel::{OptionalExtension, QueryResult, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::Prepare;

/// The longest slug.
pub const MAX_LENGTH: usize = 255;

/// Whether a text is fit for a URL as it stands; the same as in the tables' CHECKs.
#[must_use]
pub fn is_well_formed(slug: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    slug.len() <= MAX_LENGTH && slug.split('-').all(word)
}

/// The letters and digits of a text, in ASCII and lower case, with hyphens between the words: `crème-brulee`,
/// `shokolad`. Empty when it has neither. A slug is returned as it is.
#[must_use]
pub fn slugify(text: &str) -> String {
    let mut slug = String::new();
    for letter in deunicode::deunicode(text).chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if letter != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(MAX_LENGTH);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// How much of a name goes into a slug, so that a number still fits behind it.
const MAX_BASE: usize = 200;

/// The statement that finds what is free in `$table` among `$1`, `$1-2`, `$1-3` and so on.
macro_rules! free_slug {
    ($table:literal) => {
        concat!(
            "SELECT candidate AS slug FROM (\
                 SELECT n, CASE n WHEN 1 THEN $1 ELSE $1 || '-' || n END AS candidate FROM generate_series(1, 10000) AS n\
             ) candidates \
             WHERE NOT EXISTS (SELECT 1 FROM ", $table, " taken WHERE taken.slug = candidate) ORDER BY n LIMIT 1"
        )
    };
}

/// A slug for a product of this name that no other has at this moment; none when thousands have the name.
pub async fn free_for_product(conn: &AsyncPgConnection, name: &str) -> QueryResult<Option<String>> {
    free(conn, free_slug!("products"), base(name, "product")).await
}

/// The same for a category.
pub async fn free_for_category(conn: &AsyncPgConnection, name: &str) -> QueryResult<Option<String>> {
    free(conn, free_slug!("categories"), base(name, "category")).await
}

/// What a slug for this name begins with; a name of nothing but signs has no letters to give.
fn base(name: &str, fallback: &str) -> String {
    let mut base = slugify(name);
    base.truncate(MAX_BASE);
    base.truncate(base.trim_end_matches('-').len());
    if base.is_empty() { fallback.to_owned() } else { base }
}

#[derive(QueryableByName)]
struct Free {
    #[diesel(sql_type = Text)]
    slug: String,
}

async fn free(
    mut conn: &AsyncPgConnection,
    statement: &'static str,
    base: String,
) -> QueryResult<Option<String>> {
    let free: Option<Free> =
        sql_query(statement).bind::<Text, _>(base).prepared().get_result(&mut conn).await.optional()?;
    Ok(free.map(|free| free.slug))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_what_a_url_can_hold() {
        for good in ["mug", "stoneware-mug-2", "a-1", "7"] {
            assert!(is_well_formed(good), "{good}");
        }
        for bad in ["", "-", "Mug", "mug-", "-mug", "mug--2", "mug 2", "m\u{fc}g", "mug\0", &"a".repeat(256)]
        {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }

    #[test]
    fn every_script_becomes_ascii() {
        for (text, slug) in [
            ("stoneware-mug", "stoneware-mug"),
            ("Mugs & Cups", "mugs-cups"),
            ("Chef's Knife", "chefs-knife"),
            ("Crème Brûlée", "creme-brulee"),
            ("Straße", "strasse"),
            ("шоколад", "shokolad"),
            ("北京", "bei-jing"),
            ("  --  ", ""),
            ("blue_shirt", "blue-shirt"),
        ] {
            assert_eq!(slugify(text), slug, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_slug_is_well_formed_and_stays_itself(text in "\\PC{0,300}") {
            let slug = slugify(&text);
            prop_assert!(slug.is_empty() || is_well_formed(&slug), "{}", slug);
            prop_assert_eq!(slugify(&slug), slug);
        }
    }
}
