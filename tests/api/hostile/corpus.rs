//! The requests. Those that can be read are files in `tests/hostile`; the long ones are made here. One list in one file,
//! long as it is: whoever adds a case looks first whether it is there.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

/// A request that means harm.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) request: Request,
    /// A header beside those of every request.
    pub(super) header: Option<(&'static str, &'static str)>,
    /// The code of the first error, where it has to be this one.
    pub(super) code: Option<&'static str>,
}

pub(super) enum Request {
    Document { query: String, variables: Value },
    Body(Vec<u8>),
}

const COST: Option<&str> = Some("COST_LIMIT_EXCEEDED");
const INVALID: Option<&str> = Some("GRAPHQL_VALIDATION_FAILED");

fn document(name: &str, code: Option<&'static str>, query: impl Into<String>) -> Case {
    with_variables(name, code, query, json!({}))
}

fn with_variables(
    name: &str,
    code: Option<&'static str>,
    query: impl Into<String>,
    variables: Value,
) -> Case {
    let request = Request::Document { query: query.into(), variables };
    Case { name: name.to_owned(), request, header: None, code }
}

fn body(name: &str, body: impl Into<Vec<u8>>) -> Case {
    Case { name: name.to_owned(), request: Request::Body(body.into()), header: None, code: None }
}

/// The item so many times, each with a number of its own for `#`.
fn many(count: usize, item: &str) -> String {
    (0..count).map(|number| item.replace('#', &number.to_string())).collect()
}

fn nested(depth: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

/// Fragments each of which spreads the next one so often.
fn chain(length: usize, spreads: usize) -> String {
    let fragment = |number: usize| {
        format!("fragment F{number} on Query {{ {} }} ", format!("...F{} ", number + 1).repeat(spreads))
    };
    let fragments: String = (0..length).map(fragment).collect();
    format!("{{ ...F0 }} {fragments} fragment F{length} on Query {{ shop {{ name }} }}")
}

/// All of them.
pub(super) fn all() -> Vec<Case> {
    let mut all = files();
    all.extend(floods());
    all.extend(depths());
    all.extend(doublings());
    all.extend(widest_allowed());
    all.extend(values());
    all.extend(bodies());
    all
}

fn files() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 10, "the corpus is there");
    let case = |path: &std::path::PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        document(&name, None, std::fs::read_to_string(path).expect("a text"))
    };
    paths.iter().map(case).collect()
}

/// One thing over and over.
fn floods() -> Vec<Case> {
    let shop = |inner: &str| format!("{{ shop {{ {inner} }} }}");
    vec![
        document("50,000 aliases", COST, format!("{{ {} }}", many(50_000, "a#:__typename "))),
        document("3,000 aliases", COST, format!("{{ {} }}", many(3_000, "a#:shop{name} "))),
        document("8,000 root fields", COST, format!("{{ {} }}", "__typename ".repeat(8_000))),
        document("4,900 names of the type", None, shop(&"__typename ".repeat(4_900))),
        document("9,000 names of the type", COST, shop(&"__typename ".repeat(9_000))),
        document("10,000 operations", COST, many(10_000, "query Q#{a} ")),
        document("3,000 operations", COST, many(2_400, "query Q#{a} ")),
        document(
            "2,000 fragments",
            COST,
            format!("{{ shop {{ name }} }} {}", many(1_400, "fragment F# on Shop{name} ")),
        ),
        document(
            "500 unused fragments",
            INVALID,
            format!("{{ shop {{ name }} }} {}", many(500, "fragment F# on Shop{name} ")),
        ),
        document(
            "3,000 directives at one place",
            COST,
            format!("{{ shop {} {{ name }} }}", "@skip(if:false) ".repeat(1_400)),
        ),
        document("3,000 unknown directives", COST, format!("{{ shop {} {{ name }} }}", many(3_000, "@a# "))),
        document("directives everywhere", COST, shop(&"name@skip(if:false)@include(if:true) ".repeat(600))),
        document(
            "2,000 variables",
            COST,
            format!("query({}) {{ shop {{ name }} }}", many(2_000, "$v#:Int ")),
        ),
        document(
            "100 variables unused",
            INVALID,
            format!("query({}) {{ shop {{ name }} }}", many(100, "$v#:Int ")),
        ),
        document("4,000 unknown fields", INVALID, shop(&many(4_000, "x# "))),
        document("600 long unknown fields", INVALID, shop(&many(600, &format!("{}# ", "x".repeat(190))))),
        document(
            "2,000 unknown arguments",
            INVALID,
            format!("{{ product({}) {{ id }} }}", many(2_000, "x#:1 ")),
        ),
        document("a name of 100 KB", COST, shop(&"x".repeat(100_000))),
        document("comments", None, format!("{}{}", "#{[(\n".repeat(20_000), shop("name"))),
        document("one comment", None, format!("#{}\n{}", "x".repeat(100_000), shop("name"))),
        document("spaces and commas", None, shop(&format!("name{}", " ,\t\n".repeat(30_000)))),
        document(
            "comments between all tokens",
            None,
            format!("{{#\n {} }}", "shop#x\n{#y\nname#z\n}#\n".repeat(40)),
        ),
        document("a document of 900 KB", COST, shop(&"name ".repeat(180_000))),
        document("conflicting fields", INVALID, shop(&"a:name a:currency ".repeat(200))),
        document(
            "conflicting arguments",
            INVALID,
            format!("{{ {} }}", many(40, "a:product(slug:\"#\"){id} ")),
        ),
        document(
            "conflicts below inline fragments",
            INVALID,
            nested(30, "{...", &format!("{{ shop {{ {} }} }}", "a:name a:currency ".repeat(240)), "}"),
        ),
        document("undefined variables", INVALID, format!("{{ {} }}", many(45, "a#:product(slug:$v#){id} "))),
        document(
            "unknown types",
            INVALID,
            format!("query({}) {{ {} }}", many(100, "$v#:X# "), many(45, "...on X#{a} ")),
        ),
        document("fragments that are not there", INVALID, shop(&many(3_000, "...F# "))),
    ]
}

