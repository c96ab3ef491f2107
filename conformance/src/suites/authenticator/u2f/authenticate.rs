//! U2F_AUTHENTICATE.

use assay_protocol::u2f::{Control, Request, StatusWord};

use super::wire::{self, refused};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::world::Key;
use crate::verdict::{Pass, Stop};

const GOOD: &str = "u2f/authenticate/verifies";

/// The bit of the presence byte that says that somebody was there.
const PRESENT: u8 = 0x01;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = signed();
    cases.extend(known());
    cases
}

fn signed() -> Vec<Case<Key>> {
    vec![
        Case::new(
            GOOD,
            "A key handle signs after a touch, and the signature verifies",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let made = wire::credential(key, context)?;
                let told = wire::authenticate(key, context, &made)?;
                if told.user_presence & PRESENT == 0 {
                    return Err(Stop::fail("bit 0 of the presence byte set", format!("{:#04x}", told.user_presence)));
                }
                Ok(Pass::plain("a signature that verifies"))
            },
        )
        .claims(["ctap_u2f_signature", "ctap_u2f_presence"])
        .sends("AUTHENTICATE with P1 0x03")
        .expects("presence, counter, and a signature over application, presence, counter and challenge"),
        Case::new(
            "u2f/authenticate/counter-rises",
            "The counter rises, or is always zero",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let made = wire::credential(key, context)?;
                let first = wire::authenticate(key, context, &made)?.counter;
                let second = wire::authenticate(key, context, &made)?.counter;
                if second > first || (first, second) == (0, 0) {
                    return Ok(Pass::plain(format!("{first} then {second}")));
                }
                Err(Stop::fail("a rising counter", format!("{first} then {second}")))
            },
        )
        .claims(["ctap_ga_counter"])
        .twin(GOOD)
        .sends("AUTHENTICATE, twice")
        .expects("a counter above the one before"),
        Case::new(
            "u2f/authenticate/not-enforced",
            "A key handle signs without a touch where none is to be enforced",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let made = wire::credential(key, context)?;
                let challenge = context.random.block();
                let request = wire::asking(&made, Control::DontEnforceUserPresence, challenge).to_bytes();
                let answer = wire::apdu(key, context, "AUTHENTICATE, presence not enforced", &request)?;
                match answer.word {
                    StatusWord::NO_ERROR | StatusWord::CONDITIONS_NOT_SATISFIED => {}
                    // U2F 1.0 and 1.1 had no such control byte.
                    _ => return Err(Stop::skip("AUTHENTICATE with P1 0x08")),
                }
                wire::signed(&answer.ok()?, challenge, &made).map(|_| Pass::plain("a signature that verifies"))
            },
        )
        .claims(["ctap_u2f_not_enforced", "ctap_u2f_signature"])
        .sends("AUTHENTICATE with P1 0x08")
        .expects("a signature over the presence byte that is told"),
        Case::new(
            "u2f/authenticate/control-unknown",
            "An unknown control byte signs nothing",
            "CTAP 2.3 10",
            Level::Should,
            |key: &mut Key, context| {
                let made = wire::credential(key, context)?;
                let mut apdu = wire::asking(&made, Control::EnforceUserPresence, context.random.block()).to_apdu();
                apdu.p1 = 0x05;
                // The text has no status word for it.
                match wire::apdu(key, context, "AUTHENTICATE with P1 0x05", &apdu.to_bytes())?.word {
                    StatusWord::NO_ERROR => Err(Stop::fail("an error", "a signature")),
                    word => Ok(Pass::plain(word.to_string())),
                }
            },
        )
        .claims(["ctap_u2f_control"])
        .twin(GOOD)
        .sends("AUTHENTICATE with P1 0x05")
        .expects("an error"),
    ]
}

fn known() -> Vec<Case<Key>> {
    let refusal = |id, title, claims: &[&'static str], sends, edit: Edit| {
        Case::new(id, title, "CTAP 2.3 10", Level::Must, move |key: &mut Key, context: &mut Context| {
            let request = edit(key, context)?;
            refused(&wire::apdu(key, context, sends, &request.to_bytes())?, &[StatusWord::WRONG_DATA])
        })
        .claims(claims.iter().copied())
        .sends(sends)
        .expects(StatusWord::WRONG_DATA.to_string())
    };
    vec![
        Case::new(
            "u2f/authenticate/check-only",
            "A key handle of its own is known, and signs nothing",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let made = wire::credential(key, context)?;
                refused(&wire::check(key, context, &made)?, &[StatusWord::CONDITIONS_NOT_SATISFIED])
            },
        )
        .claims(["ctap_u2f_check_only"])
        .twin(GOOD)
        .sends("AUTHENTICATE with P1 0x07")
        .expects(StatusWord::CONDITIONS_NOT_SATISFIED.to_string()),
        refusal(
            "u2f/authenticate/check-only-unknown",
            "A key handle from elsewhere is not known",
            &["ctap_u2f_unknown_handle"],
            "AUTHENTICATE with P1 0x07 and a key handle of 64 times 0x5a",
            |_, context| Ok(by_handle(Control::CheckOnly, context, vec![0x5a; 64])),
        )
        .twin("u2f/authenticate/check-only"),
        refusal(
            "u2f/authenticate/unknown-handle",
            "A key handle from elsewhere is refused before a touch",
            &["ctap_u2f_unknown_handle"],
            "AUTHENTICATE with P1 0x03 and a key handle of 64 times 0x5a",
            |_, context| Ok(by_handle(Control::EnforceUserPresence, context, vec![0x5a; 64])),
        )
        .twin(GOOD),
        refusal(
            "u2f/authenticate/short-handle",
            "A key handle of one byte is refused",
            &["ctap_u2f_unknown_handle"],
            "AUTHENTICATE with P1 0x07 and a key handle of one byte",
            |_, context| Ok(by_handle(Control::CheckOnly, context, vec![0x5a])),
        )
        .twin("u2f/authenticate/check-only"),
        refusal(
            "u2f/authenticate/altered-handle",
            "A key handle with one bit changed is refused",
            &["ctap_u2f_handle_whole"],
            "AUTHENTICATE with P1 0x07, and the last bit of a good key handle changed",
            |key, context| {
                let mut handle = wire::credential(key, context)?.attested.credential_id;
                if let Some(last) = handle.last_mut() {
                    *last ^= 1;
                }
                Ok(by_handle(Control::CheckOnly, context, handle))
            },
        )
        .twin("u2f/authenticate/check-only"),
        refusal(
            "u2f/authenticate/other-application",
            "A key handle of another application is refused",
            &["ctap_u2f_application"],
            "AUTHENTICATE with P1 0x07 and another application",
            |key, context| {
                let key_handle = wire::credential(key, context)?.attested.credential_id;
                let challenge = context.random.block();
                Ok(Request::Authenticate {
                    control: Control::CheckOnly,
                    challenge,
                    application: [0x77; 32],
                    key_handle,
                })
            },
        )
        .twin("u2f/authenticate/check-only"),
    ]
}

type Edit = fn(&mut Key, &mut Context) -> Result<Request, Stop>;

/// AUTHENTICATE for the application of the good requests, by any key handle.
fn by_handle(control: Control, context: &mut Context, key_handle: Vec<u8>) -> Request {
    let challenge = context.random.block();
    Request::Authenticate { control, challenge, application: wire::application(), key_handle }
}
