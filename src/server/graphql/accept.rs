//! Which media type an answer comes in: what the client accepts of what there is (RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, header};

/// The media types of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: the status says little, 200 even where the document is wrong.
    Json,
    /// `application/graphql-response+json`: the status says whether the operation was executed.
    GraphqlResponse,
    /// `text/event-stream`: any operation, each answer an event.
    EventStream,
    /// `multipart/mixed` as Apollo Client asks for subscriptions.
    Multipart,
}

impl Media {
    /// The `Content-Type` of an answer.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
            Self::Multipart => "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\"",
        }
    }

    fn essence(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("application", "json"),
            Self::GraphqlResponse => ("application", "graphql-response+json"),
            Self::EventStream => ("text", "event-stream"),
            Self::Multipart => ("multipart", "mixed"),
        }
    }

    /// Whether the parameters of a range leave room for this type.
    fn fits(self, parameter: &str) -> bool {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        match self {
            Self::Json | Self::GraphqlResponse | Self::EventStream => {
                !name.eq_ignore_ascii_case("charset") || value.eq_ignore_ascii_case("utf-8")
            }
            // The boundary is the sender's to choose; clients name one all the same.
            Self::Multipart => name.eq_ignore_ascii_case("subscriptionSpec") && value == "1.0",
        }
    }
}

/// What a request accepts.
#[derive(Debug)]
pub(super) struct Accept(Vec<Range>);

#[derive(Debug)]
struct Range {
    kind: String,
    subtype: String,
    parameters: Vec<String>,
    /// In thousandths, as many as the grammar has.
    quality: u16,
}

impl Accept {
    /// Reads the headers; what cannot be read of them is passed over. Without any, everything is accepted.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let values: Vec<&str> =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let ranges = if values.iter().all(|value| value.trim().is_empty()) {
            vec![Range::anything()]
        } else {
            values.iter().flat_map(|value| split(value, ',')).filter_map(Range::read).collect()
        };
        Self(ranges)
    }

    /// How to answer a query or mutation; none where nothing fits.
    pub(super) fn single(&self) -> Option<Media> {
        // Where the client has no preference: JSON for one that takes anything (as the specification advises), else what
        // says more.
        self.best(&[Media::GraphqlResponse, Media::Json, Media::EventStream], Media::Json)
    }

    /// How to answer a batch, all in one piece.
    pub(super) fn batch(&self) -> Option<Media> {
        self.best(&[Media::GraphqlResponse, Media::Json], Media::Json)
    }

    /// How to answer a subscription; none where nothing fits.
    pub(super) fn stream(&self) -> Option<Media> {
        self.best(&[Media::EventStream, Media::Multipart], Media::EventStream)
    }

    /// How to write an error where nothing was executed: as JSON, whatever is accepted.
    pub(super) fn refusal(&self) -> Media {
        self.batch().unwrap_or(Media::Json)
    }

    /// Whether a browser asks for a page, rather than a program for an answer.
    pub(super) fn names_html(&self) -> bool {
        self.0.iter().any(|range| range.kind == "text" && range.subtype == "html" && range.quality > 0)
    }

    /// The offered type of the highest quality, then the one that is named most exactly, then the first; but for ranges
    /// with an asterisk `default` is the first.
    fn best(&self, offered: &[Media], default: Media) -> Option<Media> {
        let mut best: Option<(u16, Exactness, bool, Media)> = None;
        for &media in offered {
            let Some((exactness, quality)) = self.matching(media) else { continue };
            let first = exactness < Exactness::Named && media == default;
            let candidate = (quality, exactness, first, media);
            let better = best.is_none_or(|best| (best.0, best.1, best.2) < (quality, exactness, first));
            if quality > 0 && better {
                best = Some(candidate);
            }
        }
        best.map(|(.., media)| media)
    }

    /// What the most exact range that fits says of a type.
    fn matching(&self, media: Media) -> Option<(Exactness, u16)> {
        let fitting = self.0.iter().filter_map(|range| Some((range.matches(media)?, range.quality)));
        fitting.max()
    }
}

/// How exactly a range names a type, the least exact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    Anything,
    Kind,
    Named,
}

impl Range {
    fn anything() -> Self {
        Self { kind: "*".to_owned(), subtype: "*".to_owned(), parameters: Vec::new(), quality: 1000 }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = split(text, ';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut range = Self {
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            ..Self::anything()
        };
        for parameter in parts.filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => {
                    range.quality = quality(value.trim())?;
                }
                _ => range.parameters.push(parameter.to_owned()),
            }
        }
        Some(range)
    }

    fn matches(&self, media: Media) -> Option<Exactness> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("*", "*") => Some(Exactness::Anything),
            (kind, "*") if kind == media.essence().0 && media != Media::Multipart => Some(Exactness::Kind),
            named if named == media.essence() => {
                let named = match media {
                    // There are several kinds of it: only the one that was asked for will do.
                    Media::Multipart => self.parameters.iter().any(|parameter| media.fits(parameter)),
                    _ => self.parameters.iter().all(|parameter| media.fits(parameter)),
                };
                named.then_some(Exactness::Named)
            }
            _ => None,
        }
    }
}

/// `0`, `1`, `0.7`, `0.123`: in thousandths. None for anything else.
fn quality(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1")
        || fraction.len() > 3
        || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "1" => (thousandths == 0).then_some(1000),
        _ => Some(thousandths),
    }
}

/// The parts between separators; those in quotes separate nothing.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |letter| {
        if escaped {
            escaped = false;
            return false;
        }
        match letter {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        letter == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(values: &[&str]) -> Accept {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::ACCEPT, value.parse().unwrap());
        }
        Accept::read(&headers)
    }

    #[test]
    fn an_answer_comes_in_what_the_client_likes_best() {
        use Media::{EventStream, GraphqlResponse, Json};
        for (value, media) in [
            ("application/json", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("APPLICATION/GraphQL-Response+JSON; charset=UTF-8", Some(GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(GraphqlResponse)),
            ("application/graphql-response+json;q=0.8, application/json;q=0.9", Some(Json)),
            ("application/json, application/graphql-response+json", Some(GraphqlResponse)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("text/*", Some(EventStream)),
            ("text/event-stream", Some(EventStream)),
            ("application/graphql-response+json, */*", Some(GraphqlResponse)),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("application/*;q=0, */*;q=0.1", Some(EventStream)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Json)),
            ("application/json;profile=\"a,b;q=0\"", Some(Json)),
            ("", Some(Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json;q=2, image/png", None),
            ("application/json;charset=latin1", None),
            ("multipart/mixed;subscriptionSpec=1.0", None),
            ("gibberish", None),
        ] {
            assert_eq!(accept(&[value]).single(), media, "{value}");
        }
        assert_eq!(accept(&[]).single(), Some(Json));
        assert_eq!(accept(&["text/html", "application/json"]).single(), Some(Json), "one list in two lines");
    }

    #[test]
    fn a_subscription_needs_a_media_type_that_goes_on() {
        use Media::{EventStream, Multipart};
        let apollo = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,\
                      application/json;q=0.9";
        for (value, media) in [
            (apollo, Some(Multipart)),
            ("multipart/mixed; boundary=\"graphql\"; subscriptionSpec=\"1.0\"", Some(Multipart)),
            ("text/event-stream", Some(EventStream)),
            ("*/*", Some(EventStream)),
            ("application/json", None),
            ("multipart/mixed;deferSpec=20220824", None),
            ("multipart/*", None),
        ] {
            assert_eq!(accept(&[value]).stream(), media, "{value}");
        }
        assert_eq!(accept(&["text/event-stream"]).batch(), None);
    }
}
