//! Relay connections: pages of lists that can grow.

use std::borrow::Cow;

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use futures_util::future::BoxFuture;

use super::context::ContextExt;
use super::cost::cost;
use super::error::Result;
use crate::db::Db;
use crate::pagination::{Cursor, Page};

/// How to count the whole list, should the client ask.
type Count = Box<dyn Fn(Db) -> BoxFuture<'static, crate::error::Result<i64>> + Send + Sync>;

/// One page of a list of `T`.
pub(crate) struct Connection<T> {
    edges: Vec<Edge<T>>,
    has_previous: bool,
    has_next: bool,
    count: Count,
}

/// One item of a page.
pub(crate) struct Edge<T> {
    node: T,
    cursor: Cursor,
}

/// Where a page lies in its list, as the Relay specification asks.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether items come before this page.
    has_previous_page: bool,
    /// Whether items come after this page.
    has_next_page: bool,
    /// The cursor of the first item of this page; pass it as `before` to page backwards.
    start_cursor: Option<String>,
    /// The cursor of the last item of this page; pass it as `after` to page forwards.
    end_cursor: Option<String>,
}

impl<T> Connection<T> {
    /// A page whose rows become nodes by `edge`, and whose list has as many items as `count` finds.
    pub(super) fn new<R, F, C>(page: Page<R>, edge: F, count: C) -> Self
    where
        F: Fn(R) -> (Cursor, T),
        C: Fn(Db) -> BoxFuture<'static, crate::error::Result<i64>> + Send + Sync + 'static,
    {
        let edges = page
            .rows
            .into_iter()
            .map(|row| {
                let (cursor, node) = edge(row);
                Edge { node, cursor }
            })
            .collect();
        Self { edges, has_previous: page.has_previous, has_next: page.has_next, count: Box::new(count) }
    }
}

/// A page of a list. Ask for `nodes` when the items are enough, for `edges` when each item's cursor is needed.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The items of this page with their cursors.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The items of this page.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.encode()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.encode()),
        }
    }

    /// How many items the whole list has. Counted only when asked for.
    #[graphql(directive = cost::apply(5, None, None))]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok((self.count)(ctx.db().clone()).await?)
    }
}

/// An item of a page and where it is.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// The item.
    async fn node(&self) -> &T {
        &self.node
    }

    /// The item's place in the list, for `after` and `before`.
    async fn cursor(&self) -> String {
        self.cursor.encode()
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}
