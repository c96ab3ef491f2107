//! Built-in user verification: tokens by it (CTAP 2.3 6.5.5.7.3), the option `uv`, and its tries.

mod refused;
mod retries;
mod tokens;

use assay_protocol::pin_uv::Token;

use super::bio_enrollment::{self, BE};
use super::client_pin::Platform;
use super::manage::PIN;
use super::world::Key;
use super::{Body, FRESH, get_info};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::Stop;

pub use self::retries::OTHER_FINGER;

/// permissions of CTAP 2.3 6.5.5.7.
const MC: u64 = 0x01;
const GA: u64 = 0x02;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    [tokens::cases(), refused::cases(), retries::cases()].into_iter().flatten().collect()
}

fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    claims: [&'static str; N],
    sends: &'static str,
    expects: &'static str,
    body: Body,
) -> Case<Key> {
    Case::new(id, title, clause, Level::Must, body).needs([FRESH]).claims(claims).sends(sends).expects(expects)
}

/// A platform, and a key whose built-in user verification is set up: a finger is enrolled where there is none yet.
fn set_up(key: &mut Key, context: &mut Context) -> Result<Platform, Stop> {
    let info = get_info::info(key, context)?;
    match (get_info::option(&info, "uv"), get_info::option(&info, "bioEnroll")) {
        (Some(true), _) => Platform::connect(key, context),
        (Some(false), Some(false)) => {
            let platform = Platform::set_up(key, context, PIN)?;
            let token = platform.token(key, context, PIN, BE)?;
            bio_enrollment::enroll(key, context, &token)?;
            Ok(platform)
        }
        _ => Err(Stop::skip("built-in user verification")),
    }
}

/// The same, where there are tokens by it.
fn giving_tokens(key: &mut Key, context: &mut Context) -> Result<Platform, Stop> {
    match get_info::option(&get_info::info(key, context)?, "pinUvAuthToken") {
        Some(true) => set_up(key, context),
        _ => Err(Stop::skip("pinUvAuthToken")),
    }
}

/// A token by built-in user verification.
fn token(key: &mut Key, context: &mut Context, permissions: u64) -> Result<Token, Stop> {
    giving_tokens(key, context)?.uv_token(key, context, permissions)
}
