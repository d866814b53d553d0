//! Categories, products and variants.

use uuid::Uuid;

use super::copy::{Rows, Table};
use super::dice::{self, AGE, Dice, Kind, OPENING, moment, timestamp};
use super::words::{ADJECTIVES, COLOURS, DEPARTMENTS, MATERIALS, PICTURES, SENTENCES, VENDORS};
use crate::money::Currency;

const CATEGORIES: Table =
    Table { name: "categories", columns: "id, parent_id, slug, name, position, created_at" };
const PRODUCTS: Table = Table {
    name: "products",
    columns: "id, category_id, slug, name, description_html, description, vendor, tags, attributes, status, \
              created_at, updated_at, default_variant_id, price_min, price_max, skus, choices",
};
const OPTIONS: Table = Table { name: "product_options", columns: "id, product_id, position, name, values" };
const VARIANTS: Table = Table {
    name: "product_variants",
    columns: "id, product_id, sku, option_values, position, price, compare_at_price, currency, weight_grams, \
              created_at, updated_at",
};
const IMAGES: Table = Table { name: "product_images", columns: "id, product_id, url, alt_text, position" };

/// How many subcategories there are.
const SUBCATEGORIES: u64 = (DEPARTMENTS.len() * DEPARTMENTS[0].1.len()) as u64;

/// A variant, as far as orders have to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variant {
    product: u64,
    ordinal: u64,
    /// Whether it is one of several.
    has_choice: bool,
    /// In minor units.
    pub(super) price: i64,
}

/// A catalogue being made.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) seed: u64,
    pub(super) products: u64,
    pub(super) currency: Currency,
}

impl Catalog {
    /// The tree: every department and what is in it.
    pub(super) fn categories(&self) -> Rows {
        let mut rows = Rows::of(CATEGORIES);
        let made = timestamp(OPENING);
        for (department, (name, children)) in (0_u64..).zip(&DEPARTMENTS) {
            let parent = self.category_id(SUBCATEGORIES + department);
            let slug = name.to_lowercase();
            rows.field(parent).maybe(None::<Uuid>).field(format_args!("{slug}-s{}", self.seed));
            rows.field(name).field(department + 1).field(&made).end();
            for (child, name) in (0_u64..).zip(children) {
                let id = self.category_id(department * children.len() as u64 + child);
                rows.field(id).field(parent);
                rows.field(format_args!("{slug}-{}-s{}", name.to_lowercase(), self.seed));
                rows.field(name).field(child + 1).field(&made).end();
            }
        }
        rows
    }

    /// These products with all that belongs to them, products first; the variants are added to `variants`.
    pub(super) fn products(&self, numbers: std::ops::Range<u64>, variants: &mut Vec<Variant>) -> [Rows; 4] {
        let mut rows = [Rows::of(PRODUCTS), Rows::of(VARIANTS), Rows::of(OPTIONS), Rows::of(IMAGES)];
        for number in numbers {
            self.product(number, &mut rows, variants);
        }
        rows
    }

    fn product(&self, number: u64, rows: &mut [Rows; 4], variants: &mut Vec<Variant>) {
        let [products, variant_rows, options, images] = rows;
        let mut dice = Dice::new(self.seed, Kind::Product, number);
        let (id, made) = (self.product_id(number), timestamp(self.made_at(number)));
        let name = self.product_name(number);
        // Half of the products have one variant, the others two to five.
        let count = if dice.percent(50) { 1 } else { 2 + dice.below(4) };
        let base = price(&mut dice);
        let first = variants.len();
        variants.extend((0..count).map(|ordinal| Variant {
            product: number,
            ordinal,
            has_choice: count > 1,
            price: base + base / 10 * ordinal.min(3) as i64,
        }));
        let own = &variants[first..];
        let skus: Vec<String> = own.iter().map(|variant| self.sku(variant)).collect();
        let text: Vec<&str> = (0..3).map(|_| *dice.pick(&SENTENCES)).collect();
        let status = match dice.below(100) {
            0..96 => "active",
            96..98 => "draft",
            _ => "archived",
        };
        products.field(id).field(self.category_id(dice.below(SUBCATEGORIES)));
        products.field(self.product_slug(number)).field(&name);
        products.field(format_args!("<p>{}</p>", text.join(" "))).field(text.join(" "));
        products.field(dice.pick(&VENDORS)).field(format_args!("{{{}}}", material(number).to_lowercase()));
        products.field(format_args!("{{\"Material\": \"{}\"}}", material(number))).field(status);
        products.field(&made).field(&made).field(self.variant_id(&own[0]));
        products.maybe(own.iter().map(|variant| variant.price).min());
        products.maybe(own.iter().map(|variant| variant.price).max());
        let mut choices: Vec<&str> = own.iter().map(Variant::name).collect();
        choices.sort_unstable();
        products.field(skus.join(" ")).field(choices.join(" ")).end();
        for (variant, sku) in own.iter().zip(&skus) {
            let before = dice.percent(15).then_some(variant.price / 4 * 5);
            variant_rows.field(self.variant_id(variant)).field(id).field(sku);
            variant_rows.field(format_args!("{{{}}}", variant.name())).field(variant.ordinal + 1);
            variant_rows.field(variant.price).maybe(before).field(self.currency.code());
            variant_rows.field(50 + dice.below(5000)).field(&made).field(&made).end();
        }
        if count > 1 {
            let names: Vec<&str> = own.iter().map(Variant::name).collect();
            options.field(self.id(Kind::Option, number)).field(id).field(1).field("Colour");
            options.field(format_args!("{{{}}}", names.join(","))).end();
        }
        images.field(self.id(Kind::Image, number)).field(id);
        images.field(format_args!("/media/demo/{}.svg", dice.pick(&PICTURES))).field(&name).field(1).end();
    }

