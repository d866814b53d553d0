//! The rules of `docs/ARCHITECTURE.md` that a look at the sources can hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each domain may use of the other domains. An arrow back would be a cycle: what must flow back is an event.
const ARROWS: [(&str, &[&str]); 9] = [
    ("accounts", &[]),
    ("catalog", &["inventory"]),
    ("inventory", &[]),
    ("reviews", &["accounts", "catalog"]),
    ("pricing", &["catalog"]),
    ("cart", &["accounts", "catalog", "inventory", "pricing"]),
    ("payments", &[]),
    ("orders", &["accounts", "cart", "catalog", "inventory", "payments", "pricing"]),
    ("webhooks", &[]),
];

/// Above the domains: nothing below may know of it.
const ABOVE: [&str; 3] = ["cli", "graphql", "server"];

/// A source file, without its comments.
struct Source {
    /// Below `src/`, such as `cart/add_lines.rs`.
    path: PathBuf,
    code: String,
}

impl Source {
    /// The first folder, or the file's name for the files at the root: `cart`, `money`.
    fn module(&self) -> String {
        let first = self.path.components().next().expect("a path").as_os_str().to_string_lossy();
        first.trim_end_matches(".rs").to_owned()
    }

    /// Whether the word stands anywhere in the code.
    fn names(&self, word: &str) -> bool {
        self.words().any(|found| found == word)
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
    }

    /// The modules of this crate that the code names, by `crate::` or by climbing up to the root with `super::`.
    fn uses(&self) -> BTreeSet<String> {
        let up_to_root = "super::".repeat(self.depth());
        let mut uses = BTreeSet::new();
        for (start, _) in self.code.match_indices("crate::") {
            first_segments(&self.code[start + "crate::".len()..], &mut uses);
        }
        if self.depth() > 1 {
            for (start, _) in self.code.match_indices(&up_to_root) {
                first_segments(&self.code[start + up_to_root.len()..], &mut uses);
            }
        }
        uses
    }

    /// The functions: the name of each with its text, from there to the brace that closes it.
    fn functions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.code.split("\nfn ").flat_map(|part| part.split(" fn ")).skip(1).map(|part| {
            let text = part.split("\n}").next().unwrap_or_default();
            (text.split(['(', '<']).next().unwrap_or_default(), text)
        })
    }

    /// Whether this is code of one of the domains.
    fn is_of_a_domain(&self) -> bool {
        ARROWS.iter().any(|(domain, _)| *domain == self.module())
    }

    /// How many `super::` lead to the root: one for `money.rs` and `cart/mod.rs`, two for `cart/lock.rs`.
    fn depth(&self) -> usize {
        let depth = self.path.components().count();
        if self.path.file_name().is_some_and(|name| name == "mod.rs") { depth - 1 } else { depth }
    }
}

/// The first segment of each path in `a::b`, or in `{a::b, c}`.
fn first_segments(paths: &str, found: &mut BTreeSet<String>) {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let Some(list) = paths.strip_prefix('{') else {
        found.insert(word(paths));
        return;
    };
    let mut depth = 0;
    found.insert(word(list));
    for (index, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.insert(word(&list[index + 1..]));
            }
            _ => {}
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 50, "the sources are where this test looks");
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).expect("a source can be read");
            let code = text.lines().map(without_comment).collect::<Vec<_>>().join("\n");
            Source { path: file.strip_prefix(&root).expect("below src").to_owned(), code }
        })
        .collect()
}

