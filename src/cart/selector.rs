//! Which cart is meant, and the proof that it is the caller's.

use std::fmt;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use crate::db::schema::carts;
use crate::ids::{CartId, UserId};
use crate::secrets::sha256;

/// A rule over `carts`.
type Condition = Box<dyn BoxableExpression<carts::table, Pg, SqlType = Nullable<Bool>>>;

/// Names a cart. Only its owner can: a customer by being signed in, a guest by the cart's token. A cart that is somebody
/// else's is not found, exactly like one that does not exist.
#[derive(Clone, Default)]
pub struct CartSelector {
    /// The cart's id, which alone proves nothing.
    pub cart_id: Option<CartId>,
    /// A guest cart's token. Whoever holds it owns the cart, signed in or not.
    pub token: Option<String>,
    /// Who is signed in. Without id and token, their own cart is meant.
    pub user: Option<UserId>,
}

/// Keeps the token out of logs.
impl fmt::Debug for CartSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CartSelector")
            .field("cart_id", &self.cart_id)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("user", &self.user)
            .finish()
    }
}

impl CartSelector {
    /// Whether no particular cart is named, so that one may be made.
    pub(super) fn names_no_cart(&self) -> bool {
        self.cart_id.is_none() && self.token.is_none()
    }

    /// The rule that the named cart fulfils and no other; none when no cart can.
    pub(super) fn condition(&self) -> Option<Condition> {
        let by_user = |user: UserId| carts::user_id.eq(user);
        let by_token = |token: &String| carts::token_hash.eq(sha256(token.as_bytes()).to_vec());
        Some(match (self.cart_id, &self.token, self.user) {
            (None, None, None) | (Some(_), None, None) => return None,
            (None, None, Some(user)) => Box::new(by_user(user)),
            (None, Some(token), _) => Box::new(by_token(token)),
            (Some(id), None, Some(user)) => Box::new(by_user(user).and(carts::id.eq(id))),
            (Some(id), Some(token), None) => Box::new(by_token(token).and(carts::id.eq(id))),
            (Some(id), Some(token), Some(user)) => {
                Box::new(by_user(user).or(by_token(token)).and(carts::id.eq(id)))
            }
        })
    }
}
