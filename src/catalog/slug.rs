//! Slugs: the names of products and categories in URLs.

use diesel::sql_types::Text;
use diesel::{OptionalExtension, QueryResult, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

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

/// The statement that finds a free slug in `$table` for the name `$1`: its letters without accents and its digits, or
/// `$fallback` if it has none; then the same with -2, -3 and so on.
macro_rules! free_slug {
    ($table:literal, $fallback:literal) => {
        concat!(
            "SELECT candidate AS slug FROM (\
                 SELECT n, CASE n WHEN 1 THEN base ELSE base || '-' || n END AS candidate FROM (\
                     SELECT coalesce(nullif(trim(BOTH '-' FROM \
                         left(regexp_replace(fold_text($1), '[^a-z0-9]+', '-', 'g'), 200)), ''), '",
            $fallback,
            "') AS base\
                 ) named, generate_series(1, 10000) AS n\
             ) candidates \
             WHERE NOT EXISTS (SELECT 1 FROM ",
            $table,
            " taken WHERE taken.slug = candidate) ORDER BY n LIMIT 1"
        )
    };
}

const FREE_PRODUCT_SLUG: &str = free_slug!("products", "product");
const FREE_CATEGORY_SLUG: &str = free_slug!("categories", "category");

/// A slug for a product of this name that no other has at this moment; none when thousands have the name.
pub async fn free_for_product(conn: &AsyncPgConnection, name: &str) -> QueryResult<Option<String>> {
    free(conn, FREE_PRODUCT_SLUG, name).await
}

/// The same for a category.
pub async fn free_for_category(conn: &AsyncPgConnection, name: &str) -> QueryResult<Option<String>> {
    free(conn, FREE_CATEGORY_SLUG, name).await
}

#[derive(QueryableByName)]
struct Free {
    #[diesel(sql_type = Text)]
    slug: String,
}

async fn free(
    mut conn: &AsyncPgConnection,
    statement: &'static str,
    name: &str,
) -> QueryResult<Option<String>> {
    let free: Option<Free> =
        sql_query(statement).bind::<Text, _>(name).get_result(&mut conn).await.optional()?;
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