    /// The id of a product.
    pub(super) fn product_id(&self, number: u64) -> Uuid {
        self.id(Kind::Product, number)
    }

    /// The ids of a variant and its product.
    pub(super) fn ids(&self, variant: &Variant) -> (Uuid, Uuid) {
        (self.variant_id(variant), self.product_id(variant.product))
    }

    /// The name of a variant's product.
    pub(super) fn name_of(&self, variant: &Variant) -> String {
        self.product_name(variant.product)
    }

    /// A variant's article number.
    pub(super) fn sku(&self, variant: &Variant) -> String {
        format!("S{}-{:06}-{}", self.seed, variant.product, variant.ordinal + 1)
    }

    fn variant_id(&self, variant: &Variant) -> Uuid {
        let number = variant.product * COLOURS.len() as u64 + variant.ordinal;
        dice::id(self.seed, Kind::Variant, number, self.made_at(variant.product))
    }

    fn category_id(&self, number: u64) -> Uuid {
        dice::id(self.seed, Kind::Category, number, OPENING)
    }

    fn id(&self, kind: Kind, number: u64) -> Uuid {
        dice::id(self.seed, kind, number, self.made_at(number))
    }

    /// Products come in over the shop's first year.
    fn made_at(&self, number: u64) -> i64 {
        moment(number, self.products, OPENING, OPENING + AGE / 2)
    }

    fn product_name(&self, number: u64) -> String {
        let mut dice = Dice::new(self.seed, Kind::Option, number);
        let (adjective, (_, things)) = (dice.pick(&ADJECTIVES), dice.pick(&DEPARTMENTS));
        format!("{adjective} {} {} {number}", material(number), dice.pick(things))
    }

    fn product_slug(&self, number: u64) -> String {
        format!("{}-s{}", self.product_name(number).to_lowercase().replace(' ', "-"), self.seed)
    }
}

impl Variant {
    /// Its choice; empty when there is none.
    pub(super) fn name(&self) -> &'static str {
        if self.has_choice { COLOURS[self.ordinal as usize % COLOURS.len()] } else { "" }
    }
}

fn material(number: u64) -> &'static str {
    MATERIALS[number as usize % MATERIALS.len()]
}

/// Many cheap things, few dear ones; from 4.99 to about 1,000 in a currency with two decimals.
fn price(dice: &mut Dice) -> i64 {
    let hundreds = 5 + dice.skewed(1000) as i64;
    hundreds * 100 - if dice.percent(70) { 1 } else { 50 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_there() {
        assert!(PICTURES.iter().all(|name| crate::assets::demo_image(&format!("{name}.svg")).is_some()));
    }

    #[test]
    fn a_part_of_the_catalogue_is_the_same_as_in_the_whole() {
        let catalog = Catalog { seed: 3, products: 50, currency: Currency::USD };
        let (mut whole, mut part) = (Vec::new(), Vec::new());
        let _ = catalog.products(0..50, &mut whole);
        let _ = catalog.products(20..30, &mut part);
        let prices = |variants: &[Variant]| -> Vec<(u64, u64, i64)> {
            let of_part = variants.iter().filter(|variant| (20..30).contains(&variant.product));
            of_part.map(|variant| (variant.product, variant.ordinal, variant.price)).collect()
        };
        assert_eq!(prices(&whole), prices(&part));
        assert!(whole.iter().all(|variant| variant.price >= 450));
    }
}
