//! The demo's catalogue, at prices that make sense in the shop's currency.

use csv::StringRecord;

use crate::import::Source;
use crate::money::{Currency, Money};

const NAME: &str = "demo/products.csv";
const PRODUCTS: &[u8] = include_bytes!("../../demo/products.csv");

/// The columns with prices.
const PRICES: [&str; 2] = ["Variant Price", "Variant Compare At Price"];

/// The catalogue, in the format of `cartograph import`. Its prices have cents. A currency without them, such as JPY, gets
/// as many whole units instead, 1650 for 16.50: exact, so that there is nothing to round, and nearer to what things cost
/// in such a currency. Any other takes the prices as they are written.
pub(super) fn products(currency: Currency) -> anyhow::Result<Source> {
    if currency.scale() >= Currency::USD.scale() {
        return Ok(Source::Embedded { name: NAME, bytes: PRODUCTS });
    }
    let mut reader = csv::Reader::from_reader(PRODUCTS);
    let is_price: Vec<bool> = reader.headers()?.iter().map(|name| PRICES.contains(&name)).collect();
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(PRODUCTS.len()));
    writer.write_record(reader.headers()?)?;
    for row in reader.records() {
        let row = row?;
        let cells = row.iter().zip(&is_price).map(|(cell, is_price)| match cell {
            "" => Ok(String::new()),
            price if *is_price => in_cents(price, currency),
            other => Ok(other.to_owned()),
        });
        writer.write_record(&cells.collect::<anyhow::Result<StringRecord>>()?)?;
    }
    Ok(Source::Memory { name: NAME, bytes: writer.into_inner()?.into() })
}

/// A price with cents as one in this currency, by the same rule.
pub(super) fn price(price: &str, currency: Currency) -> anyhow::Result<String> {
    if currency.scale() >= Currency::USD.scale() { Ok(price.to_owned()) } else { in_cents(price, currency) }
}

/// As many of the currency's smallest units as the price has cents.
fn in_cents(price: &str, currency: Currency) -> anyhow::Result<String> {
    Ok(Money::new(Money::parse(price, Currency::USD)?.minor, currency).to_decimal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_with_cents_is_one_of_whole_yen() {
        assert_eq!(in_cents("16.50", "JPY".parse().unwrap()).unwrap(), "1650");
        assert_eq!(in_cents("420.00", "JPY".parse().unwrap()).unwrap(), "42000");
    }
}
