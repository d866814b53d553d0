//! What operators do from the command line.

use cartograph::accounts::{
    AppointRefusal, Appointment, EmailError, PasswordError, RegisterRefusal, Role, User, appoint, promote,
};
use cartograph::error::{ActionError, Outcome};

use super::{PASSWORD, ada, sign_in};
use crate::support::TestApp;
use crate::support::process::{DataDir, run_with_input};

fn reasons(outcome: Outcome<User, AppointRefusal>) -> Result<User, Vec<AppointRefusal>> {
    outcome.map_err(|error| match error {
        ActionError::Refused(reasons) => reasons,
        ActionError::Failed(error) => panic!("{error}"),
    })
}

async fn appoint_admin(app: &TestApp, email: &str, password: &str) -> Result<User, Vec<AppointRefusal>> {
    let appointment = Appointment {
        email: email.to_owned(),
        name: "Grace Hopper".to_owned(),
        password: password.into(),
        role: Role::Admin,
    };
    reasons(appoint(&app.app.db, &app.app.passwords, appointment).await)
}

async fn promote_to_admin(app: &TestApp, email: &str) -> Result<User, Vec<AppointRefusal>> {
    reasons(promote(&app.app.db, email, Role::Admin).await)
}

#[tokio::test]
async fn an_administrator_is_made_and_can_sign_in() {
    let app = TestApp::start().await;
    let made = appoint_admin(&app, "Grace@example.com", PASSWORD).await.unwrap();
    assert_eq!(made.roles(), [Role::Customer, Role::Admin]);
    assert!(made.email_verified_at.is_some(), "whoever has the machine vouches for the address");
    let answer = sign_in(&app.guest(), "grace@example.com", PASSWORD).await;
    assert_eq!(answer.text("/sessionCreate/session/user/roles/1"), "ADMIN");
}

#[tokio::test]
async fn whoever_registered_an_address_first_is_not_appointed_by_it() {
    let app = TestApp::start().await;
    ada(&app).await;
    let refused = appoint_admin(&app, " ADA@example.com", "another password").await.unwrap_err();
    assert_eq!(refused, [AppointRefusal::Account(RegisterRefusal::EmailTaken)]);
    let answer = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(answer.at("/sessionCreate/session/user/roles"), &serde_json::json!(["CUSTOMER"]));
}

#[tokio::test]
async fn who_is_promoted_keeps_what_they_had() {
    let app = TestApp::start().await;
    ada(&app).await;
    for _ in 0..2 {
        let promoted = promote_to_admin(&app, " ADA@example.com").await.unwrap();
        assert_eq!(promoted.roles(), [Role::Customer, Role::Admin]);
        assert_eq!(promoted.name, "Ada Lovelace");
    }
    let answer = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(answer.text("/sessionCreate/session/user/roles/1"), "ADMIN");
    assert_eq!(promote_to_admin(&app, "eve@example.com").await.unwrap_err(), [AppointRefusal::NoAccount]);
}

#[tokio::test]
async fn nothing_is_made_of_bad_input() {
    let app = TestApp::start().await;
    for (email, password, reason) in [
        ("grace", PASSWORD, EmailError::Malformed.into()),
        ("grace@example.com", "short", PasswordError::TooShort.into()),
    ] {
        let refused = appoint_admin(&app, email, password).await.unwrap_err();
        assert_eq!(refused, [AppointRefusal::Account(reason)]);
    }
}

#[tokio::test]
async fn the_command_says_on_one_line_what_became_of_it() {
    let app = TestApp::start().await;
    ada(&app).await;
    let data = DataDir::new();
    let url = app.database().url();
    let create = async |arguments: &[&str], input: &str| {
        let arguments = [&["admin", "create", "--email", "ada@example.com"], arguments].concat();
        let output = run_with_input(&data, &arguments, &[("DATABASE_URL", &url)], input).await;
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).expect("text"))
    };
    let (done, said) = create(&[], "another password\n").await;
    assert!(!done && said.contains("--promote") && said.trim().lines().count() == 1, "{said}");
    let (done, said) = create(&[], "").await;
    assert!(!done && said.contains("a password is needed"), "{said}");
    let (done, said) = create(&["--promote"], "").await;
    assert!(done && said.contains("the password the account had before"), "{said}");
    let answer = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(answer.text("/sessionCreate/session/user/roles/1"), "ADMIN");
}
