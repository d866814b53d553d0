//! Descriptions: HTML that is safe to show, and the same as plain text for search and for clients that show no HTML.

/// What a product says about itself, in both forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Sanitised HTML; empty when there is no text and no picture.
    pub html: String,
    /// The words alone, one line per block (paragraph, list item, table row).
    pub text: String,
}

/// Keeps what is harmless of someone's HTML: no scripts, styles, event handlers or forms, and links only to web pages
/// and mail. What it made it leaves as it is.
#[must_use]
pub fn sanitise(html: &str) -> Description {
    let html = ammonia::clean(html).trim().to_owned();
    let text = plain_text(&html);
    Description { html, text }
}

/// Plain text as a description: a paragraph for each of its lines, everything in it taken literally.
#[must_use]
pub fn from_text(text: &str) -> Description {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paragraphs: Vec<String> =
        lines.map(|line| format!("<p>{}</p>", line.replace('&', "&amp;").replace('<', "&lt;"))).collect();
    // Through the sanitiser as well, so that both ways in give the same spelling.
    sanitise(&paragraphs.join("\n"))
}

/// The text of HTML that the sanitiser wrote: every `<` opens a tag, every `>` ends one, and entities are the few that a
/// serialiser writes.
fn plain_text(html: &str) -> String {
    let mut lines = Lines::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        lines.words(&rest[..open]);
        let tag = &rest[open..];
        let end = tag.find('>').map_or(tag.len(), |last| last + 1);
        let name: String =
            tag[1..end].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        match name.as_str() {
            "td" | "th" => lines.space(),
            name if !INLINE.contains(&name) => lines.end(),
            _ => {}
        }
        rest = &tag[end..];
    }
    lines.words(rest);
    lines.finish()
}

/// Elements that do not interrupt a line; every other one does.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins",
    "kbd", "mark", "q", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
];

/// Lines of words, with the white space of HTML (any run is one space) already settled.
#[derive(Default)]
struct Lines {
    done: String,
    line: String,
}

impl Lines {
    fn words(&mut self, escaped: &str) {
        // The ampersand last, or "&amp;lt;" would be read twice.
        let text =
            escaped.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        for letter in text.replace("&amp;", "&").chars() {
            if letter.is_whitespace() { self.space() } else { self.line.push(letter) }
        }
    }

    fn space(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    fn end(&mut self) {
        let line = self.line.trim_end();
        if !line.is_empty() {
            if !self.done.is_empty() {
                self.done.push('\n');
            }
            self.done.push_str(line);
        }
        self.line.clear();
    }

    fn finish(mut self) -> String {
        self.end();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_the_harmless_and_drops_the_rest() {
        for (given, html, text) in [
            ("<p>Soft &amp; warm</p>", "<p>Soft &amp; warm</p>", "Soft & warm"),
            ("plain", "plain", "plain"),
            ("<p onclick=alert(1)>Hi<script>alert(1)</script></p>", "<p>Hi</p>", "Hi"),
            ("<style>p{}</style><b>Bold</b>ly", "<b>Bold</b>ly", "Boldly"),
            ("<ul><li>One</li><li>Two</li></ul>", "<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
            ("one<br>two", "one<br>two", "one\ntwo"),
            ("<p>unclosed", "<p>unclosed</p>", "unclosed"),
            ("&amp;lt;b&amp;gt;", "&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            (
                "<img alt=\"a > b\" src=\"/x.png\">after",
                "<img alt=\"a &gt; b\" src=\"/x.png\">after",
                "after",
            ),
            (
                "<table><tr><td>Size</td><td>M</td></tr></table>",
                "<table><tbody><tr><td>Size</td><td>M</td></tr></tbody></table>",
                "Size M",
            ),
            ("  \n ", "", ""),
        ] {
            let description = sanitise(given);
            assert_eq!((description.html.as_str(), description.text.as_str()), (html, text), "{given}");
        }
        assert!(!sanitise("<a href=\"javascript:alert(1)\">x</a>").html.contains("javascript"));
        assert!(!sanitise("a\0b").html.contains('\0'), "PostgreSQL stores no NUL");
    }

    #[test]
    fn text_is_taken_literally() {
        let description = from_text("1 < 2 & <b>\n\n  next  ");
        assert_eq!(description.text, "1 < 2 & <b>\nnext");
        assert_eq!(description.html, "<p>1 &lt; 2 &amp; &lt;b&gt;</p>\n<p>next</p>");
    }

    proptest! {
        #[test]
        fn sanitising_twice_changes_nothing(html in "(<(p|b|ul|li|br|a href='x'|/p|/b|script|td)>|[a-z &;<>\"'é]){0,30}") {
            let once = sanitise(&html);
            prop_assert_eq!(sanitise(&once.html).html, once.html);
        }

        #[test]
        fn text_comes_back_as_it_went_in(line in "[!-~]{1,10}( [!-~]{1,10}){0,5}") {
            prop_assert_eq!(from_text(&line).text, line);
        }
    }
}
