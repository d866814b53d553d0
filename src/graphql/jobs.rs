//! Jobs that were given up, in the schema.

use async_graphql::{Context, Description, Enum, ID, InputObject, Object, SimpleObject};

use super::auth::{Requires, auth};
use super::context::{ContextExt, parse_id};
use super::cost::{by, cost};
use super::error::Result;
use super::keyed::Idempotency;
use super::relay::Connection;
use super::scalars::DateTime;
use super::user_error::{settle, user_error};
use crate::accounts::Permission;
use crate::ids::JobId;
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};
use crate::queue::{self, NEWEST_DEAD, ReviveRefusal};

/// Why nothing was done about a job.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub(crate) enum JobErrorCode {
    /// There is no dead job with this id.
    NotFound,
    /// Another job that does the same waits already.
    WaitsAlready,
}

user_error!(
    /// A problem with a job.
    JobUserError,
    JobErrorCode
);

impl From<ReviveRefusal> for JobUserError {
    fn from(refusal: ReviveRefusal) -> Self {
        match refusal {
            ReviveRefusal::NotFound => not_found(),
            ReviveRefusal::WaitsAlready => Self::at(
                JobErrorCode::WaitsAlready,
                ["id"],
                "Another job that does the same waits already: discard this one.",
            ),
        }
    }
}

fn not_found() -> JobUserError {
    JobUserError::at(JobErrorCode::NotFound, ["id"], "There is no dead job with this id.")
}

/// Work that was tried again and again, or could not be done at all, and was given up. It is kept for 90 days.
#[derive(Description)]
pub(crate) struct DeadJob(queue::DeadJob);

#[Object(use_type_description)]
impl DeadJob {
    /// Its id.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What was to be done, such as `webhook_delivery` or `order_letter`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What it was about: ids and types, nothing of anybody's person. Null where that is all that there is to say.
    async fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// How often it was begun.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// Why the last attempt failed.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was given up.
    async fn died_at(&self) -> DateTime {
        DateTime(self.0.died_at)
    }
}

/// Queries of jobs.
#[derive(Default)]
pub(crate) struct JobQuery;

#[Object]
impl JobQuery {
    /// Work that was given up, the last first.
    #[graphql(
        guard = "Requires(Permission::ManageJobs)",
        directive = auth::apply(vec![Permission::ManageJobs.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn dead_jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
    ) -> Result<Connection<DeadJob>> {
        let page = PageArguments { first, after, last, before }.validate(NEWEST_DEAD, KeyKind::Time)?;
        let rows = queue::dead_page(&*ctx.conn().await?, &page).await?;
        let edge = |job: queue::DeadJob| {
            let key = SortKey::Int(job.died_at.timestamp_micros());
            (Cursor::new(NEWEST_DEAD, key, job.id.0), DeadJob(job))
        };
        Ok(Connection::new(rows, edge, |db| {
            Box::pin(async move { Ok(queue::count_dead(&*db.get().await?).await?) })
        }))
    }
}

/// Which job to begin again.
#[derive(InputObject)]
pub(crate) struct JobReplayInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of beginning a job again.
#[derive(SimpleObject)]
pub(crate) struct JobReplayPayload {
    /// The id of the job, which waits with the others now; null when nothing was done.
    replayed_job_id: Option<ID>,
    /// What kept it from being begun again.
    user_errors: Vec<JobUserError>,
}

/// Which job to throw away.
#[derive(InputObject)]
pub(crate) struct JobDiscardInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of throwing a job away.
#[derive(SimpleObject)]
pub(crate) struct JobDiscardPayload {
    /// The id of the job that is gone; null when it is not.
    discarded_job_id: Option<ID>,
    /// What kept it from being thrown away.
    user_errors: Vec<JobUserError>,
}

/// Mutations of jobs.
#[derive(Default)]
pub(crate) struct JobMutation;

#[Object]
impl JobMutation {
    /// Has a job that was given up begun again, with as many attempts as a new one. Where jobs are done one after the other,
    /// those behind it that are still waiting wait for it.
    #[graphql(
        guard = "Requires(Permission::ManageJobs)",
        directive = auth::apply(vec![Permission::ManageJobs.into()])
    )]
    async fn job_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobReplayInput,
    ) -> Result<JobReplayPayload> {
        let id: JobId = parse_id(&input.id)?;
        let revived = {
            let mut conn = ctx.conn().await?;
            queue::revive(&mut conn, id).await
        };
        let (done, user_errors) = settle(revived)?;
        ctx.wake_worker().await;
        Ok(JobReplayPayload { replayed_job_id: done.map(|()| input.id), user_errors })
    }

    /// Throws a job away that was given up. It cannot be taken back.
    #[graphql(
        guard = "Requires(Permission::ManageJobs)",
        directive = auth::apply(vec![Permission::ManageJobs.into()])
    )]
    async fn job_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobDiscardInput,
    ) -> Result<JobDiscardPayload> {
        let id: JobId = parse_id(&input.id)?;
        let discarded = queue::discard(&*ctx.conn().await?, id).await?;
        let user_errors = if discarded { Vec::new() } else { vec![not_found()] };
        Ok(JobDiscardPayload { discarded_job_id: discarded.then_some(input.id), user_errors })
    }
}
