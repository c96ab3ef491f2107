//! WebAuthn L3 8.4, `android-key`: Android certifies the credential's own key, and says of it what
//! it may do. The statement itself is written as that of `packed`.

use assay_protocol::tree::der::write;

use crate::certificate::extension::Extension;
use crate::draft::KeyDescriptionDraft;

/// The extension that describes the key.
pub const ID_KEY_DESCRIPTION: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];

/// Tags of authorization lists.
pub mod tag {
    /// `purpose`
    pub const PURPOSE: u32 = 1;
    /// `algorithm`
    pub const ALGORITHM: u32 = 2;
    /// `keySize`
    pub const KEY_SIZE: u32 = 3;
    /// `digest`
    pub const DIGEST: u32 = 5;
    /// `ecCurve`
    pub const EC_CURVE: u32 = 10;
    /// `noAuthRequired`
    pub const NO_AUTH_REQUIRED: u32 = 503;
    /// `allApplications`
    pub const ALL_APPLICATIONS: u32 = 600;
    /// `creationDateTime`
    pub const CREATION_DATE_TIME: u32 = 701;
    /// `origin`
    pub const ORIGIN: u32 = 702;
    /// `osVersion`
    pub const OS_VERSION: u32 = 705;
}

/// The extension of this draft, where it is to have one.
pub(crate) fn extension(draft: &KeyDescriptionDraft) -> Option<Extension> {
    let mut members = vec![
        write::small_integer(draft.version),
        write::enumerated(draft.security_level),
        write::small_integer(draft.version),
        write::enumerated(draft.security_level),
        write::octet_string(&draft.challenge),
        write::octet_string(&[]),
        list(&draft.software),
        list(&draft.tee),
    ];
    members.truncate(draft.members);
    let value = write::sequence(&members);
    let value = match draft.finish {
        Some(finish) => finish(value),
        None => value,
    };
    draft.is_there.then(|| Extension { oid: ID_KEY_DESCRIPTION.to_vec(), critical: false, value })
}

/// The members of a key in the trusted environment, made there for signing.
pub(crate) fn tee() -> Vec<(u32, Vec<u8>)> {
    vec![
        (tag::PURPOSE, purposes(&[2])),
        (tag::ALGORITHM, write::small_integer(3)),
        (tag::KEY_SIZE, write::small_integer(256)),
        (tag::DIGEST, write::set(&[write::small_integer(4)])),
        (tag::EC_CURVE, write::small_integer(1)),
        (tag::NO_AUTH_REQUIRED, write::null()),
        (tag::ORIGIN, write::small_integer(0)),
        (tag::OS_VERSION, write::small_integer(140_000)),
    ]
}

/// A value of `purpose`.
pub(crate) fn purposes(all: &[i64]) -> Vec<u8> {
    let all: Vec<Vec<u8>> = all.iter().map(|purpose| write::small_integer(*purpose)).collect();
    write::set(&all)
}

fn list(members: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let members: Vec<Vec<u8>> = members.iter().map(|(tag, value)| explicit(*tag, value)).collect();
    write::sequence(&members)
}

/// `[tag] EXPLICIT`, for tags of three digits too (X.690 8.1.2.4).
fn explicit(tag: u32, value: &[u8]) -> Vec<u8> {
    if let Ok(low @ 0..=30) = u8::try_from(tag) {
        return write::explicit(low, value);
    }
    let [.., high, low] = [tag >> 7, tag & 0x7f].map(|digits| u8::try_from(digits).unwrap_or(0x7f));
    // The writer knows one identifier octet; its length is right all the same.
    let rest = write::tagged(0xbf, value).split_off(1);
    [&[0xbf, 0x80 | high, low], rest.as_slice()].concat()
}
