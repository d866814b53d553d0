//! A mutation with a key, done once.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::parser::types::Field;
use async_graphql::{PathSegment, Pos, ServerError, ServerResult, Value};

use super::super::error::{ApiError, Code};
use super::super::loaders::Loaders;
use super::selection::Selection;
use super::{Kept, KeyedRequest, Manner, Now, TELLS_BY_ITSELF, mark, question};
use crate::app::App;
use crate::caller::Caller;
use crate::db::{self, Connection, Opening};
use crate::error::Error;
use crate::idempotency::{self, Found, Keyed, Lease};

/// Has mutations that carry a key done once.
pub(in super::super) struct Once;

impl ExtensionFactory for Once {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Once {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let request = ctx.data_unchecked::<Arc<KeyedRequest>>();
        if info.path_node.parent.is_some() {
            let result = next.run(ctx, info).await;
            if let Err(error) = &result {
                request.now().failure.get_or_insert_with(|| error.clone());
            }
            return result;
        }
        request.begin().await;
        let field = info.field;
        let Some(key) = question::key(field, &request.variables) else {
            return request.unkeyed(next.run(ctx, info).await);
        };
        let app = ctx.data_unchecked::<App>();
        let caller = ctx.data_unchecked::<Caller>();
        let mutation = Mutation { request, app, loaders: ctx.data_unchecked::<Loaders>(), field };
        let keyed = match question::keyed(&app.sealer, caller, field, &request.variables, &key) {
            Ok(keyed) => keyed,
            // It says so by itself.
            Err(_) if mutation.tells_by_itself() => return request.unkeyed(next.run(ctx, info).await),
            Err(error) => return Err(mutation.error(error)),
        };
        match Manner::of(info.name) {
            Manner::Leased => mutation.leased(&keyed, next.run(ctx, info)).await,
            manner => mutation.held(&keyed, manner, next.run(ctx, info)).await,
        }
        .map(Some)
    }
}

impl KeyedRequest {
    /// Leaves nothing of the field before to the next one, however that one ended.
    async fn begin(&self) {
        drop(self.db.let_go().await);
        self.over();
    }

    /// What a mutation without a key came to, among others with one.
    fn unkeyed(&self, result: ServerResult<Option<Value>>) -> ServerResult<Option<Value>> {
        self.told().cookies.append(&mut self.over().cookies);
        let mut value = result?;
        if let Some(value) = &mut value {
            mark::refused(value);
        }
        Ok(value)
    }
}

/// One field of a mutation, with a key.
struct Mutation<'a> {
    request: &'a KeyedRequest,
    app: &'a App,
    loaders: &'a Loaders,
    field: &'a Field,
}

/// What a mutation came to.
enum Came {
    /// It was done: its value.
    Done(Value),
    /// It was refused: its value.
    Refused(Value),
    /// It was done, and something in its answer failed.
    Marred(Value, ServerError),
    /// It failed.
    Failed(ServerError),
}

