//! A request's body, as far as the server takes it.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::{HeaderMap, header};

use crate::error::Error;

/// Reads it to its end. Of one that is too long the rest is thrown away, since a connection that is
/// closed over unread bytes takes the answer with it; unless the rest has no end in sight.
pub(super) async fn read(headers: &HeaderMap, mut body: Body, limit: usize) -> Result<Bytes, Error> {
    let longest = limit.saturating_add(PATIENCE);
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length > longest) {
        return Err(Error::BodyTooLarge { limit });
    }
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| Error::BodyUnreadable(error.to_string()))?;
        let Ok(data) = frame.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            bytes.extend_from_slice(&data);
        } else if seen > longest {
            break;
        }
    }
    if seen > limit { Err(Error::BodyTooLarge { limit }) } else { Ok(bytes.into()) }
}

/// How much more than the limit is read, and thrown away.
const PATIENCE: usize = 4 << 20;
