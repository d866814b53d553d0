//! The three log-ins that samples and docs name, and what is left of them in production.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::SecretString;

use super::unexpected;
use crate::accounts::published::{ADMIN, CUSTOMER, DEMO, PASSWORD, SEED_DOMAIN, STAFF};
use crate::accounts::{Appointment, Passwords, Role, User, appoint, promote};
use crate::db::Db;
use crate::db::schema::users;
use crate::error::{ActionError, Result};
use crate::ids::UserId;

/// Which of the three there are: a shop that was filled by other means has none.
pub async fn log_ins(db: &Db) -> Result<Vec<&'static str>> {
    let conn = db.get().await?;
    let found: Vec<String> = users::table
        .filter(users::email.eq_any(DEMO).and(users::deleted_at.is_null()))
        .select(users::email)
        .load(&mut &*conn)
        .await?;
    Ok(DEMO.into_iter().filter(|email| found.iter().any(|found| found == email)).collect())
}

/// The addresses of living accounts that a shop in production has from the days when it was tried: of the demo, and of
/// those who work in seeded shops. Nobody signs in to them, but an operator should know.
pub async fn left_behind(db: &Db) -> Result<Vec<String>> {
    let conn = db.get().await?;
    let found = users::table
        .filter(users::email.eq_any(DEMO).or(users::email.like(format!("user0.%@{SEED_DOMAIN}"))))
        .filter(users::deleted_at.is_null())
        .order(users::email)
        .select(users::email)
        .load(&mut &*conn)
        .await?;
    Ok(found)
}

/// The accounts that the demo's orders name.
pub(super) struct Accounts {
    /// Who buys.
    pub(super) customer: UserId,
    /// The same one's address.
    pub(super) customer_email: String,
    /// Who handles the orders.
    pub(super) staff: UserId,
}

impl Accounts {
    /// Makes the accounts, or finds them from an earlier start.
    pub(super) async fn appoint(db: &Db, passwords: &Passwords) -> anyhow::Result<Self> {
        let (customer, staff, _) = tokio::try_join!(
            account(db, passwords, CUSTOMER, "Casey Customer", &[Role::Customer]),
            account(db, passwords, STAFF, "Sam Staff", &[Role::Staff]),
            account(db, passwords, ADMIN, "Ada Admin", &[Role::Admin, Role::Staff]),
        )?;
        Ok(Self { customer: customer.id, customer_email: customer.email, staff: staff.id })
    }
}

/// The account with these roles, made unless an earlier start did; it is a customer's as well.
async fn account(
    db: &Db,
    passwords: &Passwords,
    email: &str,
    name: &str,
    roles: &[Role],
) -> anyhow::Result<User> {
    let mut account = None;
    for role in roles {
        let user = match promote(db, email, *role).await {
            Err(ActionError::Refused(_)) => {
                let password = SecretString::from(PASSWORD);
                let appointment =
                    Appointment { email: email.to_owned(), name: name.to_owned(), password, role: *role };
                appoint(db, passwords, appointment).await
            }
            promoted => promoted,
        };
        account = Some(user.map_err(unexpected("account"))?);
    }
    account.ok_or_else(|| anyhow::anyhow!("the demo's account {email} has no role"))
}
