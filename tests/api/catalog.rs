//! Browsing: products and categories by id, slug, filter, order and search.

use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

#[tokio::test]
async fn a_product_is_found_by_id_and_by_slug() {
    let app = TestApp::start().await;
    let category = CategoryBuilder::new("kitchen").create(&app).await;
    let mug =
        ProductBuilder::new("stone-mug").name("Stone Mug").price(1850).category(category).create(&app).await;
    let document = format!(
        r#"{{ byId: product(id: "{}") {{ slug price {{ amount currency }} category {{ slug }} }} bySlug: product(slug: "stone-mug") {{ id name }} }}"#,
        mug.id
    );
    let answer = app.guest().query(&document).await;
    assert_eq!(answer.text("/byId/slug"), "stone-mug");
    assert_eq!(answer.text("/byId/price/amount"), "18.50");
    assert_eq!(answer.text("/byId/category/slug"), "kitchen");
    assert_eq!(answer.text("/bySlug/id"), mug.id.to_string());
}
