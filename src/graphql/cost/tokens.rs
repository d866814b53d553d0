//! A document's text, looked at before it is parsed: how long it is, how many tokens it has, how deep its brackets nest and
//! how long its names are. One pass without recursion, which refuses nothing that the parser would take.

use super::super::error::Result;
use super::limits::Limit;

/// Refuses a text that should not even be parsed. What is no GraphQL at all passes: the parser says why.
pub(in crate::graphql) fn check(document: &str) -> Result<()> {
    Limit::DocumentBytes.check(document.len())?;
    let mut rest = document.as_bytes();
    let mut tokens: usize = 0;
    let mut depth: usize = 0;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        tokens += 1;
        match byte {
            // A byte order mark counts as text of no meaning, as in the parser.
            b' ' | b'\t' | b'\n' | b'\r' | b',' | 0x80.. => tokens -= 1,
            b'{' | b'[' | b'(' => {
                depth += 1;
                Limit::Nesting.check(depth)?;
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => {
                tokens -= 1;
                rest = behind_comment(rest);
            }
            b'"' if rest.starts_with(b"\"\"") => rest = behind_block_string(&rest[2..]),
            b'"' => rest = behind_string(rest),
            b'.' if rest.starts_with(b"..") => rest = &rest[2..],
            byte if is_of_word(byte) => {
                let length = 1 + rest.iter().take_while(|byte| is_of_word(**byte)).count();
                // Digits are no name, but nothing has hundreds of them either.
                Limit::NameBytes.check(length)?;
                rest = &rest[length - 1..];
            }
            _ => {}
        }
    }
    Limit::Tokens.check(tokens)
}

/// Whether a byte belongs to a name or a number. A sign or a point makes tokens of its own here: a number counts as a few.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What comes behind a comment whose `#` was read.
fn behind_comment(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(text.len());
    &text[end..]
}

/// What comes behind a string whose opening quote was read. A line end ends it too: the parser will say that it may not.
fn behind_string(mut text: &[u8]) -> &[u8] {
    loop {
        match text {
            [b'\\', _, rest @ ..] => text = rest,
            [b'"' | b'\n' | b'\r', rest @ ..] => return rest,
            [_, rest @ ..] => text = rest,
            [] => return text,
        }
    }
}

/// What comes behind a block string whose opening quotes were read.
fn behind_block_string(mut text: &[u8]) -> &[u8] {
    loop {
        match text {
            [b'\\', b'"', b'"', b'"', rest @ ..] => text = rest,
            [b'"', b'"', b'"', rest @ ..] => return rest,
            [_, rest @ ..] => text = rest,
            [] => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(open: &str, close: &str, depth: usize) -> String {
        format!("{}{}", open.repeat(depth), close.repeat(depth))
    }

    fn refused(document: &str) -> bool {
        check(document).is_err()
    }

    #[test]
    fn brackets_of_every_kind_count() {
        let most = Limit::Nesting.most();
        for (open, close) in [("{a", "}"), ("[", "]"), ("(a:", ")"), ("{a(b:[", "])}")] {
            let brackets = open.matches(['{', '[', '(']).count();
            assert!(!refused(&nested(open, close, most / brackets)), "{open}");
            assert!(refused(&nested(open, close, most / brackets + 1)), "{open}");
        }
        assert!(!refused(&"{a}".repeat(1000)), "side by side is not deep");
        assert!(refused(&format!("{}{}", "}".repeat(500), "{".repeat(100))));
    }

    #[test]
    fn brackets_in_text_do_not_count() {
        let many = "[".repeat(100);
        for text in [
            format!("{{ a(b: \"{many}\") }}"),
            format!("{{ a(b: \"\\\"{many}\") }}"),
            format!("{{ a(b: \"\"\"{many} \\\"\"\" {many}\n\"\"\") }}"),
            format!("# {many}\n{{ a }} # {many}"),
            format!("\"{many}"),
            format!("\"\"\"{many}"),
        ] {
            assert!(!refused(&text), "{text}");
        }
        for text in [
            format!("{{ a(b: \"\") {many}"),
            format!("{{ a(b: \"\\\\\") {many}"),
            format!("{{ a(b: \"\"\" \\\"\"\" \"\"\") {many}"),
            format!("# comment\n{many}"),
            format!("{{ a(b: \"\n {many}"),
        ] {
            assert!(refused(&text), "{text}");
        }
    }

    #[test]
    fn tokens_are_counted_and_what_means_nothing_is_not() {
        let most = Limit::Tokens.most();
        for (token, count) in [
            ("a ", 1),
            ("!", 1),
            ("\"a b\" ", 1),
            ("\"\"\"a b\"\"\"", 1),
            ("...", 1),
            ("a:b ", 3),
            ("12 ", 1),
        ] {
            assert!(!refused(&token.repeat(most / count)), "{token}");
            assert!(refused(&token.repeat(most / count + 1)), "{token}");
        }
        assert!(!refused(&" \n\r\t,\u{feff}#{[(\n".repeat(most)), "no tokens");
    }

    #[test]
    fn a_name_has_an_end() {
        let name = "a".repeat(Limit::NameBytes.most());
        assert!(!refused(&format!("{{ {name} {name} }}")));
        assert!(refused(&format!("{{ {name}a }}")));
        assert!(!refused(&format!("{{ a(b: \"{name}{name}\") }} # {name}{name}")));
    }
}