impl Mutation<'_> {
    /// Does the work in one transaction with what is kept of it.
    async fn held(
        &self,
        keyed: &Keyed,
        manner: Manner,
        work: impl Future<Output = ServerResult<Option<Value>>>,
    ) -> ServerResult<Value> {
        let db = &self.request.db;
        let anticipated = Arc::new(OnceLock::new());
        db.hold(opening(keyed.clone(), Arc::clone(&anticipated))).await;
        self.request.now().holding = true;
        let found = match manner {
            Manner::Late => self.find(keyed).await.map_err(|error| self.failed(error))?,
            Manner::Held | Manner::Leased => match db.work().await {
                Ok(_) => Found::Nothing,
                Err(error) => self.anticipated(&anticipated, error)?,
            },
        };
        match found {
            Found::Nothing => {}
            Found::Reused if self.tells_by_itself() => {
                *self.request.now() = Now { reused: true, ..Now::default() };
            }
            found => return self.answer(keyed, found),
        }
        let came = self.came(work.await);
        if let Some(found) = anticipated.get()
            && !self.request.now().reused
        {
            return self.answer(keyed, found.clone());
        }
        match came {
            Came::Done(value) => self.keep(keyed, value, &anticipated).await,
            Came::Refused(value) => {
                // The first one may have been done after we had looked for it and before it was our turn: what we are refused
                // for is its own doing then.
                let found = self.find(keyed).await.map_err(|error| self.failed(error))?;
                if matches!(found, Found::Answer(_)) {
                    self.give_up().await;
                    return self.answer(keyed, found);
                }
                // What a verb does all the same stays: an ended session, an attempt that was counted.
                if let Some(conn) = db.let_go().await {
                    db::commit(conn).await.map_err(|error| self.failed(error))?;
                }
                self.committed().await;
                Ok(value)
            }
            Came::Failed(error) => {
                self.give_up().await;
                Err(error)
            }
            Came::Marred(_, mut failure) => {
                self.give_up().await;
                // A key stands for an answer that is whole.
                failure.message = format!("Nothing was done, because its answer failed: {}", failure.message);
                failure.path = vec![PathSegment::Field(self.response_key())];
                Err(failure)
            }
        }
    }

    /// Keeps the answer to what was done, and makes both last.
    async fn keep(&self, keyed: &Keyed, value: Value, anticipated: &OnceLock<Found>) -> ServerResult<Value> {
        let db = &self.request.db;
        // It may have found that there was nothing to do.
        if let Err(error) = db.work().await {
            let found = self.anticipated(anticipated, error)?;
            return self.answer(keyed, found);
        }
        let Some(conn) = db.let_go().await else { return Err(self.failed(Error::Anticipated)) };
        let selection = self.selection();
        let cookies = self.request.now().cookies.clone();
        let sealed = Kept::seal(&self.app.sealer, keyed, (&value, &selection), &cookies);
        let Some(sealed) = sealed.map_err(|error| self.error(error))? else {
            self.undo(conn).await;
            self.request.over();
            return Err(self.error(too_large()));
        };
        if idempotency::keep(&conn, keyed, &sealed).await.map_err(|error| self.failed(error.into()))? {
            db::commit(conn).await.map_err(|error| self.failed(error))?;
            self.committed().await;
            return Ok(value);
        }
        self.undo(conn).await;
        let found = self.find(keyed).await.map_err(|error| self.failed(error))?;
        self.answer(keyed, found)
    }

    /// Does the work under a lease.
    async fn leased(
        &self,
        keyed: &Keyed,
        work: impl Future<Output = ServerResult<Option<Value>>>,
    ) -> ServerResult<Value> {
        let lease = match self.lease(keyed).await.map_err(|error| self.failed(error))? {
            Ok(lease) => lease,
            Err(found) => return self.answer(keyed, found),
        };
        let came = self.came(work.await);
        let cookies = self.request.now().cookies.clone();
        self.committed().await;
        let sealed = match &came {
            Came::Done(value) => {
                let sealed = Kept::seal(&self.app.sealer, keyed, (value, &self.selection()), &cookies);
                sealed.map_err(|error| self.error(error))?
            }
            Came::Refused(_) | Came::Marred(..) | Came::Failed(_) => None,
        };
        let settled = async {
            let conn = self.request.db.get().await?;
            Ok::<_, Error>(match &sealed {
                Some(sealed) => idempotency::settle(&conn, keyed, lease, sealed).await?,
                None => {
                    idempotency::release(&conn, keyed, lease).await?;
                    true
                }
            })
        };
        match settled.await {
            Ok(true) => {}
            // Nobody is given an answer that would not be given again: a retry does what can be done twice, and keeps its own.
            Err(error) if sealed.is_some() => return Err(self.failed(error)),
            Err(error) => {
                tracing::warn!(%error, "a key could not be given back; it is free when its lease has run out")
            }
            Ok(false) => {
                let found = self.find(keyed).await.map_err(|error| self.failed(error))?;
                return self.answer(keyed, found);
            }
        }
        match came {
            // What was done outside cannot be undone; what of the answer failed is told beside it.
            Came::Done(value) | Came::Refused(value) | Came::Marred(value, _) => Ok(value),
            Came::Failed(error) => Err(error),
        }
    }

    async fn lease(&self, keyed: &Keyed) -> crate::error::Result<Result<Lease, Found>> {
        // Whoever is still at work when their request's time is over is cut off: a moment later it is somebody else's turn.
        let lasts = self.app.config.http.connections.request_timeout + Duration::from_secs(1);
        Ok(idempotency::lease(&*self.request.db.get().await?, keyed, lasts).await?)
    }

    async fn find(&self, keyed: &Keyed) -> crate::error::Result<Found> {
        Ok(idempotency::find(&*self.request.db.get().await?, keyed).await?)
    }

    /// The answer to whoever comes later.
    fn answer(&self, keyed: &Keyed, found: Found) -> ServerResult<Value> {
        self.request.over();
        let answered = match found {
            Found::Answer(sealed) => Kept::open(&self.app.sealer, keyed, &sealed).and_then(|mut kept| {
                let mut cookies = std::mem::take(&mut kept.cookies);
                let value = kept.shown(&self.selection())?;
                let mut told = self.request.told();
                told.cookies.append(&mut cookies);
                told.replayed.push(self.response_key());
                Ok(value)
            }),
            Found::Reused => Err(reused()),
            Found::InFlight(wait) => Err(ApiError::InFlight(wait)),
            Found::Nothing => Err(ApiError::InFlight(Duration::from_secs(1))),
        };
        answered.map_err(|error| self.error(error))
    }

    /// What was found when the transaction was opened, if that is why there is none.
    fn anticipated(&self, anticipated: &OnceLock<Found>, error: Error) -> ServerResult<Found> {
        anticipated.get().cloned().ok_or_else(|| {
            self.request.over();
            self.failed(error)
        })
    }

    fn came(&self, result: ServerResult<Option<Value>>) -> Came {
        let failure = self.request.now().failure.take();
        let mut value = match result {
            Ok(value) => value.unwrap_or_default(),
            Err(error) => return Came::Failed(error),
        };
        // A refusal is one whatever else fails: what it does all the same must not be undone by asking for what fails.
        match failure {
            _ if mark::refused(&mut value) => Came::Refused(value),
            Some(failure) => Came::Marred(value, failure),
            None => Came::Done(value),
        }
    }

    /// Does what belongs behind the commit.
    async fn committed(&self) {
        let Now { effects, mut cookies, .. } = self.request.over();
        self.request.told().cookies.append(&mut cookies);
        self.loaders.committed();
        for effect in effects {
            effect.await;
        }
    }

    /// Undoes whatever was begun.
    async fn give_up(&self) {
        if let Some(conn) = self.request.db.let_go().await {
            self.undo(conn).await;
        }
        self.request.over();
    }

    /// Undoes the work. What was read of it is forgotten.
    async fn undo(&self, conn: Connection) {
        if let Err(error) = db::roll_back(conn).await {
            // The connection is closed for it, which undoes the work as well.
            tracing::debug!(%error, "a mutation could not be rolled back");
        }
        self.loaders.forget_all().await;
    }

    fn selection(&self) -> Selection {
        self.request.selection(self.field)
    }

    fn tells_by_itself(&self) -> bool {
        TELLS_BY_ITSELF.contains(&self.field.name.node.as_str())
    }

    fn response_key(&self) -> String {
        self.field.response_key().node.to_string()
    }

    fn failed(&self, error: Error) -> ServerError {
        self.error(error.into())
    }

    fn error(&self, error: ApiError) -> ServerError {
        let pos: Pos = self.field.response_key().pos;
        let mut error = async_graphql::Error::from(error).into_server_error(pos);
        error.path = vec![PathSegment::Field(self.response_key())];
        error
    }
}

/// What the transaction of a request with a key begins with: looking whether it was done before. What it finds, if it does, goes
/// into `anticipated`.
fn opening(keyed: Keyed, anticipated: Arc<OnceLock<Found>>) -> Opening {
    Box::new(move |conn| {
        Box::pin(async move {
            match idempotency::claim(conn, &keyed).await? {
                Found::Nothing => Ok(()),
                found => {
                    let _ = anticipated.set(found);
                    Err(Error::Anticipated)
                }
            }
        })
    })
}

fn reused() -> ApiError {
    let message =
        "This idempotency key was used with another input: make a new one for each thing that is to happen.";
    ApiError::Client(Code::IdempotencyKeyReused, message.to_owned())
}

fn too_large() -> ApiError {
    let message = format!(
        "Nothing was done: with an idempotency key an answer has at most {} bytes. Ask for less of it, and for the rest by \
         a query.",
        idempotency::MAX_ANSWER_BYTES
    );
    ApiError::Client(Code::CostLimitExceeded, message)
}
