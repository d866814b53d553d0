//! Rows, sorted by whoever asked for them.

use std::collections::HashMap;
use std::hash::Hash;

/// The things that each distinct set of arguments is wanted for: one statement answers for all of them. There are as many
/// sets as a document spells out.
pub(super) fn by_arguments<K, A: Hash + Eq>(keys: Vec<(K, A)>) -> HashMap<A, Vec<K>> {
    let mut things_of: HashMap<A, Vec<K>> = HashMap::new();
    for (thing, arguments) in keys {
        things_of.entry(arguments).or_default().push(thing);
    }
    things_of
}

/// Rows by their one key.
pub(super) fn by<K: Hash + Eq, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, V> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

/// Rows by the key that several share, each group in the order of the rows.
pub(super) fn grouped<K: Hash + Eq, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