/// Things within things.
fn depths() -> Vec<Case> {
    let products = |value: &str| format!("{{ products(search: {value}) {{ nodes {{ id }} }} }}");
    vec![
        document("4,000 sets", COST, nested(4_000, "{a", "", "}")),
        document("4,000 inline fragments", COST, format!("{{ {} }}", nested(4_000, "...{", "", "}"))),
        document("4,000 lists", COST, products(&nested(4_000, "[", "", "]"))),
        document("4,000 objects", COST, products(&nested(4_000, "{a:", "", "}"))),
        document(
            "4,000 lists as a default",
            COST,
            format!("query($a: Int = {}) {{ shop {{ name }} }}", nested(4_000, "[", "", "]")),
        ),
        document(
            "4,000 lists as a type",
            COST,
            format!("query($a: {}) {{ shop {{ name }} }}", nested(4_000, "[", "", "]")),
        ),
        document("60 sets", COST, nested(60, "{a", "", "}")),
        document(
            "31 inline fragments around 4,000 fields",
            None,
            nested(31, "{...", &format!("{{ shop {{ {} }} }}", "name ".repeat(4_000)), "}"),
        ),
        document(
            "31 inline fragments, each around many",
            None,
            nested(30, &format!("{{ {} ...", "__typename "), "{ shop { name } }", "}"),
        ),
        document(
            "20 categories up",
            COST,
            format!("{{ category(slug: \"a\") {{ {} }} }}", nested(20, "parent {", "id", "}")),
        ),
    ]
}

/// Little text that comes to much.
fn doublings() -> Vec<Case> {
    vec![
        document("22 doubling fragments", COST, chain(22, 2)),
        document("30 fragments by ten", COST, chain(30, 10)),
        document("doubling fragments of a mutation", COST, chain(22, 2).replacen('{', "mutation {", 1)),
        document(
            "doubling fragments that nobody uses",
            COST,
            chain(22, 2).replacen("{ ...F0 }", "{ shop { name } }", 1),
        ),
        document("10 doubling fragments", COST, chain(12, 2)),
        document(
            "a fragment spread 2,000 times",
            None,
            format!("{{ shop {{ {} }} }} fragment F on Shop {{ name }}", "...F ".repeat(2_000)),
        ),
        document("500 fragments in a row", COST, chain(450, 1)),
        document(
            "fragments below each other's sets",
            None,
            format!(
                "{{ shop {{ ...F0 }} }} {} fragment F25 on Shop {{ {} }}",
                many(25, "fragment F# on Shop { ...N# } ").replace("N24 ", "F25 "),
                "name ".repeat(100)
            ),
        ),
        document(
            "pages within pages",
            COST,
            "{ products(first: 100) { nodes { reviews(first: 100) { nodes { id } } } } }",
        ),
        document(
            "50 pages of 100 with what is in them",
            COST,
            format!("{{ {} }}", many(50, "a#:products(first:100){nodes{id reviews{nodes{id}}}} ")),
        ),
        document(
            "introspection 20 times",
            COST,
            format!(
                "{{ {} }}",
                many(20, "a#:__schema{types{fields{name args{name} type{name ofType{name}}}}} ")
            ),
        ),
        document(
            "introspection with 400 aliases",
            COST,
            format!("{{ __schema {{ types {{ fields {{ {} }} }} }} }}", many(400, "a#:name ")),
        ),
    ]
}

