//! What operators do from the command line.

use cartograph::accounts::{
    AppointRefusal, Appointed, Appointment, EmailError, PasswordError, Role, appoint,
};
use cartograph::error::ActionError;

use super::{PASSWORD, ada, sign_in};
use crate::support::TestApp;

async fn appoint_admin(
    app: &TestApp,
    email: &str,
    password: Option<&str>,
) -> Result<Appointed, Vec<AppointRefusal>> {
    let appointment = Appointment {
        email: email.to_owned(),
        name: "Grace Hopper".to_owned(),
        password: password.map(Into::into),
        role: Role::Admin,
    };
    appoint(&app.app.db, &app.app.passwords, appointment).await.map_err(|error| match error {
        ActionError::Refused(reasons) => reasons,
        ActionError::Failed(error) => panic!("{error}"),
    })
}

#[tokio::test]
async fn an_account_is_made_once_and_can_sign_in() {
    let app = TestApp::start().await;
    let made = appoint_admin(&app, "Grace@example.com", Some(PASSWORD)).await;
    let Ok(Appointed::Created(made)) = made else { panic!("{made:?}") };
    assert_eq!(made.roles(), [Role::Customer, Role::Admin]);
    let again = appoint_admin(&app, "grace@example.com", Some("another password")).await;
    let Ok(Appointed::Existing(again)) = again else { panic!("{again:?}") };
    assert_eq!((again.id, again.roles()), (made.id, made.roles()));
    let answer = sign_in(&app.guest(), "grace@example.com", PASSWORD).await;
    assert_eq!(answer.text("/sessionCreate/session/user/roles/1"), "ADMIN");
}

#[tokio::test]
async fn an_account_that_is_there_is_promoted_and_keeps_what_it_had() {
    let app = TestApp::start().await;
    ada(&app).await;
    let promoted = appoint_admin(&app, " ADA@example.com", None).await;
    let Ok(Appointed::Existing(promoted)) = promoted else { panic!("{promoted:?}") };
    assert_eq!(promoted.roles(), [Role::Customer, Role::Admin]);
    assert_eq!(promoted.name, "Ada Lovelace");
    let answer = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(answer.text("/sessionCreate/session/user/roles/1"), "ADMIN");
}

#[tokio::test]
async fn nothing_is_made_of_bad_input() {
    let app = TestApp::start().await;
    for (email, password, reason) in [
        ("grace@example.com", None, AppointRefusal::PasswordMissing),
        ("grace", Some(PASSWORD), AppointRefusal::Account(EmailError::Malformed.into())),
        ("grace@example.com", Some("short"), AppointRefusal::Account(PasswordError::TooShort.into())),
    ] {
        match appoint_admin(&app, email, password).await {
            Ok(appointed) => panic!("{appointed:?}"),
            Err(reasons) => assert_eq!(reasons, [reason]),
        }
    }
}
