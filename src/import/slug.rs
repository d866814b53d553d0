//! From handles and names to what a URL can hold.

/// The longest slug, as the tables' CHECKs have it.
pub(super) const MAX_LENGTH: usize = 255;

/// The letters and digits of a text, in ASCII and lower case, with hyphens between the words: `crème-brulee`,
/// `shokolad`. Empty when it has neither. A slug is returned as it is.
pub(super) fn slugify(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            prop_assert!(slug.len() <= MAX_LENGTH);
            let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
            prop_assert!(slug.is_empty() || slug.split('-').all(word), "{}", slug);
            prop_assert_eq!(slugify(&slug), slug);
        }
    }
}