/// The line up to its comment; two slashes inside a text are none. Good enough for lines as rustfmt leaves them.
fn without_comment(line: &str) -> &str {
    let comments = line.match_indices("//").map(|(start, _)| start);
    let quotes = |before: &str| {
        before.replace("\\\\", "").replace("\\\"", "").replace("'\"'", "").matches('"').count()
    };
    comments
        .filter(|start| quotes(&line[..*start]) % 2 == 0)
        .map(|start| &line[..start])
        .next()
        .unwrap_or(line)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[track_caller]
fn assert_none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

fn named(sources: &[Source], breaks: impl Fn(&Source) -> bool) -> Vec<String> {
    sources.iter().filter(|source| breaks(source)).map(|source| source.path.display().to_string()).collect()
}

#[test]
fn graphql_stays_in_its_tree() {
    let sources = sources();
    let broken = named(&sources, |source| source.module() != "graphql" && source.names("async_graphql"));
    assert_none(&broken, "async_graphql is named only under src/graphql");
    let broken = named(&sources, |source| source.module() != "server" && source.names("async_graphql_axum"));
    assert_none(&broken, "async_graphql_axum is named only under src/server");
}

#[test]
fn no_query_is_built_in_the_graphql_tree() {
    let sources = sources();
    let broken = named(&sources, |source| {
        // The one exception: an error of the database becomes an internal error by its type.
        let code = source.code.replace("diesel::result::Error", "");
        source.module() == "graphql" && (code.contains("diesel") || source.names("sql_query"))
    });
    assert_none(&broken, "src/graphql asks the domains, it never builds a query");
}

#[test]
fn resolvers_take_the_connection_of_their_request() {
    let sources = sources();
    let takes_another = |source: &Source| {
        let code: String = source.code.split_whitespace().collect();
        source.module() == "graphql" && (code.contains("app().db") || code.contains("app.db"))
    };
    let broken: Vec<String> = named(&sources, takes_another)
        .into_iter()
        // Live views are no part of a mutation's answer, and have no request's connection.
        .filter(|path| {
            !["/live/", "/keyed/", "context.rs", "execute.rs", "stream.rs"]
                .iter()
                .any(|own| path.contains(own))
        })
        .collect();
    assert_none(
        &broken,
        "resolvers ask `ctx.conn()` and `ctx.db()`: a mutation with a key is one transaction",
    );
}

#[test]
fn http_stays_at_the_edge() {
    let sources = sources();
    let broken = named(&sources, |source| source.module() != "server" && source.names("axum"));
    assert_none(&broken, "axum is named only under src/server");
}

#[test]
fn between_domains_the_arrows_point_one_way() {
    let domains: BTreeSet<&str> = ARROWS.iter().map(|(domain, _)| *domain).collect();
    let mut broken = Vec::new();
    for source in sources() {
        let Some((domain, allowed)) = ARROWS.iter().find(|(domain, _)| *domain == source.module()) else {
            continue;
        };
        for used in source.uses() {
            let other_domain = domains.contains(used.as_str()) && used != *domain;
            if ABOVE.contains(&used.as_str()) || other_domain && !allowed.contains(&used.as_str()) {
                broken.push(format!("{} uses {used}", source.path.display()));
            }
        }
    }
    assert_none(&broken, "a domain uses only those it is allowed to");
}

#[test]
fn a_file_of_a_domain_holds_one_transaction_and_talks_to_nobody_but_the_database() {
    let sources = sources();
    let broken = named(&sources, |source| {
        source.is_of_a_domain() && source.words().filter(|word| *word == "transaction").count() > 1
    });
    assert_none(&broken, "a business action is a file of its own");
    let network = ["bus", "bb8_redis", "redis", "reqwest", "TcpStream", "UnixStream", "UdpSocket"];
    let broken = named(&sources, |source| {
        source.is_of_a_domain() && source.words().any(|word| network.contains(&word))
    });
    assert_none(&broken, "a domain makes no call over the network, within a transaction or without");
}

#[test]
fn who_takes_a_connection_for_itself_opens_a_transaction() {
    let sources = sources();
    let takes = |text: &str| text.split('{').next().unwrap_or_default().contains("&mut AsyncPgConnection");
    let verbs: Vec<(&Source, &str, &str)> = sources
        .iter()
        .filter(|source| source.is_of_a_domain())
        .flat_map(|source| source.functions().map(move |(name, text)| (source, name, text)))
        .filter(|(_, _, text)| takes(text))
        .collect();
    let opens = |text: &str| text.contains("conn.transaction") || text.contains("transaction(conn");
    let openers: Vec<&str> =
        verbs.iter().filter(|(.., text)| opens(text)).map(|(_, name, _)| *name).collect();
    assert!(openers.len() > 10, "functions are found as they are written: {openers:?}");
    let broken: Vec<String> = verbs
        .iter()
        // A verb may leave it to one that does more than itself.
        .filter(|(.., text)| {
            !opens(text) && !openers.iter().any(|name| text.contains(&format!("{name}(conn")))
        })
        .map(|(source, name, _)| format!("{} {name}", source.path.display()))
        .collect();
    assert_none(&broken, "without a transaction a query takes `&AsyncPgConnection`");
}

#[test]
fn what_lies_below_the_domains_knows_none_of_them() {
    let below = [
        "address",
        "attempts",
        "clock",
        "config",
        "courier",
        "db",
        "error",
        "gateway",
        "idempotency",
        "ids",
        "mail",
        "money",
        "pagination",
        "queue",
        "redis",
        "routable",
        "seal",
        "secrets",
    ];
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| below.contains(&source.module().as_str())) {
        for used in source.uses() {
            if ABOVE.contains(&used.as_str()) || ARROWS.iter().any(|(domain, _)| *domain == used) {
                broken.push(format!("{} uses {used}", source.path.display()));
            }
        }
    }
    assert_none(&broken, "the ground knows nothing of what stands on it");
}

