//! Authenticator data by their offsets (WebAuthn L3 6.1, 6.5.1), as far as the bytes go.

use assay_protocol::aaguid::Aaguid;
use assay_protocol::authenticator_data::{AuthenticatorData, Flags};
use assay_protocol::tree::cbor;

use super::{Row, Section, cose_key, hex, tree};

pub(super) fn authenticator_data(bytes: &[u8], path: &str) -> Section {
    let mut section = Section::empty("authenticator data", bytes, path);
    let flags = bytes.get(32).copied().map(Flags).unwrap_or_default();
    walk(&mut section, bytes, flags);
    section.judge(AuthenticatorData::parse(bytes).err());
    section
}

/// Rows for the parts that are there; `None` where the bytes end early.
fn walk(section: &mut Section, bytes: &[u8], flags: Flags) -> Option<()> {
    let mut row = |name: &str, value: String, range| section.rows.push(Row::of(name, value, range));
    row("rpIdHash", hex(bytes.get(..32)?), 0..32);
    row("flags", names(bytes.get(32).copied()?), 32..33);
    row("signCount", big_endian(bytes.get(33..37)?).to_string(), 33..37);
    let mut at = AuthenticatorData::SHORTEST;
    if flags.at() {
        let aaguid = Aaguid::from_bytes(*bytes.get(37..)?.first_chunk()?);
        row("aaguid", aaguid.to_string(), 37..53);
        let length = usize::try_from(big_endian(bytes.get(53..55)?)).ok()?;
        row("credentialIdLength", length.to_string(), 53..55);
        let id = bytes.get(55..)?;
        let id = id.get(..length).unwrap_or(id);
        row("credentialId", hex(id), 55..55 + id.len());
        let (_, used) = cbor::read_prefix(bytes.get(55 + length..)?);
        at = 55 + length + used;
        row("credentialPublicKey", format!("{used} bytes"), at - used..at);
        section.inside.push(cose_key(bytes.get(at - used..at)?, "/credentialPublicKey"));
    }
    if flags.ed() {
        let (_, used) = cbor::read_prefix(bytes.get(at..)?);
        let range = at..at + used;
        let inside = bytes.get(range.clone())?;
        section.rows.push(Row::of("extensions", format!("{used} bytes"), range));
        section.inside.push(tree::cbor("extension outputs", inside, "/extensions"));
        at += used;
    }
    if at < bytes.len() {
        section.rows.push(Row::of("left over", hex(bytes.get(at..)?), at..bytes.len()));
    }
    Some(())
}

fn names(flags: u8) -> String {
    const NAMES: [&str; 8] = ["UP", "RFU1", "UV", "BE", "BS", "RFU2", "AT", "ED"];
    let set = NAMES.iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1);
    let set: Vec<&str> = set.map(|(_, name)| *name).collect();
    format!("{flags:#04x} {}", set.join(" "))
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}
