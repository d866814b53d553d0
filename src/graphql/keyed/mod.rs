//! Mutations that carry an `idempotencyKey`: each is done once, and whoever sends it again gets the first answer.
//!
//! A mutation field with a key runs in one transaction on one connection, resolver and selection set, and what is kept of it is
//! written there too ([`once`]). So the answer and the work are there together or not at all, and what is answered has
//! been read as the work left it. `ContextExt::conn` and the loaders give that connection to whoever asks; what belongs
//! behind the commit goes through `ContextExt::after_commit`.

mod kept;
mod mark;
mod once;
mod question;
mod selection;

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::parser::types::Field;
use async_graphql::{InputObject, Request, Response, ServerError, Variables, value};
use http::HeaderValue;

use self::kept::Kept;
pub(super) use self::once::Once;
use super::document::root_fields;
use super::documents::{Document, Prepared};
use crate::app::App;
use crate::db::Db;

/// What every mutation's input has.
#[derive(InputObject, Default)]
pub(super) struct Idempotency {
    /// A text of your own making, 1 to 255 characters, that nobody can guess: a new UUID for each thing that is to happen. Sent
    /// again within 24 hours with the same input, it gets the first answer, and nothing happens again; with another input it
    /// is refused. An attempt with `userErrors` or an error leaves the key free.
    idempotency_key: Option<String>,
}

impl Idempotency {
    /// Whether there is a key that is none to use. Asked by mutations that tell it by themselves.
    pub(super) fn is_invalid(&self) -> bool {
        self.idempotency_key.as_ref().is_some_and(|key| !question::is_good(key))
    }
}

/// How a mutation is kept from happening twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// In one transaction, which begins before anything else.
    Held,
    /// In one transaction, which begins with its first [work](Db::work). For mutations that wait for something before: there is
    /// no waiting with a connection.
    Late,
    /// With a lease, and no transaction around it: for those that have somebody outside do something in between. What they do
    /// has to be idempotent by itself.
    Leased,
}

/// Mutations that hash passwords before they write.
const LATE: [&str; 6] = [
    "accountDeactivate",
    "accountRegister",
    "emailChangeRequest",
    "passwordChange",
    "passwordReset",
    "sessionCreate",
];
/// Mutations that ask a payment provider.
const LEASED: [&str; 1] = ["paymentCreate"];
/// Mutations that have always told by `userErrors` what is wrong with a key.
const TELLS_BY_ITSELF: [&str; 1] = ["orderPlace"];

impl Manner {
    fn of(mutation: &str) -> Self {
        match mutation {
            _ if LATE.contains(&mutation) => Self::Late,
            _ if LEASED.contains(&mutation) => Self::Leased,
            _ => Self::Held,
        }
    }
}

/// What is done once a transaction is committed.
pub(super) type Effect = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A request with mutations that carry keys.
pub(super) struct KeyedRequest {
    /// The database, with the connection that is held.
    pub(super) db: Db,
    document: Arc<Document>,
    variables: Variables,
    now: Mutex<Now>,
    told: Mutex<Told>,
}

/// What the field that is being executed has brought up.
#[derive(Default)]
struct Now {
    /// Whether it is in a transaction that is still to be committed.
    holding: bool,
    /// Whether its key was used with another input, and it tells so by itself.
    reused: bool,
    effects: Vec<Effect>,
    cookies: Vec<String>,
    /// What went wrong somewhere in its answer.
    failure: Option<ServerError>,
}

/// What the response says beside its data.
#[derive(Default)]
struct Told {
    replayed: Vec<String>,
    cookies: Vec<String>,
}

impl KeyedRequest {
    /// The request, if one of its mutations carries a key; made fit to tell which of them were refused.
    pub(super) fn of(app: &App, request: &mut Request, prepared: Option<&Prepared>) -> Option<Arc<Self>> {
        let document = &prepared?.document;
        let roots = root_fields(&document.parsed, request.operation_name.as_deref());
        if !roots.iter().any(|field| question::key(field, &request.variables).is_some()) {
            return None;
        }
        let mut marked = document.parsed.clone();
        mark::demand(&mut marked);
        request.set_parsed_query(marked);
        Some(Arc::new(Self {
            db: app.db.holding(),
            document: Arc::clone(document),
            variables: request.variables.clone(),
            now: Mutex::default(),
            told: Mutex::default(),
        }))
    }

    /// Does what belongs behind the commit: at once where none is to come.
    pub(super) async fn after_commit(&self, effect: Effect) {
        {
            let mut now = self.now();
            if now.holding {
                now.effects.push(effect);
                return;
            }
        }
        effect.await;
    }

    /// Sets a cookie, once what it is about is committed.
    pub(super) fn set_cookie(&self, cookie: String) {
        self.now().cookies.push(cookie);
    }

    /// Whether the key of the field that is being executed was used with another input.
    pub(super) fn is_reused(&self) -> bool {
        self.now().reused
    }

    /// Tells in the response what was replayed, and sets the cookies.
    pub(super) fn tell(&self, response: &mut Response) {
        let Told { replayed, cookies } = std::mem::take(&mut *self.told());
        if !replayed.is_empty() {
            response.extensions.insert("idempotency".to_owned(), value!({ "replayed": replayed }));
        }
        for cookie in cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
            response.http_headers.append("set-cookie", cookie);
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the field has asked for, now that it is over.
    fn over(&self) -> Now {
        std::mem::take(&mut self.now())
    }

    /// What a field selects.
    fn selection(&self, field: &Field) -> selection::Selection {
        selection::Selection::of(field, &self.document.parsed, &self.variables)
    }
}
