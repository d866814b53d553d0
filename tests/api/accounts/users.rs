//! What those who manage accounts see and do: `users`, `user`, `userRolesUpdate`, `userDeactivate`

use cartograph::accounts::{self, Permission, Role};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::db::{count, run};
use crate::support::{Client, Response, TestApp, UserBuilder};

async fn set_roles(client: &Client, user: &str, roles: &[&str]) -> Response {
    let document = "mutation($input: UserRolesUpdateInput!) { userRolesUpdate(input: $input) { \
                    user { id roles } userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "userId": user, "roles": roles } })).await
}

async fn close(client: &Client, user: &str, erase: bool) -> Response {
    let document = "mutation($input: UserDeactivateInput!) { userDeactivate(input: $input) { \
                    user { id status erasedAt } userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "userId": user, "erase": erase } })).await
}

async fn emails(client: &Client, filter: Value) -> Vec<String> {
    let document =
        "query($filter: UserFilter) { users(first: 100, filter: $filter) { totalCount nodes { email } } }";
    let answer = client.query_with(document, json!({ "filter": filter })).await;
    let found: Vec<String> = answer.texts("/users/nodes", "/email").into_iter().map(str::to_owned).collect();
    assert_eq!(answer.int("/users/totalCount"), i64::try_from(found.len()).expect("few"));
    found
}

#[tokio::test]
async fn accounts_are_found_by_what_is_known_of_them() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (email, roles) in [
        ("zoe.müller@example.com", [Role::Customer].as_slice()),
        ("bob_100%@example.com", &[Role::Customer]),
        ("sam@shop.example", &[Role::Customer, Role::Staff]),
    ] {
        UserBuilder::new().email(email).roles(roles).create(&app).await;
    }
    let closed = UserBuilder::new().email("gone@example.com").create(&app).await.to_string();
    assert_eq!(close(&admin, &closed, false).await.text("/userDeactivate/user/status"), "DEACTIVATED");
    for (filter, found) in [
        (json!({ "search": "MULLER" }), vec!["zoe.müller@example.com"]),
        (json!({ "search": "100%@" }), vec!["bob_100%@example.com"]),
        (json!({ "search": "z_e" }), vec![]),
        (json!({ "search": "\\" }), vec![]),
        (json!({ "role": "STAFF" }), vec!["sam@shop.example"]),
        (json!({ "status": "DEACTIVATED" }), vec!["gone@example.com"]),
        (json!({ "search": "ada test", "role": "STAFF", "status": "ACTIVE" }), vec!["sam@shop.example"]),
        (json!({ "createdBefore": "2020-01-01T00:00:00Z" }), vec![]),
        (json!({ "createdFrom": "2020-01-01T00:00:00Z", "search": "zoe" }), vec!["zoe.müller@example.com"]),
    ] {
        assert_eq!(emails(&admin, filter.clone()).await, found, "{filter}");
    }
    assert_eq!(emails(&admin, json!({ "search": " " })).await.len(), 5, "no text is no condition");
    let long = json!({ "filter": { "search": "x".repeat(101) } });
    let refused =
        admin.query_with("query($filter: UserFilter) { users(filter: $filter) { totalCount } }", long).await;
    assert_eq!(refused.error_code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn staff_see_accounts_and_change_none() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let user = UserBuilder::new().email("zoe@example.com").create(&app).await.to_string();
    assert_eq!(emails(&staff, json!({ "search": "zoe" })).await, ["zoe@example.com"]);
    let seen = staff.query(&format!("{{ user(id: {user:?}) {{ email status }} }}")).await;
    assert_eq!(seen.at("/user"), &json!({ "email": "zoe@example.com", "status": "ACTIVE" }));
    let events = staff.query(&format!("{{ user(id: {user:?}) {{ events {{ totalCount }} }} }}")).await;
    assert_eq!(events.error_code(), "FORBIDDEN");
    assert_eq!(set_roles(&staff, &user, &["STAFF"]).await.error_code(), "FORBIDDEN");
    assert_eq!(close(&staff, &user, false).await.error_code(), "FORBIDDEN");
    assert_eq!(app.customer().await.query("{ users { totalCount } }").await.error_code(), "FORBIDDEN");
}

#[tokio::test]
async fn accounts_are_paged_through_in_both_directions() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in 0..5 {
        UserBuilder::new().email(&format!("user{number}@example.com")).create(&app).await;
    }
    let page = async |arguments: &str| {
        let shown = "nodes { email } pageInfo { startCursor endCursor hasNextPage }";
        let filter = "filter: { search: \"user\", role: CUSTOMER }";
        admin.query(&format!("{{ users({arguments}, {filter}) {{ {shown} }} }}")).await
    };
    let first = page("first: 3").await;
    assert_eq!(
        first.texts("/users/nodes", "/email"),
        ["user4@example.com", "user3@example.com", "user2@example.com"]
    );
    let end = first.text("/users/pageInfo/endCursor");
    let next = page(&format!("first: 3, after: {end:?}")).await;
    assert_eq!(next.texts("/users/nodes", "/email"), ["user1@example.com", "user0@example.com"]);
    assert_eq!(next.at("/users/pageInfo/hasNextPage"), &json!(false));
    let start = next.text("/users/pageInfo/startCursor");
    let back = page(&format!("last: 2, before: {start:?}")).await;
    assert_eq!(back.texts("/users/nodes", "/email"), ["user3@example.com", "user2@example.com"]);

    let (_, counted) = app.statements(page("first: 3")).await;
    assert_eq!(counted.count(), 1, "nobody asked for the total:\n{counted}");
}

