//! The demo shop of the first start.

use cartograph::config::Mode;
use cartograph::demo;
use cartograph::money::Currency;
use cartograph::seed;
use serde_json::json;

use crate::accounts::{refresh, register, sign_in};
use crate::support::TestApp;
use crate::support::db::{count, run};

#[tokio::test]
async fn an_empty_shop_is_filled_once() {
    let app = TestApp::start().await;
    assert!(demo::load(&app.app).await.unwrap());
    assert!(!demo::load(&app.app).await.unwrap());
    let conn = &mut *app.db().await;
    assert_eq!(count(conn, "SELECT count(*) AS n FROM products").await, 104);
    assert_eq!(count(conn, "SELECT count(*) AS n FROM product_variants").await, 220);
    assert_eq!(count(conn, "SELECT count(*) AS n FROM product_images").await, 144);
    assert_eq!(count(conn, "SELECT sum(rating_count)::bigint AS n FROM products").await, 345);
    let unproven = "SELECT count(*) AS n FROM users WHERE email_verified_at IS NULL";
    assert_eq!(count(conn, unproven).await, 0, "nobody registered these accounts");
    // One order in each state that a demo shows, whose history ends where the order is.
    let orders = "SELECT count(DISTINCT o.status) AS n FROM orders o JOIN order_events e \
                  ON e.order_id = o.id AND e.sequence = o.last_sequence AND e.to_status = o.status";
    assert_eq!(count(conn, orders).await, 5);
}

#[tokio::test]
async fn what_the_catalogue_no_longer_has_is_neither_ordered_nor_reviewed() {
    let app = TestApp::start().await;
    // As if the file had another knife and another mug.
    let renamed = "CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
            IF NEW.sku = 'KNIFE-CHEF-20' THEN NEW.sku := 'KNIFE-BREAD'; END IF; RETURN NEW; END $$; \
        CREATE TRIGGER rename BEFORE INSERT ON product_variants FOR EACH ROW EXECUTE FUNCTION rename(); \
        CREATE FUNCTION rename_product() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
            IF NEW.slug = 'stoneware-mug' THEN NEW.slug := 'tin-mug'; END IF; RETURN NEW; END $$; \
        CREATE TRIGGER rename BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION rename_product()";
    run(&mut *app.db().await, renamed).await;
    assert!(demo::load(&app.app).await.unwrap());
    let conn = &mut *app.db().await;
    assert_eq!(count(conn, "SELECT count(*) AS n FROM orders").await, 4);
    assert_eq!(count(conn, "SELECT count(*) AS n FROM cart_lines").await, 0, "nothing of the fifth is left");
    let reviews = "SELECT sum(rating_count)::bigint AS n FROM products";
    assert!((300..345).contains(&count(conn, reviews).await));
}

#[tokio::test]
async fn a_shop_of_any_currency_is_filled() {
    // What is 16.50 in the file, in the currency's smallest units: yen, cents, fils.
    for (currency, price) in [("JPY", 1650), ("EUR", 1650), ("KWD", 16_500)] {
        let app = TestApp::start_with(|config| config.shop.currency = currency.parse().unwrap()).await;
        assert!(demo::load(&app.app).await.unwrap(), "{currency}");
        let conn = &mut *app.db().await;
        let variants = format!("SELECT count(*) AS n FROM product_variants WHERE currency = '{currency}'");
        assert_eq!(count(conn, &variants).await, 220);
        let bowl = "SELECT price AS n FROM product_variants WHERE sku = 'BOWL-CAFE-500'";
        assert_eq!(count(conn, bowl).await, price);
        assert_eq!(count(conn, "SELECT count(*) AS n FROM orders").await, 5);
    }
}

#[tokio::test]
async fn the_log_ins_that_are_announced_work() {
    let app = TestApp::start().await;
    demo::load(&app.app).await.unwrap();
    for (name, roles) in [
        ("customer", &["CUSTOMER"][..]),
        ("staff", &["CUSTOMER", "STAFF"]),
        ("admin", &["ADMIN", "CUSTOMER", "STAFF"]),
    ] {
        let document = format!(
            r#"mutation {{ sessionCreate(input: {{ email: "{name}@example.com", password: "cartograph-demo" }}) {{
                session {{ user {{ roles }} }} userErrors {{ code }}
            }} }}"#
        );
        let answer = app.guest().query(&document).await;
        let mut given: Vec<String> =
            serde_json::from_value(answer.at("/sessionCreate/session/user/roles").clone()).unwrap();
        given.sort();
        assert_eq!(given, roles);
    }
}