/// As much as is allowed: these are carried out.
fn widest_allowed() -> Vec<Case> {
    vec![
        document(
            "the most values",
            None,
            format!("{{ products(first: 100) {{ nodes {{ {} }} }} }}", "id ".repeat(240)),
        ),
        document(
            "the most values, of the type",
            None,
            format!("{{ products(first: 100) {{ nodes {{ {} }} }} }}", "__typename ".repeat(240)),
        ),
        document(
            "the most values, each under its own key",
            None,
            format!("{{ products(first: 100) {{ nodes {{ {} }} }} }}", many(240, "a#:name ")),
        ),
        document("introspection", None, include_str!("../../../src/graphql/cost/introspection.graphql")),
        document(
            "introspection 5 times",
            None,
            format!(
                "{{ {} }}",
                many(5, "a#:__schema{types{fields{name args{name} type{name ofType{name}}}}} ")
            ),
        ),
        document(
            "the most introspection",
            None,
            format!("{{ __schema {{ types {{ fields {{ {} }} }} }} }}", many(12, "a#:name ")),
        ),
        document(
            "the most text",
            None,
            format!("{{ products(first: 100) {{ nodes {{ {} }} }} }}", many(240, "a#:descriptionHtml ")),
        ),
        document(
            "the most pages",
            COST,
            format!(
                "{{ category(slug: \"x\") {{ {} }} }}",
                many(450, "a#:products(first: #) { totalCount } ")
            ),
        ),
        document(
            "the most cost in reviews",
            None,
            "{ products(first: 100) { nodes { id name slug price { amount currency } stock reviews(first: 18) { nodes { id rating title body author { name } } } } } }",
        ),
        document(
            "the most cost in root fields",
            None,
            format!("{{ {} }}", many(50, "a#:products(first:75){nodes{id name}} ")),
        ),
        document(
            "the most searches",
            None,
            format!("{{ {} }}", many(50, "a#:searchSuggestions(query:\"walnut #\",first:20){text} ")),
        ),
        document(
            "introspection two fields deep",
            None,
            "{ __schema { types { name fields { name type { name fields { name description } } } } } }",
        ),
        document(
            "50 products that are not there",
            None,
            format!("{{ {} }}", many(50, "a#:product(slug:\"#\"){name} ")),
        ),
        document("50 errors and more", None, format!("{{ {} }}", many(50, "a#:product{name} "))),
    ]
}

/// Values that are no good, or too much of one.
fn values() -> Vec<Case> {
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let search = "query($text: String) { products(search: $text) { nodes { id } } }";
    let product = "query($id: ID) { product(id: $id) { id } }";
    let page = "query($after: String) { products(after: $after) { nodes { id } } }";
    let long = "x".repeat(100_000);
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let object: serde_json::Map<String, Value> =
        (0..60_000).map(|number| (format!("k{number}"), json!(1))).collect();
    vec![
        with_variables("100,000 ids", COST, nodes, json!({ "ids": vec!["a"; 100_000] })),
        with_variables(
            "1,000 ids",
            None,
            nodes,
            json!({ "ids": vec!["product_01h455vb4pex5vsknk084sn02q"; 1_000] }),
        ),
        document(
            "4,000 ids in the document",
            COST,
            format!("{{ nodes(ids: [{}]) {{ id }} }}", many(4_000, "\"#\" ")),
        ),
        with_variables("a search of 100 KB", None, search, json!({ "text": long })),
        with_variables("a search of wildcards", None, search, json!({ "text": "%_\\*.+?(".repeat(1_000) })),
        with_variables("a search of 50,000 words", None, search, json!({ "text": "ab ".repeat(50_000) })),
        with_variables(
            "a search of marks",
            None,
            search,
            json!({ "text": "e\u{301}\u{302}\u{303}".repeat(10_000) }),
        ),
        with_variables("a search of NUL", None, search, json!({ "text": "a\0b" })),
        with_variables(
            "a search of control characters",
            None,
            search,
            json!({ "text": "\u{1}\u{7}\u{1b}[2J\u{202e}\u{feff}" }),
        ),
        with_variables(
            "a search for everybody",
            None,
            "query($t: String!) { searchSuggestions(query: $t) { text } }",
            json!({ "t": "a ".repeat(60_000) }),
        ),
        with_variables("an id of 100 KB", None, product, json!({ "id": long })),
        with_variables(
            "an id with a long prefix",
            None,
            product,
            json!({ "id": format!("{long}_01h455vb4pex5vsknk084sn02q") }),
        ),
        with_variables("a cursor of 100 KB", None, page, json!({ "after": long })),
        with_variables(
            "a cursor of nonsense",
            None,
            page,
            json!({ "after": "WyJ4IiwxLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ" }),
        ),
        with_variables("variables 100 deep", COST, search, json!({ "text": deep })),
        with_variables("60,000 keys", COST, search, json!({ "text": object })),
        with_variables("60,000 variables", COST, search, json!(object)),
        with_variables(
            "a long variable used 49 times",
            None,
            format!("query($t: String) {{ {} }}", many(49, "a#:product(slug:$t){id} ")),
            json!({ "t": "x".repeat(300_000) }),
        ),
        with_variables(
            "a long variable used 490 times",
            COST,
            format!(
                "query($t: String) {{ a:products(first:10) {{ nodes {{ {} }} }} }}",
                many(49, "a#:reviews(first:1,after:$t){pageInfo{endCursor}} ")
            ),
            json!({ "t": "x".repeat(300_000) }),
        ),
        document("a string of 100 KB", None, format!("{{ product(slug: \"{long}\") {{ id }} }}")),
        document(
            "a block string of 20,000 lines",
            None,
            format!("{{ product(slug: \"\"\"{}\"\"\") {{ id }} }}", "    x\n".repeat(20_000)),
        ),
        document(
            "20,000 escapes",
            None,
            format!("{{ product(slug: \"{}\") {{ id }} }}", "\\u00e9".repeat(20_000)),
        ),
        document(
            "a number of 190 digits",
            None,
            format!("{{ order(number: {}) {{ id }} }}", "9".repeat(190)),
        ),
        document(
            "a number of 100,000 digits",
            COST,
            format!("{{ order(number: {}) {{ id }} }}", "9".repeat(100_000)),
        ),
        document(
            "a number of 9,000 signs",
            COST,
            format!("{{ order(number: {}) {{ id }} }}", "-".repeat(12_000)),
        ),
        document(
            "an input of 2,000 fields",
            None,
            format!("{{ products(filter: {{ {} }}) {{ nodes {{ id }} }} }}", many(2_000, "x#:1 ")),
        ),
        document(
            "a filter of 900 attributes",
            None,
            format!(
                "{{ products(filter: {{ attributes: [{}] }}) {{ nodes {{ id }} }} }}",
                "{name:\"a\",values:[\"b\"]} ".repeat(900)
            ),
        ),
        document(
            "a filter of 1,000 statuses",
            None,
            format!(
                "{{ products(filter: {{ status: [{}] }}) {{ nodes {{ id }} }} }}",
                "ACTIVE ".repeat(1_000)
            ),
        ),
    ]
}

