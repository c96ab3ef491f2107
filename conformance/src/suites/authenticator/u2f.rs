//! CTAP1/U2F (CTAP 2.3 10).

mod apdu;
mod authenticate;
mod interop;
mod register;
pub(super) mod wire;

use assay_protocol::u2f::VERSION;

use super::world::Key;
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            "u2f/version/named",
            "VERSION answers U2F_V2",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let request = assay_protocol::u2f::Request::Version.to_bytes();
                let body = wire::apdu(key, context, "VERSION", &request)?.ok()?;
                if body != VERSION {
                    return Err(Stop::fail("U2F_V2", String::from_utf8_lossy(&body)));
                }
                Ok(Pass::plain("U2F_V2"))
            },
        )
        .claims(["ctap_u2f_version"])
        .sends("VERSION")
        .expects("the six letters U2F_V2"),
    ];
    cases.extend(register::cases());
    cases.extend(authenticate::cases());
    cases.extend(apdu::cases());
    cases.extend(interop::cases());
    cases.into_iter().map(|case| case.gate(offered)).collect()
}

/// CTAP1 is offered, or there is nothing to ask.
pub(super) fn offered(key: &mut Key, _context: &mut Context) -> Result<(), Stop> {
    if key.init.capabilities.msg() { Ok(()) } else { Err(Stop::skip("CTAP1")) }
}
