use super::*;
use crate::catalog::ProductStatus;

const HEADER: &str = "Handle,Title,Body (HTML),Product Category,Type,Tags,Published,Option1 Name,Option1 Value,\
    Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
    Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Variant Image,\
    Material (product.metafields.custom.material)\n";

/// Builds the products of a file that consists of the header above and these lines.
fn build(lines: &[&str]) -> Vec<Built> {
    build_file(format!("{HEADER}{}", lines.join("\n")))
}

fn build_file(file: String) -> Vec<Built> {
    let source = Source::Memory { name: "test.csv", bytes: file.into_bytes().into() };
    let (built, strays) = build_all(&source, Currency::USD).unwrap();
    assert_eq!(strays, []);
    built
}

/// The one product of these lines, which have nothing wrong with them.
fn product(lines: &[&str]) -> ImportedProduct {
    let mut built = build(lines);
    assert_eq!(built.len(), 1);
    assert_eq!(built[0].problems, []);
    built.remove(0).product.unwrap()
}

/// Lines and codes of what is wrong with these lines, and whether there is a product all the same.
fn problems(lines: &[&str]) -> (Vec<(u64, &'static str, u64)>, bool) {
    let mut built = build(lines);
    assert_eq!(built.len(), 1);
    let built = built.remove(0);
    let problems = built.problems.iter().map(|bad| (bad.line, bad.problem.code(), bad.rows)).collect();
    (problems, built.product.is_some())
}

#[test]
fn the_first_row_holds_the_product_and_each_row_adds_to_it() {
    let mug = product(&[
        "mug,Mug,<p>Warm<script>x</script></p>,Kitchen > Mugs,Mug,\"tea, coffee,tea\",true,Size,S,Glaze,Oat,MUG-S,380,5,deny,18.00,20,'0123,https://x.example/1.jpg,1,Front,,Clay",
        "mug,,,,,,,,S,,Moss,MUG-M,,0,,19.5,,,https://x.example/2.jpg,2,,https://x.example/3.jpg,",
        "mug,,,,,,,,,,,,,,,,,,https://x.example/3.jpg,3,Side,,",
    ]);
    assert_eq!((mug.slug.as_str(), mug.name.as_str(), mug.line, mug.rows), ("mug", "Mug", 2, 3));
    assert_eq!(mug.description.unwrap().html, "<p>Warm</p>");
    assert_eq!(mug.category.unwrap(), ["Kitchen", "Mugs"]);
    assert_eq!(mug.tags.unwrap(), ["tea", "coffee"]);
    assert_eq!(mug.attributes, [("Material".to_owned(), Some("Clay".to_owned()))]);
    assert_eq!(mug.status, Some(ProductStatus::Active));
    assert_eq!(mug.options.unwrap(), ["Size", "Glaze"]);
    assert_eq!(mug.vendor, None, "the file has no such column");
    let [oat, moss] = &mug.variants[..] else { panic!("{:?}", mug.variants) };
    assert_eq!(
        (oat.choices.as_slice(), oat.price, oat.compare_at_price),
        (&["S".to_owned(), "Oat".to_owned()][..], 1800, Some(Some(2000)))
    );
    assert_eq!(
        (oat.weight_grams, oat.quantity, oat.barcode.clone()),
        (Some(Some(380)), Some(5), Some(Some("0123".to_owned())))
    );
    assert_eq!((moss.sku.as_deref(), moss.price, moss.weight_grams), (Some("MUG-M"), 1950, Some(None)));
    assert_eq!(moss.image.as_deref(), Some("https://x.example/3.jpg"));
    let images: Vec<_> = mug
        .images
        .iter()
        .map(|image| (&image.url[18..], image.position, image.alt_text.as_deref()))
        .collect();
    assert_eq!(
        images,
        [("1.jpg", Some(1), Some("Front")), ("2.jpg", Some(2), Some("")), ("3.jpg", Some(3), Some("Side"))]
    );
}

#[test]
fn default_title_is_no_option() {
    let plain = product(&["mug,Mug,,,,,,Title,Default Title,,,MUG,0,1,deny,18,,,,,,,"]);
    assert_eq!(plain.options.unwrap(), [""; 0]);
    assert_eq!(plain.variants[0].choices, [""; 0]);
    assert_eq!(plain.status, None);
    // An option that really is called so.
    assert_eq!(product(&["b,Book,,,,,,Title,Emma,,,,,,,5,,,,,,,"]).options.unwrap(), ["Title"]);
}

#[test]
fn a_type_stands_in_for_a_category() {
    assert_eq!(product(&["mug,Mug,,,Cups,,,,,,,,,,,1,,,,,,,"]).category.unwrap(), ["Cups"]);
    assert_eq!(product(&["mug,Mug,,,,,,,,,,,,,,1,,,,,,,"]).category.unwrap(), [""; 0]);
}

#[test]
fn a_bad_row_is_left_out_and_a_bad_first_row_is_the_end() {
    let good = "mug,Mug,,,,,true,Size,S,,,A,,1,,1,,,,,,,";
    for (row, code) in [
        ("mug,,,,,,,,M,,,B,,1,,,,,,,,,", "PRICE_EMPTY"),
        ("mug,,,,,,,,M,,,B,,1,,-1,,,,,,,", "AMOUNT_NEGATIVE"),
        ("mug,,,,,,,,M,,,B,,1,,1.005,,,,,,,", "AMOUNT_INVALID"),
        ("mug,,,,,,,,M,,,B,,1,,1,NaN,,,,,,", "AMOUNT_INVALID"),
        ("mug,,,,,,,,M,,,B,,x,,1,,,,,,,", "NUMBER_INVALID"),
        ("mug,,,,,,,,M,,,B,x,,,1,,,,,,,", "NUMBER_INVALID"),
        ("mug,,,,,,,,M,,,A,,1,,1,,,,,,,", "SKU_REPEATED"),
        ("mug,,,,,,,,S,,,B,,1,,1,,,,,,,", "VARIANT_REPEATED"),
        ("mug,,,,,,,,,,,B,,1,,1,,,,,,,", "OPTION_VALUE_EMPTY"),
        ("mug,,,,,,,,M,,Red,B,,1,,1,,,,,,,", "OPTION_UNNAMED"),
        ("mug,,,,,,,,,,,,,,,,,,ftp://x/1.jpg,,,,", "URL_INVALID"),
        ("mug,,,,,,,,M,,,B,,1,,1,,,,,,nowhere,", "URL_INVALID"),
        ("m_u_g,,,,,,,,M,,,B,,1,,1,,,,,,,", "HANDLE_CLASH"),
    ] {
        if code == "HANDLE_CLASH" {
            assert_eq!(problems(&[&good.replace("mug,Mug", "m-u-g,Mug"), row]), (vec![(3, code, 1)], true));
        } else {
            assert_eq!(problems(&[good, row]), (vec![(3, code, 1)], true), "{row}");
        }
    }
    let second = "mug,,,,,,,,M,,,B,,1,,1,,,,,,,";
    for (row, code) in [
        ("mug,,,,,,true,Size,S,,,A,,1,,1,,,,,,,", "TITLE_EMPTY"),
        ("mug,Mug,,,,,true,Size,S,,,A,,1,,,,,,,,,", "PRICE_EMPTY"),
        ("mug,Mug,,,,,perhaps,Size,S,,,A,,1,,1,,,,,,,", "WORD_UNKNOWN"),
        ("mug,Mug,,a >,,,true,Size,S,,,A,,1,,1,,,,,,,", "CATEGORY_PATH_INVALID"),
        ("mug,Mug,,,,,true,Size,S,size,S,A,,1,,1,,,,,,,", "OPTION_REPEATED"),
        ("mug,Mug,,,,,true,,,Size,S,A,,1,,1,,,,,,,", "OPTION_UNNAMED"),
    ] {
        assert_eq!(problems(&[row, second]), (vec![(2, code, 2)], false), "{row}");
    }
}

#[test]
fn limits_are_those_of_the_shop() {
    let tags = (0..51).map(|tag| tag.to_string()).collect::<Vec<_>>().join(",");
    for (row, code) in [
        (format!("mug,{},,,,,,,,,,,,,,1,,,,,,,", "é".repeat(256)), "TOO_LONG"),
        (format!("mug,Mug,{},,,,,,,,,,,,,1,,,,,,,", "x".repeat(50_001)), "TOO_LONG"),
        (format!("mug,Mug,,,,\"{tags}\",,,,,,,,,,1,,,,,,,"), "TOO_MANY"),
        (format!("mug,Mug,,,,,,,,,,,,,,1,,,,,,,{}", "x".repeat(501)), "TOO_LONG"),
    ] {
        assert_eq!(problems(&[&row]), (vec![(2, code, 1)], false));
    }
    let images: Vec<String> = (0..51)
        .map(|image| format!("mug,Mug,,,,,,,,,,,,,,{},,,/{image}.jpg,,,,", if image == 0 { "1" } else { "" }))
        .collect();
    let lines: Vec<&str> = images.iter().map(String::as_str).collect();
    assert_eq!(problems(&lines), (vec![(52, "TOO_MANY", 1)], true));
}

#[test]
fn what_is_taken_differently_is_counted() {
    let built = build(&[
        "mug,Mug,,,,,,Size,S,,,A,,-3,continue,10,10,,,,,,",
        "mug,,,,,,,,M,,,B,,2,deny,10,9.99,,,,,,",
        "mug,,,,,,,,,,,,,,,,,,,,,,",
    ]);
    let notes = built[0].notes.clone();
    let variants = &built[0].product.as_ref().unwrap().variants;
    assert_eq!((variants[0].quantity, variants[0].compare_at_price), (Some(0), Some(None)));
    assert_eq!(
        notes,
        Notes {
            negative_quantities: 1,
            oversell_refused: 1,
            compare_at_prices_dropped: 2,
            rows_without_content: 1,
            ..Notes::default()
        }
    );
}

#[test]
fn what_shopify_sells_without_counting_is_named() {
    let built = build_file(
        "Handle,Title,Price,SKU,Inventory tracker,Inventory quantity\n\
         mug,Mug,1,A,shopify,0\nmug,,1,B,,3\nmug,,1,C,,0\nmug,,1,D,,\nmug,,1,E,,-2\n"
            .to_owned(),
    );
    let notes = &built[0].notes;
    assert_eq!((notes.untracked, notes.untracked_and_sold_out.count), (1, 3));
    assert_eq!(notes.untracked_and_sold_out.to_string(), "lines 4, 5, 6");
    let built = build_file("Handle,Title,Price,Inventory quantity\nmug,Mug,1,0\n".to_owned());
    assert_eq!(built[0].notes, Notes::default(), "the file does not say");
}

#[test]
fn a_file_of_prices_says_nothing_else() {
    let built = build_file("SKU,Price,URL handle,Title\nA,1,mug,Mug\nB,2,mug,\n".to_owned());
    assert_eq!(built[0].problems, []);
    let mug = built[0].product.as_ref().unwrap();
    assert_eq!((mug.options.as_ref(), mug.category.as_ref(), mug.status), (None, None, None));
    assert_eq!(mug.variants.iter().map(|variant| variant.price).collect::<Vec<_>>(), [100, 200]);
    assert_eq!(mug.variants[1].compare_at_price, None);
}
