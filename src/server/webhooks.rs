//! `POST /webhooks/stripe`: what Stripe tells of payments.
//!
//! Only what is signed with one of the shop's secrets is read. It is kept and answered at once; a job does what it asks for.
//! Any answer but 2xx has Stripe send it again, for days.

use std::time::Duration;

use axum::body::Body;
use axum::extract;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};

use super::refusal::{Refused, refuse};
use super::{RequestId, State};
use crate::graphql::Code;
use crate::till::{self, ReceiveError};

/// The largest event that is taken; Stripe's are a few kilobytes.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// Takes an event.
pub(super) async fn stripe(
    extract::State(state): extract::State<State>,
    id: RequestId,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    let limit = state.app.config.http.connections.body_timeout;
    let body = match collect(body, limit, &id).await {
        Ok(body) => body,
        Err(refused) => return refused.into_response(),
    };
    match till::receive(&state.app, &body, signature).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(ReceiveError::NotTaken) => {
            let message = "This shop takes no payments by Stripe: STRIPE_SECRET_KEY is not set.";
            refuse(StatusCode::NOT_FOUND, Code::NotFound, message, &id).into_response()
        }
        Err(ReceiveError::NotSigned) => {
            let message = "The event is not signed with a secret of this shop's, or not lately.";
            refuse(StatusCode::BAD_REQUEST, Code::BadRequest, message, &id).into_response()
        }
        Err(ReceiveError::NotUnderstood) => {
            let message = "The event cannot be read.";
            refuse(StatusCode::BAD_REQUEST, Code::BadRequest, message, &id).into_response()
        }
        Err(ReceiveError::Ours(error)) => {
            tracing::error!(%error, request_id = id.0, "an event of Stripe's could not be kept; it will be sent again");
            let message = "The event could not be kept: send it again.";
            refuse(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message, &id).into_response()
        }
    }
}

async fn collect(body: Body, limit: Duration, id: &RequestId) -> Result<Vec<u8>, Refused> {
    let refused = |status, message| refuse(status, Code::BadRequest, message, id);
    let collected = tokio::time::timeout(limit, Limited::new(body, MAX_BODY_BYTES).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(_)) => {
            Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "The event is too large, or its body broke off."))
        }
        Err(_) => Err(refused(StatusCode::REQUEST_TIMEOUT, "The event did not come in time.")),
    }
}
