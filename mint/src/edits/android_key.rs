use assay_protocol::tree::der::write;

use crate::draft::KeyDescriptionDraft;
use crate::keys::SigningKey;
use crate::statement::android_key::{purposes, tag};

edits! {
    /// Edits of what Android says of a key (WebAuthn L3 8.4), before the certificate is issued.
    pub enum AndroidKeyEdit on KeyDescriptionDraft {
        KeyOther = "android-key-key-other", Wrong, "certificate and signature are of another key than the credential's", |d| d.key = SigningKey::es256(&d.seed.derive("another key of the keystore"));
        DescriptionMissing = "android-key-description-missing", Wrong, "the certificate does not describe its key", |d| d.is_there = false;
        DescriptionGarbage = "android-key-description-garbage", Wrong, "a key description that is not DER", |d| d.finish = Some(|_| vec![0xff; 16]);
        DescriptionEmpty = "android-key-description-empty", Wrong, "an empty key description", |d| d.members = 0;
        DescriptionShort = "android-key-description-short", Wrong, "a key description without the trusted environment's list", |d| d.members = 7;
        DescriptionTrailing = "android-key-description-trailing", Wrong, "a byte after the key description", |d| d.finish = Some(|mut bytes| { bytes.push(0); bytes });
        LevelUnknown = "android-key-level-unknown", Wrong, "a security level that there is not", |d| d.security_level = 9;
        ChallengeOther = "android-key-challenge-other", Wrong, "the key was made for other client data", |d| if let Some(last) = d.challenge.last_mut() { *last ^= 1; };
        ChallengeShort = "android-key-challenge-short", Wrong, "the last byte of the attestation challenge is missing", |d| { d.challenge.pop(); };
        ChallengeEmpty = "android-key-challenge-empty", Wrong, "an empty attestation challenge", |d| d.challenge.clear();
        AllApplicationsSoftware = "android-key-all-applications-software", Wrong, "Android says that every application may use the key", |d| d.set_software(tag::ALL_APPLICATIONS, write::null());
        AllApplicationsTee = "android-key-all-applications-tee", Wrong, "the trusted environment says that every application may use the key", |d| d.set_tee(tag::ALL_APPLICATIONS, write::null());
        OriginMissing = "android-key-origin-missing", Wrong, "nobody says where the key is from", |d| d.tee.retain(|(tag, _)| *tag != tag::ORIGIN);
        OriginImported = "android-key-origin-imported", Wrong, "the key was imported", |d| d.set_tee(tag::ORIGIN, write::small_integer(2));
        OriginContradicted = "android-key-origin-contradicted", Wrong, "Android says that the key was imported, the trusted environment that it was not", |d| d.set_software(tag::ORIGIN, write::small_integer(2));
        OriginTwice = "android-key-origin-twice", Wrong, "the trusted environment says twice where the key is from", |d| { let again = d.tee.iter().find(|(tag, _)| *tag == tag::ORIGIN).cloned(); d.tee.extend(again); d.tee.sort(); };
        PurposeMissing = "android-key-purpose-missing", Wrong, "nobody says what the key is for", |d| d.tee.retain(|(tag, _)| *tag != tag::PURPOSE);
        PurposeEmpty = "android-key-purpose-empty", Wrong, "the key is for nothing", |d| d.set_tee(tag::PURPOSE, purposes(&[]));
        PurposeVerify = "android-key-purpose-verify", Wrong, "the key is for verifying alone", |d| d.set_tee(tag::PURPOSE, purposes(&[3]));
        ListsEmpty = "android-key-lists-empty", Wrong, "both authorization lists are empty", |d| { d.software.clear(); d.tee.clear(); };
        SoftwareOnly = "android-key-software-only", Debated, "Android alone says what the key is for and where it is from", software_only;
        PurposeBoth = "android-key-purpose-both", Harmless, "the key is for signing and verifying", |d| d.set_tee(tag::PURPOSE, purposes(&[2, 3]));
        StrongBox = "android-key-strong-box", Harmless, "the key is kept by a chip of its own", |d| d.security_level = 2;
        Version1 = "android-key-version-1", Harmless, "a description by the first schema", |d| d.version = 1;
        Version4 = "android-key-version-4", Harmless, "a description by Keymaster 4.1", |d| d.version = 4;
        Version400 = "android-key-version-400", Harmless, "a description by KeyMint 4", |d| d.version = 400;
    }
}

fn software_only(draft: &mut KeyDescriptionDraft) {
    draft.software.append(&mut draft.tee);
    draft.software.sort();
    draft.security_level = 0;
}
