//! The form of APDUs, and what is none.

use assay_protocol::ctaphid::{Command, ErrorCode};
use assay_protocol::u2f::{Apdu, Control, Request, StatusWord};

use super::wire::{self, refused};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::world::Key;
use crate::verdict::{Pass, Stop};

const VERSION: &str = "u2f/version/named";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = refusals();
    cases.push(
        Case::new(
            "u2f/apdu/short",
            "The short form, where it is taken, means what the extended one does",
            "CTAP 2.3 10",
            Level::May,
            |key: &mut Key, context| {
                let made = wire::credential(key, context)?;
                let mut apdu = wire::asking(&made, Control::CheckOnly, context.random.block()).to_apdu();
                apdu.expected = Some(256);
                let Some(short) = apdu.to_short_bytes() else { return Err(Stop::skip("a key handle short enough")) };
                match wire::apdu(key, context, "AUTHENTICATE, in the short form", &short)? {
                    answer if answer.word == StatusWord::WRONG_LENGTH => Err(Stop::skip("APDUs in the short form")),
                    answer => refused(&answer, &[StatusWord::CONDITIONS_NOT_SATISFIED]),
                }
            },
        )
        .claims(["ctap_u2f_check_only"])
        .sends("AUTHENTICATE with P1 0x07, its lengths in one byte each")
        .expects(StatusWord::CONDITIONS_NOT_SATISFIED.to_string()),
    );
    cases.push(
        Case::new(
            "u2f/apdu/empty",
            "A message without an APDU is refused by CTAPHID",
            "CTAP 2.3 11.2.9.1.1",
            Level::Must,
            |key: &mut Key, context| {
                let answer = key.hid(context, "an empty MSG", key.cid, Command::MSG, &[])?;
                match (answer.cmd, answer.payload.as_slice()) {
                    (Command::ERROR, [code]) if ErrorCode(*code) == ErrorCode::INVALID_LEN => {
                        Ok(Pass::attributed(ErrorCode::INVALID_LEN.to_string()))
                    }
                    (cmd, payload) => Err(Stop::fail(
                        format!("ERROR {}", ErrorCode::INVALID_LEN),
                        format!("{cmd} h'{}'", crate::evidence::hex(payload)),
                    )),
                }
            },
        )
        .claims(["ctaphid_msg_empty"])
        .twin(VERSION)
        .sends("MSG with no bytes")
        .expects("ERROR INVALID_LEN"),
    );
    cases
}

fn refusals() -> Vec<Case<Key>> {
    let refusal = |id, title, claim, twin, sends, edit: Edit, words: &'static [StatusWord]| {
        Case::new(id, title, "CTAP 2.3 10", Level::Must, move |key: &mut Key, context: &mut Context| {
            let apdu = edit(key, context)?;
            refused(&wire::apdu(key, context, sends, &apdu.to_bytes())?, words)
        })
        .claims([claim])
        .twin(twin)
        .sends(sends)
        .expects(words.first().map(StatusWord::to_string).unwrap_or_default())
    };
    vec![
        refusal(
            "u2f/apdu/instruction-unknown",
            "An unknown instruction is refused",
            "ctap_u2f_ins",
            VERSION,
            "instruction 0x10",
            |_, _| Ok(Apdu { ins: 0x10, ..Request::Version.to_apdu() }),
            &[StatusWord::INS_NOT_SUPPORTED],
        ),
        refusal(
            "u2f/apdu/class-unknown",
            "An unknown class is refused",
            "ctap_u2f_cla",
            VERSION,
            "VERSION in class 0x55",
            |_, _| Ok(Apdu { cla: 0x55, ..Request::Version.to_apdu() }),
            &[StatusWord::CLA_NOT_SUPPORTED],
        ),
        refusal(
            "u2f/apdu/register-length",
            "REGISTER with 63 bytes is refused",
            "ctap_u2f_register_length",
            "u2f/register/verifies",
            "REGISTER with the application's last byte left out",
            |_, context| {
                let request = Request::Register { challenge: context.random.block(), application: wire::application() };
                let mut apdu = request.to_apdu();
                apdu.data.pop();
                Ok(apdu)
            },
            &[StatusWord::WRONG_LENGTH],
        ),
        refusal(
            "u2f/apdu/handle-length",
            "A key handle shorter than it is said to be is refused",
            "ctap_u2f_handle_length",
            "u2f/authenticate/check-only",
            "AUTHENTICATE with P1 0x07, and the key handle's length one more than there is",
            |key, context| {
                let made = wire::credential(key, context)?;
                let mut apdu = wire::asking(&made, Control::CheckOnly, context.random.block()).to_apdu();
                if let Some(length) = apdu.data.get_mut(64) {
                    *length = length.saturating_add(1);
                }
                Ok(apdu)
            },
            &[StatusWord::WRONG_LENGTH, StatusWord::WRONG_DATA],
        ),
    ]
}

type Edit = fn(&mut Key, &mut Context) -> Result<Apdu, Stop>;