#[test]
fn guards_and_auth_directives_stand_side_by_side() {
    // The directive is what clients see, the guard is what holds: a field with one has the other, for the same thing.
    let mut broken = Vec::new();
    for source in
        sources().iter().filter(|source| source.module() == "graphql" && !source.path.ends_with("auth.rs"))
    {
        for attribute in source.code.split("#[graphql(").skip(1) {
            let attribute = attribute.split(")]").next().unwrap_or_default();
            let (guards, directives) = halves(attribute);
            if guards.is_some() != directives.is_some() || permissions(guards) != permissions(directives) {
                broken
                    .push(format!("{}: guard {guards:?}, directives {directives:?}", source.path.display()));
                continue;
            }
            let (guards, directives) = (guards.unwrap_or_default(), directives.unwrap_or_default());
            if guards.contains("Owner") != directives.contains("owner::apply()")
                || (guards == "AnyAccount") != directives.contains("auth::apply(vec![])")
            {
                broken
                    .push(format!("{}: guard {guards:?}, directives {directives:?}", source.path.display()));
            }
        }
    }
    assert_none(&broken, "each guard has its @auth and each @auth its guard");
}

/// The guard of a field and the rules that the schema shows of it.
fn halves(attribute: &str) -> (Option<&str>, Option<&str>) {
    let guard = attribute.split_once("guard = \"").and_then(|(_, rest)| rest.split_once('"'));
    let rules = ["auth::apply", "owner::apply"].map(|rule| attribute.find(rule)).into_iter().flatten().min();
    (guard.map(|(guard, _)| guard), rules.map(|start| &attribute[start..]))
}

/// The permissions named in one of the halves.
fn permissions(half: Option<&str>) -> Vec<String> {
    let named = half.unwrap_or_default().split("Permission::").skip(1);
    named.map(|rest| rest.chars().take_while(|letter| letter.is_alphanumeric()).collect()).collect()
}

/// `scripts/torture-breaks.sh` takes a quarter of an hour, so nobody runs it with each change: what it breaks has to be there still.
#[test]
fn what_the_torture_breaks_on_purpose_is_there_to_be_broken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join("tests/torture/breaks")).expect("a folder can be read") {
        let patch = entry.expect("an entry can be read").path();
        let (mut source, mut hunk) = (String::new(), String::new());
        let text = fs::read_to_string(&patch).expect("a patch");
        for line in text.lines().skip_while(|line| !line.starts_with("--- ")).chain(["@@"]) {
            if line.starts_with("@@") || line.starts_with("diff ") {
                let found = source.contains(&std::mem::take(&mut hunk));
                assert!(found, "{} is of another day", patch.display());
            } else if let Some(file) = line.strip_prefix("+++ b/") {
                source = fs::read_to_string(root.join(file)).expect("a source");
                hunk.clear();
            } else if let Some(before) = line.strip_prefix([' ', '-']).filter(|_| !line.starts_with("---")) {
                hunk.push_str(before);
                hunk.push('\n');
            }
        }
    }
}

#[test]
fn paths_are_found_in_every_way_of_writing_them() {
    let source = |path: &str, code: &str| Source { path: path.into(), code: code.to_owned() };
    let uses = |path: &str, code: &str| source(path, code).uses().into_iter().collect::<Vec<_>>();
    assert_eq!(uses("cart/lock.rs", "use crate::orders::place; crate::db::x()"), ["db", "orders"]);
    assert_eq!(uses("cart/lock.rs", "use crate::{orders::{a, b::c}, money};"), ["money", "orders"]);
    assert_eq!(uses("cart/lock.rs", "use super::super::orders::place;"), ["orders"]);
    assert_eq!(uses("cart/lock.rs", "use super::model::Cart;"), [""; 0]);
}

#[test]
fn comments_are_told_from_texts() {
    assert_eq!(without_comment("let a = 1; // crate::orders"), "let a = 1; ");
    assert_eq!(without_comment(r#"get("http://host/a"); // why"#), r#"get("http://host/a"); "#);
    assert_eq!(without_comment(r#"a("\"//"); b('"'); // c"#), r#"a("\"//"); b('"'); "#);
    assert_eq!(without_comment("/// diesel"), "");
}
