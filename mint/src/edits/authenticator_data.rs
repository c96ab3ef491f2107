use assay_protocol::digest::sha256;

use crate::draft::{AttestedDraft, AuthenticatorDataDraft};

const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BE: u8 = 0x08;
const BS: u8 = 0x10;
const AT: u8 = 0x40;

edits! {
    /// Edits of the authenticator data (WebAuthn L3 6.1 and 6.5.1).
    pub enum AuthenticatorDataEdit on AuthenticatorDataDraft {
        RpIdHashOther = "authenticator-data-rp-id-hash-other", Wrong, "the hash of another RP ID", |d| d.rp_id_hash = sha256(b"evil.example").to_vec();
        RpIdHashBit = "authenticator-data-rp-id-hash-bit", Wrong, "the hash of the RP ID with one bit flipped", |d| flip(&mut d.rp_id_hash);
        RpIdHashOfOrigin = "authenticator-data-rp-id-hash-of-origin", Wrong, "the hash of the origin in the place of the RP ID's", |d| d.rp_id_hash = sha256(d.origin.as_bytes()).to_vec();
        RpIdHashOfSubdomain = "authenticator-data-rp-id-hash-of-subdomain", Wrong, "the hash of a subdomain of the RP ID", |d| d.rp_id_hash = sha256(format!("sub.{}", d.rp_id).as_bytes()).to_vec();
        UserNotPresent = "authenticator-data-user-not-present", Wrong, "UP is clear", |d| d.flags &= !UP;
        UserNotVerified = "authenticator-data-user-not-verified", Debated, "UV is clear", |d| d.flags &= !UV;
        NobodyThere = "authenticator-data-nobody-there", Wrong, "UP and UV are clear", |d| d.flags &= !(UP | UV);
        VerifiedNotPresent = "authenticator-data-verified-not-present", Wrong, "UV is set though UP is clear", |d| d.flags = (d.flags & !UP) | UV;
        BackupStateAlone = "authenticator-data-backup-state-alone", Wrong, "BS is set though BE is clear", |d| d.flags = (d.flags & !BE) | BS;
        BackupEligible = "authenticator-data-backup-eligible", Debated, "BE is the other way round", |d| d.flags = (d.flags ^ BE) & !BS;
        BackedUp = "authenticator-data-backed-up", Debated, "BE and BS are set", |d| d.flags |= BE | BS;
        ReservedBit1 = "authenticator-data-reserved-bit-1", Harmless, "the first reserved flag is set", |d| d.flags |= 0x02;
        ReservedBit5 = "authenticator-data-reserved-bit-5", Harmless, "the second reserved flag is set", |d| d.flags |= 0x20;
        AttestedUnflagged = "authenticator-data-attested-unflagged", Wrong, "attested credential data without the AT flag", |d| { attest(d); d.flags &= !AT; };
        AttestedMissing = "authenticator-data-attested-missing", Wrong, "the AT flag without attested credential data", |d| { d.attested = None; d.flags |= AT; };
        NotAttested = "authenticator-data-not-attested", Wrong, "neither the AT flag nor attested credential data", |d| { d.attested = None; d.flags &= !AT; };
        Attested = "authenticator-data-attested", Wrong, "an assertion with attested credential data", |d| { attest(d); d.flags |= AT; };
        SignCountZero = "authenticator-data-sign-count-zero", Debated, "the counter is back at zero", |d| d.sign_count = 0;
        SignCountSame = "authenticator-data-sign-count-same", Debated, "the counter did not increase", |d| d.sign_count = d.sign_count.saturating_sub(1);
        SignCountLower = "authenticator-data-sign-count-lower", Debated, "the counter decreased", |d| d.sign_count = d.sign_count.saturating_sub(2);
        SignCountMaximum = "authenticator-data-sign-count-maximum", Harmless, "the counter is at its largest value", |d| d.sign_count = u32::MAX;
        AaguidOther = "authenticator-data-aaguid-other", Wrong, "another model's AAGUID", |d| with(d, |a| a.aaguid = [0xa5; 16]);
        AaguidZero = "authenticator-data-aaguid-zero", Debated, "the AAGUID is zero", |d| with(d, |a| a.aaguid = [0; 16]);
        AaguidNotZero = "authenticator-data-aaguid-not-zero", Debated, "the AAGUID is not zero, where U2F has none", |d| with(d, |a| a.aaguid = [0xa5; 16]);
        CredentialIdEmpty = "authenticator-data-credential-id-empty", Debated, "a credential id of no bytes", |d| with(d, |a| a.credential_id.clear());
        CredentialIdLong = "authenticator-data-credential-id-long", Wrong, "a credential id of 1024 bytes", |d| with(d, |a| a.credential_id.resize(1024, 0x61));
        CredentialIdLongest = "authenticator-data-credential-id-longest", Harmless, "a credential id of 1023 bytes", |d| with(d, |a| a.credential_id.resize(1023, 0x61));
        CredentialIdOverrun = "authenticator-data-credential-id-overrun", Wrong, "the credential id is declared longer than all that follows", |d| with(d, |a| a.declared_length = Some(0xffff));
        CredentialIdDeclaredLonger = "authenticator-data-credential-id-declared-longer", Wrong, "the credential id is declared one byte longer", |d| with(d, |a| a.declared_length = u16::try_from(a.credential_id.len() + 1).ok());
        CredentialIdDeclaredShorter = "authenticator-data-credential-id-declared-shorter", Wrong, "the credential id is declared one byte shorter", |d| with(d, |a| a.declared_length = u16::try_from(a.credential_id.len().saturating_sub(1)).ok());
        PublicKeyMissing = "authenticator-data-public-key-missing", Wrong, "no credential public key", |d| with(d, |a| a.credential_public_key.clear());
        PublicKeyTruncated = "authenticator-data-public-key-truncated", Wrong, "the credential public key ends early", |d| with(d, |a| { a.credential_public_key.pop(); });
        TrailingByte = "authenticator-data-trailing-byte", Wrong, "one byte after the end", |d| d.trailing.push(0);
        TrailingBytes = "authenticator-data-trailing-bytes", Wrong, "48 bytes after the end", |d| d.trailing.extend([0xaa; 48]);
        Empty = "authenticator-data-empty", Wrong, "no bytes at all", |d| d.length = Some(0);
        Short = "authenticator-data-short", Wrong, "36 bytes, one too few", |d| d.length = Some(36);
        HeaderOnly = "authenticator-data-header-only", Wrong, "nothing after the counter, whatever the flags say", |d| d.length = Some(37);
        AttestedTruncated = "authenticator-data-attested-truncated", Wrong, "the end is in the middle of the AAGUID", |d| d.length = Some(45);
        LengthTruncated = "authenticator-data-length-truncated", Wrong, "the end is in the middle of the credential id's length", |d| d.length = Some(54);
    }
}

fn flip(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}

fn with(draft: &mut AuthenticatorDataDraft, edit: fn(&mut AttestedDraft)) {
    if let Some(attested) = &mut draft.attested {
        edit(attested);
    }
}

/// Gives an assertion what only a registration may have.
fn attest(draft: &mut AuthenticatorDataDraft) {
    draft.attested.get_or_insert_with(|| AttestedDraft {
        aaguid: [0; 16],
        declared_length: None,
        credential_id: vec![0x61; 16],
        credential_public_key: crate::draft::any_public_key(),
    });
}