/// Bodies that are no GraphQL request, or hardly one.
fn bodies() -> Vec<Case> {
    let request = |query: &str| json!({ "query": query }).to_string();
    let batch = |count: usize, query: &str| format!("[{}]", vec![request(query); count].join(","));
    let gzip = {
        // An empty stream of gzip is enough: the header alone has to be refused.
        let mut bytes = Vec::new();
        bytes.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]).expect("memory");
        bytes
    };
    vec![
        body("JSON 100,000 deep", "[".repeat(100_000)),
        body(
            "JSON 120 deep",
            format!(
                r#"{{"query":"{{shop{{name}}}}","variables":{{"a":{}1{}}}}}"#,
                "[".repeat(120),
                "]".repeat(120)
            ),
        ),
        body(
            "JSON with 100,000 keys",
            format!("{{{}\"query\":\"{{shop{{name}}}}\"}}", many(60_000, "\"k#\":1,")),
        ),
        body(
            "one key 100,000 times",
            format!("{{{}\"query\":\"{{shop{{name}}}}\"}}", "\"k\":1,".repeat(100_000)),
        ),
        body("lone surrogates", r#"{"query":"{ products(search: \"\ud800\") { nodes { id } } }"}"#),
        body(
            "surrogates in variables",
            r#"{"query":"query($a:String){products(search:$a){nodes{id}}}","variables":{"a":"\udfff\ud800"}}"#,
        ),
        body("no UTF-8", b"{\"query\":\"{ shop { name } }\xff\xfe\"}".to_vec()),
        body(
            "a number beyond all",
            format!(r#"{{"query":"{{shop{{name}}}}","variables":{{"a":1e{}}}}}"#, "9".repeat(1_000)),
        ),
        body(
            "a number of 500,000 digits",
            format!(r#"{{"query":"{{shop{{name}}}}","variables":{{"a":{}}}}}"#, "9".repeat(500_000)),
        ),
        body("a batch of 10,000", batch(10_000, "{shop{name}}")),
        body(
            "a batch of ten that are wide",
            batch(10, &format!("{{ products(first: 100) {{ nodes {{ {} }} }} }}", "id ".repeat(390))),
        ),
        body("a batch of ten doublings", batch(10, &chain(22, 2))),
        body("nothing", ""),
        body("null", "null"),
        body("a byte order mark", "\u{feff}{\"query\":\"{shop{name}}\"}"),
        body("2 MB of spaces", " ".repeat(2_000_000)),
        Case { header: Some(("content-encoding", "gzip")), ..body("gzip", gzip) },
    ]
}
