//! Writes to people about their orders.

use super::worker::Failure;
use crate::app::App;
use crate::ids::OrderId;
use crate::mail::{self, LetterLine, Parcel, Sum};
use crate::money::Money;
use crate::orders::letters::{OrderLetter, OrderNews, contents};
use crate::orders::{Order, OrderLine};

/// Sends a letter about an order, unless there is nobody to write to.
pub(super) async fn send(app: App, letter: OrderLetter) -> Result<(), Failure> {
    // The connection goes back before the letter is sent.
    let found = contents(&*app.upkeep.get().await?, OrderId(letter.order)).await?;
    let Some((order, lines)) = found else {
        tracing::debug!(event = %letter.event, "there is nobody to write to about an order");
        return Ok(());
    };
    let written = write(&order, &lines, &letter);
    app.mail.send_about_order(&order.email, letter.event, &written).await?;
    tracing::info!(order = %order.id, news = ?letter.news, "a letter was sent");
    Ok(())
}

fn write(order: &Order, lines: &[OrderLine], letter: &OrderLetter) -> mail::OrderLetter {
    let line = |line: &OrderLine| LetterLine {
        name: match line.variant_name.as_str() {
            "" => line.product_name.clone(),
            variant => format!("{} ({variant})", line.product_name),
        },
        sku: line.sku.clone(),
        quantity: line.quantity,
        total: in_words(order.amount(line.total)),
    };
    let address = order.shipping_address();
    let place = [address.postal_code, address.city].join(" ");
    let address =
        [address.name, address.company, address.line1, address.line2, place, address.region, address.country];
    let parcel = letter
        .details
        .tracking_code
        .clone()
        .map(|code| Parcel { carrier: letter.details.carrier.clone(), code });
    mail::OrderLetter {
        news: match letter.news {
            OrderNews::Placed => mail::OrderNews::Placed,
            OrderNews::Paid => mail::OrderNews::Paid,
            OrderNews::Shipped => mail::OrderNews::Shipped,
            OrderNews::Cancelled => mail::OrderNews::Cancelled,
            OrderNews::Refunded => mail::OrderNews::Refunded {
                amount: letter.details.amount.map(|minor| in_words(order.amount(minor))),
            },
        },
        number: order.number,
        lines: lines.iter().map(line).collect(),
        sums: sums(order),
        address: address.into_iter().filter(|part| !part.trim().is_empty()).collect(),
        parcel,
    }
}

/// What the lines come to, and what is paid in the end.
fn sums(order: &Order) -> Vec<Sum> {
    let sum = |label, money| Sum { label, amount: in_words(money) };
    vec![sum("Subtotal", order.subtotal()), sum("Total", order.total())]
}

fn in_words(money: Money) -> String {
    format!("{} {}", money.to_decimal(), money.currency.code())
}
