//! Accounts and sessions: from a registration to the last sign-out, and what must not work on the way.

mod address_book;
mod attempts;
mod authorization;
mod cookies;
mod email;
mod operators;
mod own_account;
mod password_reset;
mod recalls;
mod refresh;
mod register;
mod sessions;
mod sign_in;
mod sign_out;
mod users;

use serde_json::{Value, json};

use crate::support::{Client, Response, TestApp};

const PASSWORD: &str = "correct horse battery";

const SESSION: &str = "id accessToken refreshToken expiresAt refreshExpiresAt user { id email name roles }";

pub(crate) async fn register(client: &Client, input: Value) -> Response {
    let document = format!(
        "mutation Register($input: AccountRegisterInput!) {{ accountRegister(input: $input) {{ \
         user {{ id email name roles createdAt }} session {{ {SESSION} }} userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

pub(crate) async fn sign_in(client: &Client, email: &str, password: &str) -> Response {
    let document = format!(
        "mutation SignIn($input: SessionCreateInput!) {{ sessionCreate(input: $input) {{ \
         session {{ {SESSION} }} userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": { "email": email, "password": password } })).await
}

pub(crate) async fn refresh(client: &Client, token: &str) -> Response {
    let document = format!(
        "mutation Refresh($input: SessionRefreshInput!) {{ sessionRefresh(input: $input) {{ \
         session {{ {SESSION} }} userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": { "refreshToken": token } })).await
}

async fn revoke(client: &Client, token: Option<&str>) -> Response {
    let document = "mutation Revoke($input: SessionRevokeInput!) { sessionRevoke(input: $input) { \
                    revoked userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "refreshToken": token } })).await
}

async fn viewer(client: &Client) -> Response {
    client.query("{ viewer { id email name roles } }").await
}

/// A registered customer: the answer to their registration.
async fn ada(app: &TestApp) -> Response {
    let input = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada Lovelace" });
    let answer = register(&app.guest(), input).await;
    assert_eq!(answer.user_error_codes("accountRegister"), Vec::<String>::new());
    answer
}

fn bearer(app: &TestApp, access_token: &str) -> Client {
    app.guest().with_authorization(&format!("Bearer {access_token}"))
}
