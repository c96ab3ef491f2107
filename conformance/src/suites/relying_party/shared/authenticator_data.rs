//! The authenticator data (WebAuthn L3 6.1; 7.1 steps 14 to 19; 7.2 steps 15 to 19).

use assay_mint::edits::AuthenticatorDataEdit as E;
use assay_mint::edits::Edit::{self, AuthenticatorDataEdit as Data};

use crate::suites::relying_party::rule::{Ask, Rule};

const fn refuse(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("authenticator-data", codes, edits)
}

const fn accept(edits: &'static [Edit]) -> Rule {
    Rule::accept("authenticator-data", edits)
}

const FORM: &str = "WebAuthn L3 6.1";
const ATTESTED: &str = "WebAuthn L3 6.5.1";

pub(super) const RULES: &[Rule] = &[
    refuse(
        &["rp_id_hash_mismatch"],
        &[Data(E::RpIdHashOther), Data(E::RpIdHashBit), Data(E::RpIdHashOfOrigin), Data(E::RpIdHashOfSubdomain)],
    )
    .both("WebAuthn L3 7.1 step 14", "WebAuthn L3 7.2 step 15")
    .demands("The authenticator data begin with SHA-256 of the RP ID, and of nothing else."),
    refuse(&["user_not_present"], &[Data(E::UserNotPresent), Data(E::NobodyThere), Data(E::VerifiedNotPresent)])
        .both("WebAuthn L3 7.1 step 15", "WebAuthn L3 7.2 step 16")
        .demands("The user was present, whatever else the flags say."),
    refuse(&["user_not_verified"], &[Data(E::UserNotVerified)])
        .both("WebAuthn L3 7.1 step 16", "WebAuthn L3 7.2 step 17")
        .ask(Ask::UserVerification("required"))
        .demands("Where user verification is required, the user was verified."),
    refuse(&["backup_state_without_eligibility"], &[Data(E::BackupStateAlone)])
        .both("WebAuthn L3 7.1 step 17; 6.1.3", "WebAuthn L3 7.2 step 18; 6.1.3")
        .demands("Only what may be backed up is backed up."),
    refuse(&["backup_eligibility_changed"], &[Data(E::BackupEligible), Data(E::BackedUp)])
        .authentication("WebAuthn L3 7.2 step 19; 6.1.3")
        .demands("Whether a credential may be backed up is settled when it is made, and never changes."),
    refuse(&["authenticator_data_too_short"], &[Data(E::Empty), Data(E::Short)])
        .both(FORM, FORM)
        .demands("Authenticator data have 37 bytes at least."),
    refuse(&["authenticator_data_leftover_bytes"], &[Data(E::TrailingByte), Data(E::TrailingBytes)])
        .both(FORM, FORM)
        .syntax()
        .demands("Authenticator data say how long they are: what follows belongs to nothing, though it is signed."),
    refuse(&["authenticator_data_leftover_bytes"], &[Data(E::AttestedUnflagged)])
        .both(FORM, FORM)
        .demands("Without the AT flag there is no attested credential data, whatever the bytes look like."),
    refuse(&["authenticator_data_attested_missing"], &[Data(E::AttestedMissing)])
        .both(FORM, FORM)
        .demands("The AT flag promises attested credential data."),
    refuse(&["assertion_attested_data"], &[Data(E::Attested)])
        .authentication(FORM)
        .syntax()
        .demands("An authentication brings no attested credential data: the key is the one on record."),
    refuse(&["authenticator_data_attested_missing"], &[Data(E::HeaderOnly)])
        .registration(FORM)
        .demands("The AT flag promises attested credential data."),
    refuse(&["attested_credential_data_missing"], &[Data(E::NotAttested)])
        .registration("WebAuthn L3 6.1; 7.1 step 20")
        .demands("A registration brings a credential."),
    refuse(&["authenticator_data_attested_truncated"], &[Data(E::AttestedTruncated), Data(E::LengthTruncated)])
        .registration(ATTESTED)
        .demands("Attested credential data have 18 bytes before the credential id."),
    refuse(&["authenticator_data_credential_id_truncated"], &[Data(E::CredentialIdOverrun)])
        .registration(ATTESTED)
        .demands("The credential id is as long as it says, and no byte beyond the message is read for it."),
    refuse(&["cose_not_map"], &[Data(E::CredentialIdDeclaredLonger)])
        .registration(ATTESTED)
        .demands("What follows the credential id is its key: one byte further on there is none."),
    refuse(&["cose_not_cbor"], &[Data(E::PublicKeyTruncated)])
        .registration(ATTESTED)
        .demands("A credential public key that does not decode is none."),
    refuse(&["authenticator_data_public_key_missing"], &[Data(E::PublicKeyMissing)])
        .registration(ATTESTED)
        .demands("The credential id is followed by the credential public key."),
    refuse(&["credential_id_too_long"], &[Data(E::CredentialIdLong)])
        .registration("WebAuthn L3 7.1 step 25; 6.5.1")
        .should()
        .demands("A credential id has 1023 bytes at most."),
    Rule::accept("not-required", &[Data(E::UserNotVerified)])
        .both("WebAuthn L3 7.1 step 16", "WebAuthn L3 7.2 step 17")
        .ask(Ask::UserVerification("discouraged"))
        .demands("Where user verification is not required, its flag is not looked at."),
    accept(&[Data(E::ReservedBit1), Data(E::ReservedBit5)])
        .both(FORM, FORM)
        .should()
        .demands("Flags that are reserved for the future are not judged: no step looks at them."),
    accept(&[Data(E::CredentialIdLongest)])
        .registration("WebAuthn L3 7.1 step 25; 6.5.1")
        .demands("A credential id of 1023 bytes is not too long, and is stored whole."),
    accept(&[Data(E::AaguidZero), Data(E::AaguidOther)])
        .registration("WebAuthn L3 6.5.1; 7.1 step 24")
        .should()
        .demands("Without attestation the AAGUID is a claim that nobody made, and no reason to refuse."),
];
