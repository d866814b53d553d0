//! Letters about orders: what each says, and its two forms.

use askama::Template;

use super::compose::one_line;

/// A letter about an order. Where a text comes from whoever shops, it is put into the letter and begins nothing else there.
#[derive(Debug, Clone)]
pub struct OrderLetter {
    /// What happened.
    pub news: OrderNews,
    /// The order's number.
    pub number: i64,
    /// What was bought.
    pub lines: Vec<LetterLine>,
    /// What it comes to, in the order of adding up.
    pub sums: Vec<Sum>,
    /// Where it goes, line by line.
    pub address: Vec<String>,
    /// The parcel, where it can be followed.
    pub parcel: Option<Parcel>,
}

/// What happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderNews {
    /// It was placed.
    Placed,
    /// It was paid.
    Paid,
    /// A parcel left.
    Shipped,
    /// It was cancelled.
    Cancelled,
    /// Money went back.
    Refunded {
        /// How much, as people write it.
        amount: Option<String>,
    },
}

/// One thing that was bought.
#[derive(Debug, Clone)]
pub struct LetterLine {
    /// What it is called.
    pub name: String,
    /// Its article number.
    pub sku: Option<String>,
    /// How many pieces.
    pub quantity: i32,
    /// The price of all of them, as people write it.
    pub total: String,
}

/// A sum and what it is of.
#[derive(Debug, Clone)]
pub struct Sum {
    /// What it is of.
    pub label: &'static str,
    /// How much, as people write it.
    pub amount: String,
}

/// A parcel that can be followed.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Who carries it.
    pub carrier: Option<String>,
    /// What they know it by.
    pub code: String,
}

/// The letter to be read as it is.
#[derive(Template)]
#[template(path = "mail/order.txt")]
struct Text<'a> {
    shop: &'a str,
    opening: &'a str,
    link: &'a str,
    letter: &'a OrderLetter,
}

/// The letter for those who like it set; askama escapes what is put into it.
#[derive(Template)]
#[template(path = "mail/order.html")]
struct Html<'a> {
    shop: &'a str,
    title: &'a str,
    opening: &'a str,
    link: &'a str,
    letter: &'a OrderLetter,
}

impl OrderLetter {
    /// The line that a list of mails shows.
    pub(super) fn title(&self) -> String {
        let number = self.number;
        match self.news {
            OrderNews::Placed => format!("We have your order {number}"),
            OrderNews::Paid => format!("Your order {number} is paid"),
            OrderNews::Shipped => format!("Your order {number} is on its way"),
            OrderNews::Cancelled => format!("Your order {number} was cancelled"),
            OrderNews::Refunded { .. } => format!("A refund for your order {number}"),
        }
    }

    fn opening(&self) -> String {
        match &self.news {
            OrderNews::Placed => "Thank you for your order. We write again once it is paid.".to_owned(),
            OrderNews::Paid => "Your payment has arrived. We write again once a parcel leaves.".to_owned(),
            OrderNews::Shipped => "A parcel of your order has left.".to_owned(),
            OrderNews::Cancelled => {
                "Your order was cancelled. If you have paid for it, the money goes back to you.".to_owned()
            }
            OrderNews::Refunded { amount: Some(amount) } => {
                format!("{amount} of your payment go back to you, the way they came.")
            }
            OrderNews::Refunded { amount: None } => "Money goes back to you, the way it came.".to_owned(),
        }
    }

    /// Both forms of the letter, from this shop, with a link to the order's page; none when a template cannot be filled in.
    pub(super) fn forms(&self, shop: &str, storefront: &str) -> Option<(String, String)> {
        let letter = &self.on_single_lines();
        let (title, opening) = (&self.title(), &self.opening());
        let link = &format!("{storefront}/orders/{}", self.number);
        let text = Text { shop, opening, link, letter }.render().ok()?;
        let html = Html { shop, title, opening, link, letter }.render().ok()?;
        Some((text, html))
    }

    /// The same with each text on a line of its own: nothing that somebody entered looks like a part of the letter.
    fn on_single_lines(&self) -> Self {
        let mut letter = self.clone();
        for line in &mut letter.lines {
            line.name = one_line(&line.name);
            line.sku = line.sku.as_deref().map(one_line);
        }
        letter.address.iter_mut().for_each(|part| *part = one_line(part));
        if let Some(parcel) = &mut letter.parcel {
            parcel.code = one_line(&parcel.code);
            parcel.carrier = parcel.carrier.as_deref().map(one_line);
        }
        letter
    }
}
