//! Metadata and revocation lists over HTTP: bounded in size and time, and only when they are new.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use assay_attestation::metadata::signers;
use assay_attestation::revocation::{Demand, RevocationList, distribution_points};
use reqwest::header::{ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use time::OffsetDateTime;

use super::shelf::{Offer, Validators};
use super::{MetadataSource, Origin};

/// What a server gave.
pub(super) enum Fetched {
    /// Something to judge.
    Body(Offer),
    /// Nothing that we do not have.
    NotModified,
}

/// FIDO's BLOB is under ten megabytes.
pub(super) const BLOB_LIMIT: usize = 64 << 20;
const LIST_LIMIT: usize = 16 << 20;

/// Asks for a BLOB, unless it is still the one that we have.
pub(super) async fn get(url: &str, known: &Validators, limit: usize) -> Result<Fetched, String> {
    let mut request = client(url)?.get(url);
    for (name, value) in [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let response = request.send().await.map_err(|error| described(&error))?;
    if response.status() == StatusCode::NOT_MODIFIED {
        return Ok(Fetched::NotModified);
    }
    let validators =
        Validators { etag: text(response.headers(), &ETAG), last_modified: text(response.headers(), &LAST_MODIFIED) };
    let bytes = body(response, limit).await?;
    let text = String::from_utf8(bytes).map_err(|_not_text| "the answer is not text".to_owned())?;
    Ok(Fetched::Body(Offer { text, validators }))
}

/// The revocation lists of whoever has signed a BLOB. Only those who are trusted are believed when
/// they name an address; a list that does not come is one that tells nothing.
pub(super) async fn lists(source: &MetadataSource, blob: &str, now: OffsetDateTime) -> Vec<RevocationList> {
    let mut lists = Vec::new();
    let asked = source.trusts.iter().filter(|trust| trust.revocation.demand != Demand::Off);
    if !source.fetch_lists || matches!(source.origin, Origin::UnsignedFile(_)) {
        return lists;
    }
    let certificates: Vec<_> = asked.filter_map(|trust| signers(blob, trust, now).ok()).flatten().collect();
    let addresses: BTreeSet<String> = certificates.iter().flat_map(distribution_points).collect();
    for address in addresses.iter().take(MOST_LISTS) {
        match list(address).await {
            Ok(list) => lists.push(list),
            Err(detail) => tracing::warn!(address, detail, "a revocation list does not come"),
        }
    }
    lists
}

async fn list(address: &str) -> Result<RevocationList, String> {
    let response = client(address)?.get(address).send().await.map_err(|error| described(&error))?;
    let bytes = body(response, LIST_LIMIT).await?;
    RevocationList::parse(&bytes).map_err(|error| error.to_string())
}

/// A body, as long as it is not too long.
async fn body(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, String> {
    if response.status() != StatusCode::OK {
        return Err(format!("the answer is {}", response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| described(&error))? {
        if bytes.len().saturating_add(chunk.len()) > limit {
            return Err(format!("the answer is longer than {limit} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn client(url: &str) -> Result<Client, String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let mut builder = Client::builder()
        .user_agent(concat!("assay/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(120))
        .redirect(Policy::limited(3));
    // No proxy knows this computer better than it does itself.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| described(&error))
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The error and what lies behind it: the first words alone only name the address.
fn described(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}

const MOST_LISTS: usize = 8;
