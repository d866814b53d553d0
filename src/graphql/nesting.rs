//! How deep a document's brackets nest, told before it is parsed. The parser and everything behind it walk a document by
//! recursion: a few kilobytes of brackets would use up the thread's stack, and with it the process.

/// The deepest that brackets may nest. Four times what the deepest sample needs.
pub(super) const MAX_NESTING: usize = 64;

/// Whether brackets nest deeper than [`MAX_NESTING`]. Those in strings and comments are text (GraphQL specification, 2.1).
pub(super) fn is_too_deep(document: &str) -> bool {
    let mut rest = document.as_bytes();
    let mut depth: usize = 0;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => rest = behind_comment(rest),
            b'"' if rest.starts_with(b"\"\"") => rest = behind_block_string(&rest[2..]),
            b'"' => rest = behind_string(rest),
            _ => {}
        }
        if depth > MAX_NESTING {
            return true;
        }
    }
    false
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

    #[test]
    fn brackets_of_every_kind_count() {
        for (open, close) in [("{a", "}"), ("[", "]"), ("(a:", ")"), ("{a(b:[", "])}")] {
            let brackets = open.matches(['{', '[', '(']).count();
            assert!(!is_too_deep(&nested(open, close, MAX_NESTING / brackets)), "{open}");
            assert!(is_too_deep(&nested(open, close, MAX_NESTING / brackets + 1)), "{open}");
        }
        assert!(!is_too_deep(&"{a}".repeat(1000)), "side by side is not deep");
        assert!(is_too_deep(&format!("{}{}", "}".repeat(500), "{".repeat(100))));
    }

    #[test]
    fn brackets_in_text_do_not_count() {
        let many = "[".repeat(100);
        for text in [
            format!("{{ a(b: \"{many}\") }}"),
            format!("{{ a(b: \"\\\"{many}\") }}"),
            format!("{{ a(b: \"\"\"\"{many} \\\"\"\" {many}\n\"\"\") }}"),
            format!("# {many}\n{{ a }} # {many}"),
            format!("\"{many}"),
            format!("\"\"\"{many}"),
        ] {
            assert!(!is_too_deep(&text), "{text}");
        }
        for text in [
            format!("{{ a(b: \"\") {many}"),
            format!("{{ a(b: \"\\\\\") {many}"),
            format!("{{ a(b: \"\"\" \\\"\"\" \"\"\") {many}"),
            format!("# comment\n{many}"),
            format!("{{ a(b: \"\n {many}"),
        ] {
            assert!(is_too_deep(&text), "{text}");
        }
    }
}
