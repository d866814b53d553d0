//! The schema, taken apart, and examples of what it asks for.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeDefinition,
    TypeKind, TypeSystemDefinition,
};

/// The schema, read.
pub(crate) struct Sdl {
    pub(crate) document: ServiceDocument,
    /// Ids for examples, by the kind of thing. Without one an example has a text that is no id.
    pub(crate) ids: BTreeMap<&'static str, String>,
}

/// How deep the examples of an input go: inputs that hold themselves have to end somewhere.
const MAX_EXAMPLE_DEPTH: usize = 5;

impl Sdl {
    pub(crate) fn read() -> Self {
        let document = parse_schema(cartograph::graphql::sdl()).expect("the schema is GraphQL");
        Self { document, ids: BTreeMap::new() }
    }

    pub(crate) fn types(&self) -> impl Iterator<Item = &TypeDefinition> {
        self.document.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(&definition.node),
            _ => None,
        })
    }

    pub(crate) fn find(&self, name: &str) -> Option<&TypeDefinition> {
        self.types().find(|definition| definition.name.node == name)
    }

    /// The fields of an object type.
    pub(crate) fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match self.find(name).map(|definition| &definition.kind) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// The fields of an input type.
    pub(crate) fn inputs(&self, name: &str) -> Vec<&InputValueDefinition> {
        match self.find(name).map(|definition| &definition.kind) {
            Some(TypeKind::InputObject(input)) => input.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether nothing can be selected of a type.
    pub(crate) fn is_leaf(&self, name: &str) -> bool {
        matches!(
            self.find(name).map(|definition| &definition.kind),
            None | Some(TypeKind::Scalar | TypeKind::Enum(_))
        )
    }

    /// A value for the argument or input field of this name, with nothing in it that may be left out. `owner` is what
    /// the field belongs to.
    pub(crate) fn example(&self, owner: &str, input: &InputValueDefinition) -> String {
        self.example_of(owner, &input.name.node, &input.ty.node)
    }

    /// The same for a type, which may be that of the items.
    fn example_of(&self, owner: &str, field: &str, ty: &Type) -> String {
        match &ty.base {
            BaseType::List(inner) => format!("[{}]", self.example_of(owner, field, inner)),
            BaseType::Named(name) => {
                match (name.as_str(), self.find(name).map(|definition| &definition.kind)) {
                    (_, Some(TypeKind::Enum(variants))) => variants.values[0].node.value.node.to_string(),
                    // Of its two names a variant needs exactly one, which no type says.
                    ("CartLineInput", _) => "{ sku: \"x\" }".to_owned(),
                    (_, Some(TypeKind::InputObject(input))) => {
                        let required = input.fields.iter().filter(|field| is_required(&field.node));
                        let fields: Vec<String> = required
                            .map(|field| {
                                format!("{}: {}", field.node.name.node, self.example(name, &field.node))
                            })
                            .collect();
                        format!("{{ {} }}", fields.join(", "))
                    }
                    ("Int" | "Float", _) => "1".to_owned(),
                    ("Boolean", _) => "true".to_owned(),
                    ("Decimal", _) => "\"1.00\"".to_owned(),
                    ("CurrencyCode", _) => "\"EUR\"".to_owned(),
                    ("DateTime", _) => "\"2026-11-01T09:30:00Z\"".to_owned(),
                    ("ID", _) => format!("{:?}", self.id(owner, field)),
                    _ if field == "country" => "\"GB\"".to_owned(),
                    _ => "\"x\"".to_owned(),
                }
            }
        }
    }

    /// An id for a field: `variantId` says of what, `id` leaves it to the name of what it belongs to.
    fn id(&self, owner: &str, field: &str) -> &str {
        let name = match field {
            "id" => owner.to_lowercase(),
            // An order's line; any other is a cart's.
            "lineId" if owner.starts_with("Order") => "piece".to_owned(),
            _ => field.to_lowercase(),
        };
        self.ids.iter().find(|(kind, _)| name.starts_with(*kind)).map_or("x", |(_, id)| id)
    }

    /// An example for each text in a value of this type, with NUL in that text and nothing else that may be left out.
    pub(crate) fn examples_with_nul(&self, ty: &Type, depth: usize) -> Vec<String> {
        let name = match &ty.base {
            BaseType::List(item) => {
                return self
                    .examples_with_nul(item, depth)
                    .into_iter()
                    .map(|item| format!("[{item}]"))
                    .collect();
            }
            BaseType::Named(name) => name.as_str(),
        };
        match self.find(name).map(|definition| &definition.kind) {
            Some(TypeKind::InputObject(input)) if depth < MAX_EXAMPLE_DEPTH => {
                let mut examples = Vec::new();
                for field in &input.fields {
                    let others = input.fields.iter().filter(|other| {
                        is_required(&other.node) && other.node.name.node != field.node.name.node
                    });
                    let others: Vec<String> = others
                        .map(|other| format!("{}: {}", other.node.name.node, self.example(name, &other.node)))
                        .collect();
                    for value in self.examples_with_nul(&field.node.ty.node, depth + 1) {
                        examples.push(format!(
                            "{{ {}: {value}, {} }}",
                            field.node.name.node,
                            others.join(", ")
                        ));
                    }
                }
                examples
            }
            None if matches!(name, "String" | "ID") => vec!["\"a\\u0000b\"".to_owned()],
            _ => Vec::new(),
        }
    }

    /// What asks for one field, with nothing that may be left out.
    pub(crate) fn selection(&self, field: &FieldDefinition) -> String {
        let required = field.arguments.iter().filter(|argument| is_required(&argument.node));
        let arguments = required
            .map(|argument| {
                format!("{}: {}", argument.node.name.node, self.example(&field.name.node, &argument.node))
            })
            .collect();
        self.selection_with(field, arguments)
    }

    /// The operation that asks for one field of a root type with these arguments.
    pub(crate) fn operation_with(
        &self,
        root: &str,
        field: &FieldDefinition,
        arguments: Vec<String>,
    ) -> String {
        format!("{} {{ {} }}", root.to_lowercase(), self.selection_with(field, arguments))
    }

    fn selection_with(&self, field: &FieldDefinition, arguments: Vec<String>) -> String {
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let leaf = self.is_leaf(base(&field.ty.node));
        let selection = if leaf { "" } else { " { __typename }" };
        format!("{}{arguments}{selection}", field.name.node)
    }
}

pub(crate) fn is_required(input: &InputValueDefinition) -> bool {
    !input.ty.node.nullable && input.default_value.is_none()
}

/// The type's name without lists and exclamation marks.
pub(crate) fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

pub(crate) fn auth(directives: &[Positioned<ConstDirective>]) -> Option<&ConstDirective> {
    directives.iter().map(|directive| &directive.node).find(|directive| directive.name.node == "auth")
}