#[tokio::test]
async fn a_shop_with_products_of_its_own_is_left_alone() {
    let app = TestApp::start().await;
    crate::support::ProductBuilder::new("mine").create(&app).await;
    assert!(!demo::load(&app.app).await.unwrap());
    assert_eq!(count(&mut *app.db().await, "SELECT count(*) AS n FROM users").await, 0);
}

#[tokio::test]
async fn a_load_that_fails_leaves_no_half_of_it_and_the_next_one_completes() {
    let app = TestApp::start().await;
    run(&mut *app.db().await, "ALTER TABLE reviews ADD CONSTRAINT no_reviews CHECK (rating > 5)").await;
    assert!(demo::load(&app.app).await.is_err());
    assert_eq!(count(&mut *app.db().await, "SELECT count(*) AS n FROM products").await, 0);
    run(&mut *app.db().await, "ALTER TABLE reviews DROP CONSTRAINT no_reviews").await;
    assert!(demo::load(&app.app).await.unwrap());
    assert_eq!(count(&mut *app.db().await, "SELECT count(*) AS n FROM reviews").await, 345);
}

#[tokio::test]
async fn production_never_gets_it() {
    let app = TestApp::start_with(|config| config.mode = Mode::Production).await;
    assert!(demo::load(&app.app).await.is_err());
    assert_eq!(count(&mut *app.db().await, "SELECT count(*) AS n FROM users").await, 0);
}

#[tokio::test]
async fn what_everybody_knows_opens_nothing_in_production() {
    let tried = TestApp::start().await;
    demo::load(&tried.app).await.unwrap();
    seed_staff(&tried).await;
    let staff = ["staff@example.com", "admin@example.com", "user0.s1@seed.example"];
    let mut sessions = Vec::new();
    for email in staff {
        let answer = sign_in(&tried.guest(), email, demo::PASSWORD).await;
        sessions.push(answer.text("/sessionCreate/session/refreshToken").to_owned());
    }
    let opened = TestApp::start_beside(&tried, |config| config.mode = Mode::Production).await;
    for email in staff {
        let right = sign_in(&opened.guest(), email, demo::PASSWORD).await;
        let wrong = sign_in(&opened.guest(), email, "not the password").await;
        assert_eq!(right.user_error_codes("sessionCreate"), ["INVALID_CREDENTIALS"], "{email}");
        assert_eq!(right.at("/sessionCreate"), wrong.at("/sessionCreate"), "{email}");
    }
    for token in sessions {
        let answer = refresh(&opened.guest(), &token).await;
        assert_eq!(answer.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
    }
    let input = json!({ "email": "ada@shop.test", "password": demo::PASSWORD, "name": "Ada" });
    let refused = register(&opened.guest(), input).await;
    assert_eq!(refused.user_error_codes("accountRegister"), ["PASSWORD_TOO_COMMON"]);
    let left = demo::left_behind(&opened.app.db).await.unwrap();
    assert_eq!(
        left,
        ["admin@example.com", "customer@example.com", "staff@example.com", "user0.s1@seed.example"]
    );
    // Everybody else's session goes on.
    let ada = json!({ "email": "ada@shop.test", "password": "correct horse battery", "name": "Ada" });
    let ada = register(&tried.guest(), ada).await;
    let answer = refresh(&opened.guest(), ada.text("/accountRegister/session/refreshToken")).await;
    assert_eq!(answer.user_error_codes("sessionRefresh"), Vec::<String>::new());
}

/// Somebody who works in a seeded shop.
async fn seed_staff(app: &TestApp) {
    let options = seed::Options {
        url: app.database().url(),
        sizes: seed::Sizes { products: 0, users: 1, reviews: 0, orders: 0 },
        seed: 1,
        currency: Currency::USD,
        password: Some(demo::PASSWORD.into()),
        force: true,
    };
    seed::run(&options).await.expect("an account can be seeded");
}
