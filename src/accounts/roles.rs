//! Roles and permissions as the database has them, held against the code's.
//!
//! The code decides, request by request and without a statement: a permission means something only where a resolver asks for
//! it. The tables `roles` and `role_permissions` say the same to whoever reads the database (reports, audits, an operator's
//! SQL), and to the rules that stand there: an account has roles that there are, and one admin stays. A migration changes
//! them with the code.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::permissions::Role;
use crate::db::schema::role_permissions;

/// What a role allows, by their names.
type Rules = BTreeSet<(String, String)>;

/// Fails when the database lacks something that the code knows. Something more is left to a newer copy of the server that
/// has migrated already; the log tells of it, for it may be an operator's wish that has no effect.
pub async fn expect_roles(mut conn: &AsyncPgConnection) -> anyhow::Result<()> {
    let found: Rules = role_permissions::table
        .select((role_permissions::role, role_permissions::permission))
        .load::<(String, String)>(&mut conn)
        .await?
        .into_iter()
        .collect();
    let (missing, unknown) = differences(&found);
    anyhow::ensure!(
        missing.is_empty(),
        "the table role_permissions lacks {missing}: put these rows back, roles are no setting"
    );
    if !unknown.is_empty() {
        tracing::warn!(
            unknown,
            "role_permissions allows what this release does not know: it has no effect here"
        );
    }
    Ok(())
}

/// What is missing in the database, and what is there and unknown.
fn differences(found: &Rules) -> (String, String) {
    let known: Rules = Role::ALL
        .into_iter()
        .flat_map(|role| role.permissions().iter().map(move |permission| (role, permission)))
        .map(|(role, permission)| (role.as_str().to_owned(), permission.as_str().to_owned()))
        .collect();
    let list = |one: &Rules, other: &Rules| {
        let only: Vec<String> =
            one.difference(other).map(|(role, permission)| format!("{role}:{permission}")).collect();
        only.join(", ")
    };
    (list(&known, found), list(found, &known))
}
