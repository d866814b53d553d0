//! How the demo ships, what it taxes, and a code to try.

use diesel_async::AsyncPgConnection;

use super::{catalogue, unexpected};
use crate::money::Currency;
use crate::pricing::discount::{self, DiscountDraft, ValueDraft};
use crate::pricing::shipping::{self, MethodDraft, PriceDraft, StepDraft};
use crate::pricing::tax::{self, RateDraft};

/// Country, region, percent and name of each rate.
const RATES: [(&str, &str, &str, &str); 4] = [
    ("GB", "", "20", "VAT"),
    ("DE", "", "19", "MwSt."),
    ("FR", "", "20", "TVA"),
    ("US", "OR", "0", "Sales tax"),
];

/// The express's price by weight, in grams.
const EXPRESS: [(i32, &str); 3] = [(1000, "9.90"), (5000, "14.90"), (30_000, "24.90")];

/// Writes it all down.
pub(super) async fn load(conn: &AsyncPgConnection, currency: Currency) -> anyhow::Result<()> {
    let amount = |price: &str| catalogue::price(price, currency);
    let standard = MethodDraft {
        code: "standard".to_owned(),
        name: "Standard".to_owned(),
        countries: Vec::new(),
        price: PriceDraft { flat: Some(amount("4.90")?), by_weight: None },
        free_from: Some(amount("75.00")?),
        tax_class: None,
        position: Some(1),
        active: true,
    };
    let steps = EXPRESS
        .iter()
        .map(|(up_to_grams, price)| Ok(StepDraft { up_to_grams: *up_to_grams, price: amount(price)? }))
        .collect::<anyhow::Result<_>>()?;
    let express = MethodDraft {
        code: "express".to_owned(),
        name: "Express".to_owned(),
        countries: ["GB", "DE", "FR", "US"].map(str::to_owned).to_vec(),
        price: PriceDraft { flat: None, by_weight: Some(steps) },
        free_from: None,
        position: Some(2),
        ..standard.clone()
    };
    for method in [standard, express] {
        shipping::create(conn, &method, currency).await.map_err(unexpected("shipping"))?;
    }
    for (country, region, percent, name) in RATES {
        let rate = RateDraft {
            country: country.to_owned(),
            region: region.to_owned(),
            tax_class: "standard".to_owned(),
            percent: percent.to_owned(),
            name: name.to_owned(),
        };
        tax::set(conn, &rate).await.map_err(unexpected("tax"))?;
    }
    let welcome = DiscountDraft {
        code: "WELCOME10".to_owned(),
        value: ValueDraft { percent: Some("10".to_owned()), ..ValueDraft::default() },
        minimum_subtotal: None,
        starts_at: None,
        ends_at: None,
        usage_limit: None,
        usage_limit_per_customer: None,
    };
    discount::create(conn, &welcome, currency).await.map_err(unexpected("discount"))?;
    Ok(())
}
