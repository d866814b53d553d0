//! Codes: what people type to get a discount.

/// The longest code.
pub const MAX_CODE: usize = 64;

/// The code as it is kept: without white space around it, in capitals. None when it cannot be one: letters without
/// accents, digits, and single hyphens or underscores between them.
#[must_use]
pub fn normalised(typed: &str) -> Option<String> {
    let code = typed.trim().to_ascii_uppercase();
    let words = code.split(['-', '_']);
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (code.len() <= MAX_CODE && words.into_iter().all(is_word)).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_however_it_is_typed() {
        assert_eq!(normalised(" welcome10 ").as_deref(), Some("WELCOME10"));
        assert_eq!(normalised("Black-Friday_26").as_deref(), Some("BLACK-FRIDAY_26"));
        for typed in ["", " ", "-A", "A-", "A--B", "A B", "É", "A\0", &"A".repeat(65)] {
            assert_eq!(normalised(typed), None, "{typed}");
        }
    }
}
