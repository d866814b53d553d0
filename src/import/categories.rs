//! Category paths: found in the shop's tree by their names, made where they are missing.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::{NewCategory, slug};
use crate::db::schema::categories;
use crate::ids::CategoryId;

/// The most categories written by one statement.
const CHUNK: usize = 5000;

/// The shop's tree, by names.
#[derive(Default)]
pub(super) struct Categories {
    known: HashMap<(Option<CategoryId>, String), CategoryId>,
    slugs: HashSet<String>,
    slug_of: HashMap<CategoryId, String>,
    children: HashMap<Option<CategoryId>, i32>,
    new: Vec<NewCategory>,
}

impl Categories {
    /// The tree as it is.
    pub(super) async fn load(mut conn: &AsyncPgConnection) -> QueryResult<Self> {
        let rows: Vec<(CategoryId, Option<CategoryId>, String, String)> = categories::table
            .select((categories::id, categories::parent_id, categories::slug, categories::name))
            .order((categories::position, categories::id))
            .load(&mut conn)
            .await?;
        let mut tree = Self::default();
        for (id, parent, slug, name) in rows {
            tree.enter(id, parent, slug, &name);
        }
        Ok(tree)
    }

    /// The category at the end of a path of names; those that are missing will be made. None for an empty path.
    pub(super) fn resolve(&mut self, path: &[String]) -> Option<CategoryId> {
        path.iter().fold(None, |parent, name| Some(self.child(parent, name)))
    }

    fn child(&mut self, parent: Option<CategoryId>, name: &str) -> CategoryId {
        if let Some(id) = self.known.get(&(parent, name.to_lowercase())) {
            return *id;
        }
        let (id, slug) = (CategoryId::new(), self.free_slug(parent, name));
        let position = self.enter(id, parent, slug.clone(), name);
        let (name, description) = (name.to_owned(), String::new());
        self.new.push(NewCategory { id, parent_id: parent, slug, name, description, position });
        id
    }

    /// Adds a category and returns its place among its siblings.
    fn enter(&mut self, id: CategoryId, parent: Option<CategoryId>, slug: String, name: &str) -> i32 {
        // Of two siblings with one name, the first shown is meant.
        self.known.entry((parent, name.to_lowercase())).or_insert(id);
        self.slugs.insert(slug.clone());
        self.slug_of.insert(id, slug);
        let siblings = self.children.entry(parent).or_insert(0);
        *siblings += 1;
        *siblings
    }

    /// `mugs`, or if that is another's `kitchen-mugs`, or that with a number.
    fn free_slug(&self, parent: Option<CategoryId>, name: &str) -> String {
        let plain = slug::slugify(name);
        let plain = if plain.is_empty() { "category".to_owned() } else { plain };
        let above = parent.and_then(|parent| self.slug_of.get(&parent));
        let qualified = above.map(|above| slug::slugify(&format!("{above}-{plain}")));
        let named = [Some(plain.clone()), qualified.clone()].into_iter().flatten();
        let base = qualified.unwrap_or(plain);
        let base = &base[..base.len().min(slug::MAX_LENGTH - "-18446744073709551615".len())];
        let numbered = (2_u64..).map(|number| format!("{}-{number}", base.trim_end_matches('-')));
        named.chain(numbered).find(|slug| !self.slugs.contains(slug)).unwrap_or_default()
    }

    /// Makes what is missing and returns how many those were. Parents come first: the database takes each path from the
    /// row above.
    pub(super) async fn write(&mut self, conn: &mut AsyncPgConnection) -> QueryResult<u64> {
        let new = std::mem::take(&mut self.new);
        for chunk in new.chunks(CHUNK) {
            diesel::insert_into(categories::table).values(chunk).execute(conn).await?;
        }
        Ok(new.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_name_is_one_category_below_one_parent() {
        let mut tree = Categories::default();
        let mugs = tree.resolve(&path(&["Kitchen", "Mugs & Cups"]));
        assert_eq!(tree.resolve(&path(&["kitchen", "MUGS & cups"])), mugs);
        assert_eq!(tree.resolve(&[]), None);
        let made: Vec<(&str, i32)> = tree.new.iter().map(|new| (new.slug.as_str(), new.position)).collect();
        assert_eq!(made, [("kitchen", 1), ("mugs-cups", 1)]);
        assert_eq!(tree.new[1].parent_id, Some(tree.new[0].id));
    }

    #[test]
    fn a_slug_that_is_taken_is_told_apart() {
        let mut tree = Categories::default();
        for names in [
            &["Men", "Shirts"][..],
            &["Women", "Shirts"],
            &["Women-Shirts"],
            &["Women", "Shirts!"],
            &["§"],
            &["¤¤", "☃"],
        ] {
            tree.resolve(&path(names));
        }
        let slugs: Vec<&str> = tree.new.iter().map(|new| new.slug.as_str()).collect();
        assert_eq!(
            slugs[..6],
            ["men", "shirts", "women", "women-shirts", "women-shirts-2", "women-shirts-3"]
        );
        let unique: HashSet<&&str> = slugs.iter().collect();
        assert_eq!(unique.len(), slugs.len());
    }

    #[test]
    fn long_names_stay_within_the_tables_limit() {
        let mut tree = Categories::default();
        let name = "a".repeat(255);
        for _ in 0..3 {
            let parent = tree.resolve(std::slice::from_ref(&name));
            tree.known.clear();
            assert!(parent.is_some());
        }
        assert!(tree.new.iter().all(|new| new.slug.len() <= slug::MAX_LENGTH));
    }
}
