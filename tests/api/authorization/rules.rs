//! The rule of each field: what the schema says of it, or that it is public on purpose.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Value;
use async_graphql::parser::types::{FieldDefinition, TypeKind};
use cartograph::accounts::{Permission, Role, SignedIn, Viewer};
use cartograph::ids::{SessionId, UserId};
use chrono::{TimeDelta, Utc};

use crate::schema::sdl::{Sdl, auth};

/// Who may use a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// All these permissions let in; without any, every account is. None where no permission helps.
    pub(super) requires: Option<Vec<Permission>>,
    /// Whoever the thing belongs to is let in.
    pub(super) owner: bool,
}

impl Rule {
    /// What the schema says of a field; none where it says nothing.
    pub(super) fn of(field: &FieldDefinition) -> Option<Self> {
        let requires = auth(&field.directives).map(|directive| {
            let value = directive.get_argument("requires").map(|value| &value.node);
            let Some(Value::List(names)) = value else {
                panic!("@auth without 'requires': {}", field.name.node)
            };
            names.iter().map(permission).collect()
        });
        let owner = field.directives.iter().any(|directive| directive.node.name.node == "owner");
        (requires.is_some() || owner).then_some(Self { requires, owner })
    }

    /// Everybody who must be refused, with the code that each is told.
    pub(super) fn outsiders(&self, stranger: UserId) -> Vec<(String, Viewer, &'static str)> {
        let mut outsiders = vec![("a guest".to_owned(), Viewer::Guest, "UNAUTHENTICATED")];
        let mut add = |name: String, permissions: Vec<Permission>| {
            outsiders.push((name, viewer(stranger, permissions), "FORBIDDEN"));
        };
        match &self.requires {
            None => add("somebody else with every permission".to_owned(), Permission::ALL.to_vec()),
            Some(required) => {
                for missing in required {
                    let all_but = Permission::ALL.into_iter().filter(|one| one != missing).collect();
                    add(format!("somebody with every permission but {missing:?}"), all_but);
                }
                for role in Role::ALL {
                    let brings = role.permissions();
                    if required.iter().any(|permission| !brings.contains(permission)) {
                        add(format!("a {}", role.as_str()), brings.to_vec());
                    }
                }
            }
        }
        outsiders
    }
}

/// Somebody signed in who may do just this.
pub(crate) fn viewer(user: UserId, permissions: Vec<Permission>) -> Viewer {
    let expires_at = Utc::now() + TimeDelta::minutes(5);
    Viewer::User(SignedIn::with_permissions(user, SessionId::new(), permissions, expires_at))
}

fn permission(value: &Value) -> Permission {
    let name = value.to_string();
    let found = Permission::ALL.into_iter().find(|permission| permission.as_str() == name);
    found.unwrap_or_else(|| panic!("{name} is no permission of the code's"))
}

/// Every field of every object type with its rule, as `Type.field`.
pub(super) fn fields(sdl: &Sdl) -> Vec<(&str, &FieldDefinition, Option<Rule>)> {
    let objects = sdl.types().filter(|definition| matches!(definition.kind, TypeKind::Object(_)));
    objects
        .flat_map(|definition| {
            let name = definition.name.node.as_str();
            sdl.fields(name).into_iter().map(move |field| (name, field, Rule::of(field)))
        })
        .collect()
}

/// What is public on purpose: `Type: field field`, a type a line; a line that is indented goes on with its type.
fn public() -> BTreeMap<String, BTreeSet<String>> {
    let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in include_str!("public.txt").lines().filter(|line| !line.starts_with('#')) {
        let fields = match line.split_once(':') {
            Some((name, fields)) => {
                name.clone_into(&mut last);
                fields
            }
            None => line,
        };
        listed.entry(last.clone()).or_default().extend(fields.split_whitespace().map(str::to_owned));
    }
    listed.remove("");
    listed
}

#[test]
fn every_field_has_a_rule_or_is_public_on_purpose() {
    let sdl = Sdl::read();
    let mut public = public();
    let mut broken = Vec::new();
    for (name, field, rule) in fields(&sdl) {
        let field = field.name.node.as_str();
        let listed = public.get_mut(name).is_some_and(|fields| fields.remove(field));
        match (rule, listed) {
            (None, false) => broken.push(format!(
                "{name}.{field} has no @auth and no @owner: give it a rule, or say in public.txt that all may have it"
            )),
            (Some(rule), true) => broken.push(format!("{name}.{field} is not public: {rule:?}")),
            _ => {}
        }
    }
    for (name, fields) in public {
        broken.extend(fields.iter().map(|field| format!("{name}.{field} is listed and not in the schema")));
    }
    assert!(broken.is_empty(), "\n  {}", broken.join("\n  "));
}
