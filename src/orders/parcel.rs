//! How a shipment travels, checked where it comes in.

/// The longest carrier and tracking code, in characters.
const MAX_LENGTH: usize = 100;
/// The longest link, in characters.
const MAX_URL_LENGTH: usize = 500;

/// How a shipment travels, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parcel {
    /// Who carries it.
    pub carrier: Option<String>,
    /// What the carrier calls it.
    pub tracking_code: Option<String>,
    /// Where the customer sees how far it is.
    pub tracking_url: Option<String>,
}

/// What of a parcel cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelProblem {
    /// The part, as the API names it.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

impl Parcel {
    /// The parcel with its parts trimmed, those that are empty left out; or everything that is wrong with it.
    pub fn checked(self) -> Result<Self, Vec<ParcelProblem>> {
        let trim =
            |part: Option<String>| part.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty());
        let parcel = Self {
            carrier: trim(self.carrier),
            tracking_code: trim(self.tracking_code),
            tracking_url: trim(self.tracking_url),
        };
        let problems = parcel.problems();
        if problems.is_empty() { Ok(parcel) } else { Err(problems) }
    }

    fn problems(&self) -> Vec<ParcelProblem> {
        let mut problems = Vec::new();
        let mut note = |field, problem: String| problems.push(ParcelProblem { field, problem });
        for (field, part, longest) in [
            ("carrier", &self.carrier, MAX_LENGTH),
            ("trackingCode", &self.tracking_code, MAX_LENGTH),
            ("trackingUrl", &self.tracking_url, MAX_URL_LENGTH),
        ] {
            let Some(part) = part else { continue };
            if part.chars().count() > longest {
                note(field, format!("'{field}' is longer than {longest} characters."));
            } else if part.chars().any(char::is_control) {
                note(field, format!("'{field}' holds a line break or another control character."));
            }
        }
        // Customers are shown it as a link: a script, say, has no place there.
        let page = |url: &String| {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
        };
        if !self.tracking_url.as_ref().is_none_or(page) {
            note("trackingUrl", "'trackingUrl' is a link that begins with https:// or http://.".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_url(url: &str) -> Parcel {
        Parcel { tracking_url: Some(url.to_owned()), ..Parcel::default() }
    }

    #[test]
    fn trims_and_leaves_out_what_is_empty() {
        let parcel =
            Parcel { carrier: Some(" DHL ".into()), tracking_code: Some(" ".into()), ..Parcel::default() };
        let expected = Parcel { carrier: Some("DHL".into()), ..Parcel::default() };
        assert_eq!(parcel.checked(), Ok(expected));
    }

    #[test]
    fn links_lead_to_pages() {
        for url in ["https://dhl.example/track?id=1", "http://a"] {
            assert!(with_url(url).checked().is_ok(), "{url}");
        }
        for url in
            ["javascript:alert(1)", "https://", "https://a b", "HTTPS://a", "dhl.example", "https://a\u{7}"]
        {
            let problems = with_url(url).checked().unwrap_err();
            assert!(problems.iter().all(|problem| problem.field == "trackingUrl"), "{url}");
        }
    }

    #[test]
    fn names_every_part_that_is_too_long() {
        let long = |length| Some("x".repeat(length));
        let parcel = Parcel {
            carrier: long(101),
            tracking_code: long(101),
            tracking_url: Some(format!("https://{}", "x".repeat(493))),
        };
        let fields: Vec<&str> = parcel.checked().unwrap_err().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["carrier", "trackingCode", "trackingUrl"]);
    }
}
