//! The `Host` of a request: what is in front may go by another one than we do, where there are two.

use axum::extract::Request;
use axum::http::{StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::RequestId;
use super::refusal::refuse;
use crate::graphql::Code;

/// Refuses a request that has none or several (RFC 9112, 3.2); HTTP/1.0 needs none.
pub(super) async fn check(id: RequestId, request: Request, next: Next) -> Response {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if hosts == 1 || (hosts == 0 && request.version() == Version::HTTP_10) {
        return next.run(request).await;
    }
    let message = "The request must have the header 'host', once.";
    refuse(StatusCode::BAD_REQUEST, Code::BadRequest, message, &id).into_response()
}
