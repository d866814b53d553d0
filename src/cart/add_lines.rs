//! Puts variants into a cart, making the cart when the caller names none.

use diesel::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::model::{Cart, CartContents, CartLine, Offer, Opened};
use super::refusal::CartRefusal;
use super::selector::CartSelector;
use super::{MAX_LINES, MAX_QUANTITY, lock, queries, store};
use crate::catalog::ProductStatus;
use crate::error::{ActionError, Outcome};
use crate::ids::{CartId, CartLineId, UserId, VariantId};
use crate::secrets::random_token;

/// How a caller names a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariantKey {
    /// By its id.
    Id(VariantId),
    /// By its article number.
    Sku(String),
}

/// Some pieces of a variant that are to go into a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRequest {
    /// Which variant.
    pub variant: VariantKey,
    /// How many pieces.
    pub quantity: i32,
}

/// Adds the lines to the cart, all of them or none. A variant that is there already, or is named twice, becomes one line
/// with the sum, and the shopper counts as having seen its price of now. Where no cart is named, the customer's own is
/// meant, or for a guest a new one.
pub async fn add_lines(
    conn: &mut AsyncPgConnection,
    selector: &CartSelector,
    requests: &[LineRequest],
) -> Outcome<Opened, CartRefusal> {
    if requests.is_empty() {
        return Err(CartRefusal::NoLines.into());
    }
    put_in(conn, selector, requests).await
}

/// The same, for any number of lines.
pub(super) async fn put_in(
    conn: &mut AsyncPgConnection,
    selector: &CartSelector,
    requests: &[LineRequest],
) -> Outcome<Opened, CartRefusal> {
    check_size(requests.len())?;
    conn.transaction::<_, ActionError<_>, _>(async |conn| {
        let (cart, token) = if selector.names_no_cart() {
            open(conn, selector.user).await?
        } else {
            (lock::lock_for_edit(conn, selector).await?.ok_or(CartRefusal::CartNotFound)?, None)
        };
        let (ids, skus) = keys(requests);
        let (before, offers) = queries::lines_and_offers(conn, cart.id, &ids, &skus).await?;
        let changed = plan(cart.id, &before, &offers, requests).map_err(ActionError::Refused)?;
        store::save(conn, cart.id, &changed.iter().collect::<Vec<_>>(), &[]).await?;
        let lines = store::replace(before, changed);
        Ok(Opened { contents: CartContents { cart, lines }, token })
    })
    .await
}

/// Refuses a call that names more lines than a cart can have.
pub(super) fn check_size(given: usize) -> Result<(), CartRefusal> {
    if given > MAX_LINES { Err(CartRefusal::TooManyLines { given }) } else { Ok(()) }
}

/// The cart of a caller who names none: the customer's own, else a new one with its token.
async fn open(conn: &AsyncPgConnection, user: Option<UserId>) -> QueryResult<(Cart, Option<String>)> {
    if let Some(user) = user {
        return Ok((lock::lock_or_create(conn, user).await?, None));
    }
    let token = random_token();
    Ok((lock::create_for_guest(conn, &token).await?, Some(token)))
}

/// The variants asked for, as PostgreSQL can be asked. It has no NUL in text, so no sku has one.
fn keys(requests: &[LineRequest]) -> (Vec<VariantId>, Vec<&str>) {
    let (mut ids, mut skus) = (Vec::new(), Vec::new());
    for request in requests {
        match &request.variant {
            VariantKey::Id(id) => ids.push(*id),
            VariantKey::Sku(sku) if !sku.contains('\0') => skus.push(sku.as_str()),
            VariantKey::Sku(_) => {}
        }
    }
    (ids, skus)
}

/// What is asked for of one variant, in one or several places of the call.
struct Wanted<'a> {
    /// The first of these places.
    line: usize,
    offer: &'a Offer,
    quantity: i64,
}

/// The lines as they shall be, new ones and changed ones; or everything that speaks against it.
fn plan(
    cart_id: CartId,
    before: &[CartLine],
    offers: &[Offer],
    requests: &[LineRequest],
) -> Result<Vec<CartLine>, Vec<CartRefusal>> {
    let (wanted, mut refusals) = gather(before, offers, requests);
    let mut changed = Vec::with_capacity(wanted.len());
    for want in wanted {
        let existing = before.iter().find(|line| line.offer.variant.id == want.offer.variant.id);
        match raise(cart_id, existing, &want) {
            Ok(line) => changed.push(line),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let kept = before.iter().filter(|line| changed.iter().all(|other| other.id != line.id)).count();
    let total = kept + changed.len();
    if total > MAX_LINES {
        refusals.push(CartRefusal::LineLimit { total });
    }
    if refusals.is_empty() { Ok(changed) } else { Err(refusals) }
}

/// Sums what is asked for by variant, and tells what cannot be asked for.
fn gather<'a>(
    before: &'a [CartLine],
    offers: &'a [Offer],
    requests: &[LineRequest],
) -> (Vec<Wanted<'a>>, Vec<CartRefusal>) {
    let (mut wanted, mut refusals) = (Vec::<Wanted<'_>>::new(), Vec::new());
    for (line, request) in requests.iter().enumerate() {
        let quantity = i64::from(request.quantity);
        let offer =
            before.iter().map(|line| &line.offer).chain(offers).find(|offer| match &request.variant {
                VariantKey::Id(id) => offer.variant.id == *id,
                VariantKey::Sku(sku) => offer.variant.sku.as_ref() == Some(sku),
            });
        let offer = match offer {
            // A draft is not for shoppers to know of.
            None | Some(Offer { product_status: ProductStatus::Draft, .. }) => {
                refusals.push(CartRefusal::VariantNotFound { line });
                continue;
            }
            Some(offer) if !offer.on_sale() => {
                refusals.push(CartRefusal::NotAvailable { line, name: offer.name() });
                continue;
            }
            Some(offer) => offer,
        };
        if quantity < 1 {
            refusals.push(CartRefusal::QuantityInvalid { line, given: request.quantity });
            continue;
        }
        match wanted.iter_mut().find(|want| want.offer.variant.id == offer.variant.id) {
            Some(want) => want.quantity += quantity,
            None => wanted.push(Wanted { line, offer, quantity }),
        }
    }
    (wanted, refusals)
}

/// The line of a variant with what is wanted added to it.
fn raise(cart_id: CartId, existing: Option<&CartLine>, want: &Wanted<'_>) -> Result<CartLine, CartRefusal> {
    let in_cart = existing.map_or(0, |line| line.quantity);
    let total = i64::from(in_cart) + want.quantity;
    let quantity = match i32::try_from(total) {
        Ok(quantity) if quantity <= MAX_QUANTITY => quantity,
        _ => return Err(CartRefusal::QuantityLimit { line: want.line, total }),
    };
    let available = want.offer.variant.available();
    if quantity > available {
        let name = want.offer.name();
        return Err(CartRefusal::InsufficientStock { line: want.line, name, available, in_cart });
    }
    Ok(CartLine {
        id: existing.map_or_else(CartLineId::new, |line| line.id),
        cart_id,
        quantity,
        price_seen: want.offer.variant.price().minor,
        offer: want.offer.clone(),
    })
}