#[tokio::test]
async fn lists_of_many_accounts_go_by_an_index() {
    let app = TestApp::start().await;
    let mut conn = app.database().connect().await;
    run(
        &mut conn,
        "INSERT INTO users (id, email, name, created_at, deleted_at) SELECT uuid_v7(), 'user' || n || '@example.com', \
             'Somebody ' || n, now(), CASE WHEN n % 5000 = 0 THEN now() END FROM generate_series(1, 20000) n; ANALYZE users",
    )
    .await;
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
        text: String,
    }
    for condition in [
        "search_text LIKE '%' || fold_text('user19999@') || '%'",
        "roles @> ARRAY['staff'] AND roles <> '{customer}'",
        "deleted_at IS NOT NULL",
        "roles @> ARRAY['customer']",
        "true",
    ] {
        let query = format!("EXPLAIN SELECT id FROM users WHERE {condition} ORDER BY id DESC LIMIT 21");
        let plan: Vec<Line> = diesel::sql_query(query).load(&mut conn).await.expect("a plan");
        let plan: Vec<String> = plan.into_iter().map(|line| line.text).collect();
        assert!(!plan.iter().any(|line| line.contains("Seq Scan")), "{condition}: {plan:#?}");
    }
}

#[tokio::test]
async fn roles_are_given_and_taken_and_that_is_noted() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let user = UserBuilder::new().create(&app).await.to_string();
    let given = set_roles(&admin, &user, &["STAFF", "STAFF"]).await;
    assert_eq!(
        given.at("/userRolesUpdate/user/roles"),
        &json!(["CUSTOMER", "STAFF"]),
        "everybody is a customer"
    );
    set_roles(&admin, &user, &["CUSTOMER", "STAFF"]).await.data();
    assert_eq!(app.count("account_events").await, 1, "nothing changed");
    let taken = set_roles(&admin, &user, &[]).await;
    assert_eq!(taken.at("/userRolesUpdate/user/roles"), &json!(["CUSTOMER"]));
    let events = "events { nodes { type fromRoles toRoles actor { id } } }";
    let noted = admin.query(&format!("{{ user(id: {user:?}) {{ {events} }} }}")).await;
    let actor = json!({ "id": admin.user_id().to_string() });
    let event = |from: Value, to: Value| json!({ "type": "ROLES_CHANGED", "fromRoles": from, "toRoles": to, "actor": actor });
    let (customer, staff) = (json!(["CUSTOMER"]), json!(["CUSTOMER", "STAFF"]));
    assert_eq!(
        noted.at("/user/events/nodes"),
        &json!([event(staff.clone(), customer.clone()), event(customer, staff)])
    );

    let nobody = cartograph::ids::UserId::new().to_string();
    assert_eq!(
        set_roles(&admin, &nobody, &["STAFF"]).await.user_error_codes("userRolesUpdate"),
        ["NOT_FOUND"]
    );
    close(&admin, &user, false).await.data();
    assert_eq!(
        set_roles(&admin, &user, &["STAFF"]).await.user_error_codes("userRolesUpdate"),
        ["ACCOUNT_CLOSED"]
    );
}

