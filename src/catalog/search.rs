//! From what a shopper types to what PostgreSQL can look up.

/// The most words of a search that count.
const MAX_WORDS: usize = 8;
/// The most letters of a search that count.
const MAX_LENGTH: usize = 200;

/// The words of a search. Not yet folded, which the database does as for the words of products: what an accent or a
/// letter's other form turns into there may be no letter at all, so that nothing here is fit for a query language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchText {
    /// The words, cleaned of everything but letters, digits and single spaces.
    pub words: String,
}

impl SearchText {
    /// Reads what was typed; none when it holds no letter or digit.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let words: Vec<String> = typed
            .chars()
            .take(MAX_LENGTH)
            .collect::<String>()
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(MAX_WORDS)
            .map(str::to_lowercase)
            .collect();
        if words.is_empty() {
            return None;
        }
        Some(Self { words: words.join(" ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_words_and_drops_operators() {
        let text = SearchText::parse("Stone & (mug | 'x'):* !--").unwrap();
        assert_eq!(text.words, "stone mug x");
    }

    #[test]
    fn splits_article_numbers_as_the_index_does() {
        assert_eq!(SearchText::parse("MUG-STONE-350").unwrap().words, "mug stone 350");
    }

    #[test]
    fn finds_nothing_in_nothing() {
        assert_eq!(SearchText::parse("  \0 &|!  "), None);
    }

    #[test]
    fn is_bounded() {
        assert!(SearchText::parse(&"a ".repeat(10_000)).unwrap().words.len() <= MAX_LENGTH);
    }
}
