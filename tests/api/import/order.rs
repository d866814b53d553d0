//! In which order variants and pictures are shown after an import.

use super::import;
use crate::support::TestApp;

const TEE: &[u8] = b"Handle,Title,Option1 Name,Option1 Value,SKU,Price,Image Src,Image Position\n\
    tee,Tee,Size,S,TEE-S,10,https://x.example/1.jpg,1\n\
    tee,,,M,TEE-M,10,https://x.example/2.jpg,2\n\
    tee,,,L,TEE-L,10,https://x.example/3.jpg,3\n";

/// The article numbers in their order, the default one first of all, and the pictures in theirs.
async fn shown(app: &TestApp) -> (Vec<String>, Vec<String>) {
    let answer = app
        .guest()
        .query(r#"{ product(slug: "tee") { sku images { url } variants(first: 9) { nodes { sku } } } }"#)
        .await;
    let mut skus = vec![answer.text("/product/sku").to_owned()];
    skus.extend(answer.texts("/product/variants/nodes", "/sku").into_iter().map(str::to_owned));
    let pictures = answer.texts("/product/images", "/url").into_iter().map(|url| url[18..].to_owned());
    (skus, pictures.collect())
}

#[tokio::test]
async fn a_file_of_prices_moves_nothing() {
    let app = TestApp::start().await;
    import(&app, TEE).await;
    let before = shown(&app).await;
    for file in [
        &b"Handle,Title,SKU,Price\ntee,Tee,TEE-L,11\n"[..],
        b"Handle,Title,SKU,Price\ntee,Tee,TEE-L,12\ntee,,TEE-S,12\ntee,,TEE-M,12\n",
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Size,L,TEE-L,13\ntee,,,M,TEE-M,13\n",
    ] {
        import(&app, file).await;
        assert_eq!(shown(&app).await, before, "{}", String::from_utf8_lossy(file));
    }
}

#[tokio::test]
async fn what_a_file_adds_comes_behind_what_it_does_not_list() {
    let app = TestApp::start().await;
    import(&app, TEE).await;
    import(
        &app,
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price,Image Src\n\
          tee,Tee,Size,XL,TEE-XL,10,https://x.example/4.jpg\ntee,,,L,TEE-L,10,https://x.example/3.jpg\n",
    )
    .await;
    let (skus, pictures) = shown(&app).await;
    assert_eq!(skus, ["TEE-S", "TEE-S", "TEE-M", "TEE-L", "TEE-XL"]);
    assert_eq!(pictures, ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]);
}

#[tokio::test]
async fn a_file_with_all_variants_orders_them() {
    let app = TestApp::start().await;
    import(&app, TEE).await;
    import(
        &app,
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price,Image Src,Image Position\n\
          tee,Tee,Size,L,TEE-L,10,https://x.example/1.jpg,2\ntee,,,M,TEE-M,10,https://x.example/2.jpg,1\n\
          tee,,,S,TEE-S,10,,\n",
    )
    .await;
    let (skus, pictures) = shown(&app).await;
    assert_eq!(skus, ["TEE-L", "TEE-L", "TEE-M", "TEE-S"]);
    assert_eq!(pictures, ["2.jpg", "1.jpg", "3.jpg"]);
}
