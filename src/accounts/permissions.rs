//! Who may do what: roles, the permissions each brings, and the one who asks.

use chrono::{DateTime, Utc};

use crate::ids::{SessionId, UserId};

/// What a role allows. Public things need none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Permission {
    /// Review products. Every customer has it.
    WriteReviews = 1 << 0,
    /// See drafts and archived products; write products, variants and categories.
    ManageCatalog = 1 << 1,
    /// Set and adjust stock.
    ManageInventory = 1 << 2,
    /// See every order and the live feed over all of them.
    ReadOrders = 1 << 3,
    /// Move orders along their life.
    ManageOrders = 1 << 4,
    /// Hide and show reviews.
    ModerateReviews = 1 << 5,
    /// See every account.
    ReadUsers = 1 << 6,
    /// Give and take roles; close accounts.
    ManageUsers = 1 << 7,
    /// Take payments, mark orders paid, pay back.
    ManagePayments = 1 << 8,
    /// Set what shipping costs, what is taxed and which codes take something off.
    ManagePricing = 1 << 9,
    /// Say where events are sent, and see what was.
    ManageWebhooks = 1 << 10,
    /// See, repeat and discard jobs that were given up.
    ManageJobs = 1 << 11,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 12] = [
        Self::WriteReviews,
        Self::ManageCatalog,
        Self::ManageInventory,
        Self::ReadOrders,
        Self::ManageOrders,
        Self::ModerateReviews,
        Self::ReadUsers,
        Self::ManageUsers,
        Self::ManagePayments,
        Self::ManagePricing,
        Self::ManageWebhooks,
        Self::ManageJobs,
    ];

    /// The permission's name in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WriteReviews => "WRITE_REVIEWS",
            Self::ManageCatalog => "MANAGE_CATALOG",
            Self::ManageInventory => "MANAGE_INVENTORY",
            Self::ReadOrders => "READ_ORDERS",
            Self::ManageOrders => "MANAGE_ORDERS",
            Self::ModerateReviews => "MODERATE_REVIEWS",
            Self::ReadUsers => "READ_USERS",
            Self::ManageUsers => "MANAGE_USERS",
            Self::ManagePayments => "MANAGE_PAYMENTS",
            Self::ManagePricing => "MANAGE_PRICING",
            Self::ManageWebhooks => "MANAGE_WEBHOOKS",
            Self::ManageJobs => "MANAGE_JOBS",
        }
    }
}

/// What an account may be. One account can have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Shops.
    Customer,
    /// Runs the shop from day to day.
    Staff,
    /// Runs the shop and its accounts.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Staff, Self::Admin];

    /// The role's name in the database and in tokens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }

    /// The role of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// The roles of these names, as far as there are such.
    pub(super) fn parse_all(names: &[String]) -> Vec<Self> {
        names.iter().filter_map(|name| Self::parse(name)).collect()
    }

    /// The one table of what each role brings. The database has it too, for its own rules and its readers: see
    /// [`expect_roles`](super::expect_roles).
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{
            ManageCatalog, ManageInventory, ManageJobs, ManageOrders, ManagePayments, ManagePricing,
            ManageUsers, ManageWebhooks, ModerateReviews, ReadOrders, ReadUsers, WriteReviews,
        };
        match self {
            Self::Customer => &[WriteReviews],
            Self::Staff => &[
                WriteReviews,
                ManageCatalog,
                ManageInventory,
                ReadOrders,
                ManageOrders,
                ManagePayments,
                ModerateReviews,
                ReadUsers,
                ManagePricing,
            ],
            Self::Admin => &[
                WriteReviews,
                ManageCatalog,
                ManageInventory,
                ReadOrders,
                ManageOrders,
                ManagePayments,
                ModerateReviews,
                ReadUsers,
                ManageUsers,
                ManagePricing,
                ManageWebhooks,
                ManageJobs,
            ],
        }
    }
}

/// Whoever sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody we know.
    Guest,
    /// The holder of a valid access token.
    User(SignedIn),
}

/// What an access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// Whose token it is.
    pub user_id: UserId,
    /// The log-in it was issued for.
    pub session_id: SessionId,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was issued, in whole seconds.
    pub(super) issued_at: DateTime<Utc>,
    /// Which generation of its session's tokens it is of.
    pub(super) generation: i32,
    permissions: u32,
}

impl SignedIn {
    /// A user with the permissions of these roles.
    #[must_use]
    pub fn new(user_id: UserId, session_id: SessionId, roles: &[Role], expires_at: DateTime<Utc>) -> Self {
        let permissions = roles.iter().flat_map(|role| role.permissions()).copied();
        Self::with_permissions(user_id, session_id, permissions, expires_at)
    }

    /// A user with these permissions, whatever roles bring them.
    #[must_use]
    pub fn with_permissions(
        user_id: UserId,
        session_id: SessionId,
        permissions: impl IntoIterator<Item = Permission>,
        expires_at: DateTime<Utc>,
    ) -> Self {
        let permissions = permissions.into_iter().fold(0, |bits, permission| bits | permission as u32);
        Self { user_id, session_id, expires_at, issued_at: DateTime::UNIX_EPOCH, generation: 0, permissions }
    }

    /// The same by a token issued then, of this generation.
    pub(super) fn of(self, issued_at: DateTime<Utc>, generation: i32) -> Self {
        Self { issued_at, generation, ..self }
    }
}

impl Viewer {
    /// Whether a role of theirs brings the permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::Guest => false,
            Self::User(user) => user.permissions & permission as u32 != 0,
        }
    }

    /// Who they are, unless a guest.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Guest => None,
            Self::User(user) => Some(user.user_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_listed_once_and_an_admin_has_it() {
        for (place, permission) in Permission::ALL.into_iter().enumerate() {
            assert_eq!(permission as u32, 1 << place, "{permission:?}");
            assert!(Role::Admin.permissions().contains(&permission), "{permission:?}");
        }
    }
}
