//! Postal addresses, checked where they come in: those that orders go to, and those that an account keeps.

use isocountry::CountryCode;
use serde::{Deserialize, Serialize};

/// Where a parcel goes or a bill is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Who lives there.
    pub name: String,
    /// Their company; may be empty.
    pub company: String,
    /// Street and number, or a P.O. box.
    pub line1: String,
    /// Flat, floor, entrance; may be empty.
    pub line2: String,
    /// Town.
    pub city: String,
    /// State, province or county, where addresses have one; may be empty.
    pub region: String,
    /// Postcode; may be empty where there are none.
    pub postal_code: String,
    /// Two letters of ISO 3166-1, such as DE.
    pub country: String,
    /// For the carrier; may be empty.
    pub phone: String,
}

/// A part of an address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressProblem {
    /// The part, as the API names it.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

/// A country's two letters of ISO 3166-1 in capitals; none when there is no such country.
#[must_use]
pub fn country(given: &str) -> Option<String> {
    let country = given.trim().to_ascii_uppercase();
    CountryCode::for_alpha2(&country).is_ok().then_some(country)
}

/// A region as it is compared by: "or" and " OR" are the same.
#[must_use]
pub fn folded_region(given: &str) -> String {
    given.trim().to_uppercase()
}

/// Longer parts are a mistake, and no label has room for them.
pub const MAX_LENGTH: usize = 200;
/// The longest postcodes and phone numbers, with room for how people write them.
const MAX_CODE_LENGTH: usize = 40;

impl Address {
    /// The address with its parts trimmed and its country in capitals, or everything that is wrong with it.
    pub fn checked(self) -> Result<Self, Vec<AddressProblem>> {
        let trim = |part: String| part.trim().to_owned();
        let address = Self {
            name: trim(self.name),
            company: trim(self.company),
            line1: trim(self.line1),
            line2: trim(self.line2),
            city: trim(self.city),
            region: trim(self.region),
            postal_code: trim(self.postal_code),
            country: trim(self.country).to_ascii_uppercase(),
            phone: trim(self.phone),
        };
        let problems = address.problems();
        if problems.is_empty() { Ok(address) } else { Err(problems) }
    }

    /// An address as it was checked and stored. Parts that a later release adds are empty in older rows.
    #[must_use]
    pub fn stored(stored: &serde_json::Value) -> Self {
        serde_json::from_value(stored.clone()).unwrap_or_default()
    }

    fn problems(&self) -> Vec<AddressProblem> {
        let mut problems = Vec::new();
        let mut note = |field, problem: String| problems.push(AddressProblem { field, problem });
        for (field, part, required, longest) in [
            ("name", &self.name, true, MAX_LENGTH),
            ("company", &self.company, false, MAX_LENGTH),
            ("line1", &self.line1, true, MAX_LENGTH),
            ("line2", &self.line2, false, MAX_LENGTH),
            ("city", &self.city, true, MAX_LENGTH),
            ("region", &self.region, false, MAX_LENGTH),
            ("postalCode", &self.postal_code, false, MAX_CODE_LENGTH),
            ("phone", &self.phone, false, MAX_CODE_LENGTH),
        ] {
            if required && part.is_empty() {
                note(field, format!("'{field}' is missing."));
            } else if part.chars().count() > longest {
                note(field, format!("'{field}' is longer than {longest} characters."));
            } else if part.chars().any(char::is_control) {
                note(field, format!("'{field}' holds a line break or another control character."));
            }
        }
        if country(&self.country).is_none() {
            note("country", "'country' must be two letters of ISO 3166-1, such as DE or US.".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            name: " Ada Lovelace ".into(),
            line1: "12 St James's Square".into(),
            city: "London".into(),
            country: "gb".into(),
            ..Address::default()
        }
    }

    #[test]
    fn trims_and_capitalises() {
        let checked = address().checked().unwrap();
        assert_eq!((checked.name.as_str(), checked.country.as_str()), ("Ada Lovelace", "GB"));
    }

    #[test]
    fn names_every_part_that_is_wrong() {
        let wrong = Address {
            name: "  ".into(),
            line1: "x".repeat(201),
            city: "a\nb".into(),
            country: "XX".into(),
            ..Address::default()
        };
        let fields: Vec<&str> = wrong.checked().unwrap_err().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["name", "line1", "city", "country"]);
    }
}