#[tokio::test]
async fn closing_an_account_ends_its_sessions_and_can_be_repeated() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let user = app.customer().await.user_id().to_string();
    let closed = close(&admin, &user, false).await;
    assert_eq!(closed.at("/userDeactivate/user/erasedAt"), &json!(null));
    close(&admin, &user, false).await.data();
    assert!(
        close(&admin, &user, true).await.at("/userDeactivate/user/erasedAt").is_string(),
        "erased afterwards"
    );
    close(&admin, &user, true).await.data();
    assert_eq!(app.count("account_events").await, 2, "closed once and erased once");
    let mut conn = app.database().connect().await;
    assert_eq!(count(&mut conn, "SELECT count(*) AS n FROM sessions WHERE revoked_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let me = admin.user_id().to_string();
    assert_eq!(set_roles(&admin, &me, &["STAFF"]).await.user_error_codes("userRolesUpdate"), ["LAST_ADMIN"]);
    assert_eq!(close(&admin, &me, true).await.user_error_codes("userDeactivate"), ["LAST_ADMIN"]);
    let mut conn = app.database().connect().await;
    for by_hand in
        ["UPDATE users SET deleted_at = now()", "UPDATE users SET roles = '{customer}'", "DELETE FROM users"]
    {
        let refused = diesel::sql_query(by_hand).execute(&mut conn).await.expect_err(by_hand);
        assert_eq!(cartograph::error::violated_constraint(&refused), Some("users_last_admin"), "{refused}");
    }
    // Two in one statement are as many as one after the other.
    app.admin().await;
    assert!(diesel::sql_query("UPDATE users SET deleted_at = now()").execute(&mut conn).await.is_err());
    assert!(diesel::sql_query("DELETE FROM users").execute(&mut conn).await.is_err());
    assert!(diesel::sql_query("TRUNCATE users CASCADE").execute(&mut conn).await.is_err());
    let closed = close(&admin, &me, false).await;
    assert_eq!(closed.user_error_codes("userDeactivate"), [""; 0], "with another one there");
}

#[tokio::test]
async fn of_two_administrators_who_demote_each_other_one_is_left() {
    let app = TestApp::start().await;
    for third in [false, true] {
        let (one, other) = (app.admin().await, app.admin().await);
        if !third {
            // Nobody but these two.
            let rest = format!(
                "UPDATE users SET roles = '{{customer}}' WHERE id NOT IN ('{}', '{}')",
                one.user_id().0,
                other.user_id().0
            );
            run(&mut app.database().connect().await, &rest).await;
        }
        let (their, mine) = (other.user_id().to_string(), one.user_id().to_string());
        let (first, second) = tokio::join!(set_roles(&one, &their, &[]), set_roles(&other, &mine, &[]));
        let done = |answer: &Response| {
            answer.errors().is_empty() && answer.user_error_codes("userRolesUpdate").is_empty()
        };
        assert!(done(&first) != done(&second), "{first:?} {second:?}");
        let refused = if done(&first) { &second } else { &first };
        // By the row; or by the token already, where the other one was that much faster.
        assert!(
            refused.body.to_string().contains("NOT_ALLOWED") || refused.error_code() == "UNAUTHENTICATED",
            "{:#}",
            refused.body
        );
    }
}

#[tokio::test]
async fn whoever_may_no_longer_manage_accounts_is_refused_while_their_token_still_says_so() {
    let app = TestApp::start().await;
    let (admin, former) = (app.admin().await, app.admin().await);
    let user = UserBuilder::new().create(&app).await.to_string();
    let demote = format!("UPDATE users SET roles = '{{customer}}' WHERE id = '{}'", former.user_id().0);
    run(&mut app.database().connect().await, &demote).await;
    for refused in [set_roles(&former, &user, &["ADMIN"]).await, close(&former, &user, false).await] {
        // By the token, if the server has heard of it; else by the row.
        assert!(
            refused.body.to_string().contains("NOT_ALLOWED") || !refused.errors().is_empty(),
            "{:#}",
            refused.body
        );
    }
    let roles = admin.query(&format!("{{ user(id: {user:?}) {{ roles status }} }}")).await;
    assert_eq!(roles.at("/user"), &json!({ "roles": ["CUSTOMER"], "status": "ACTIVE" }));
}

#[tokio::test]
async fn the_database_says_of_roles_what_the_code_says() {
    use cartograph::db::schema::{role_permissions, roles};
    let app = TestApp::start().await;
    let mut conn = app.database().connect().await;
    let names: Vec<String> = roles::table.select(roles::name).load(&mut conn).await.expect("the roles");
    let mut known = Role::ALL.map(Role::as_str).to_vec();
    known.sort_unstable();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, known);
    let rows: Vec<(String, String)> = role_permissions::table
        .select((role_permissions::role, role_permissions::permission))
        .load(&mut conn)
        .await
        .expect("the permissions");
    let count = Role::ALL.iter().map(|role| role.permissions().len()).sum::<usize>();
    assert_eq!(rows.len(), count);
    for (role, permission) in rows {
        let role = Role::parse(&role).expect("a role of the code");
        let brings = |one: &&Permission| one.as_str() == permission;
        assert!(role.permissions().iter().any(|one| brings(&one)), "{role:?} {permission}");
    }

    accounts::expect_roles(&conn).await.expect("they agree");
    run(&mut conn, "INSERT INTO role_permissions (role, permission) VALUES ('staff', 'OF_A_NEWER_RELEASE')")
        .await;
    accounts::expect_roles(&conn).await.expect("a newer release has migrated already");
    run(&mut conn, "DELETE FROM role_permissions WHERE permission = 'MANAGE_USERS'").await;
    let refused = accounts::expect_roles(&conn).await.expect_err("a row is gone").to_string();
    assert!(refused.contains("admin:MANAGE_USERS"), "{refused}");

    let unknown = diesel::sql_query("UPDATE users SET roles = '{owner}'");
    UserBuilder::new().create(&app).await;
    let refused = unknown.execute(&mut conn).await.expect_err("there is no such role");
    assert_eq!(cartograph::error::violated_constraint(&refused), Some("users_roles_known"));
}

#[tokio::test]
async fn what_hangs_on_accounts_is_read_together() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let document =
        "{ users(first: 50) { nodes { id events { nodes { id } } orders(first: 1) { nodes { id } } } } }";
    let (_, few) = app.statements(admin.query(document)).await;
    for _ in 0..5 {
        app.customer().await;
    }
    let (answer, many) = app.statements(admin.query(document)).await;
    answer.data();
    assert_eq!(few.count(), many.count(), "{many}");
    many.assert_at_most(3);
}
