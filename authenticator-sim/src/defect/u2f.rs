//! How a key with defects reads APDUs.

use std::borrow::Cow;

use assay_protocol::u2f::Apdu;
use assay_protocol::u2f::request::{AUTHENTICATE, GET_VERSION, REGISTER};

use super::{Defect, Defects};

/// Bytes of challenge and application.
const HASHES: usize = 64;

/// P1 of AUTHENTICATE that enforces a touch.
const ENFORCE: u8 = 0x03;

/// The APDU as the key reads it.
pub(crate) fn read<'r>(defects: &Defects, request: &'r [u8]) -> Cow<'r, [u8]> {
    if defects.is_empty() {
        return Cow::Borrowed(request);
    }
    let Ok(mut apdu) = Apdu::parse(request) else { return Cow::Borrowed(request) };
    for defect in defects {
        match defect {
            Defect::U2fCla => apdu.cla = 0,
            Defect::U2fIns if ![REGISTER, AUTHENTICATE, GET_VERSION].contains(&apdu.ins) => apdu.ins = GET_VERSION,
            Defect::U2fControl if apdu.ins == AUTHENTICATE && ![0x03, 0x07, 0x08].contains(&apdu.p1) => {
                apdu.p1 = ENFORCE;
            }
            Defect::U2fRegisterLength if apdu.ins == REGISTER && apdu.data.len() < HASHES => {
                apdu.data.resize(HASHES, 0);
            }
            Defect::U2fHandleLength if apdu.ins == AUTHENTICATE => {
                let length = u8::try_from(apdu.data.len().saturating_sub(HASHES + 1)).unwrap_or(u8::MAX);
                apdu.data.get_mut(HASHES).into_iter().for_each(|told| *told = length);
            }
            _ => {}
        }
    }
    Cow::Owned(apdu.to_bytes())
}
