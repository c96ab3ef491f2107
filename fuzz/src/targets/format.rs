//! The attestation formats, one target each. The input is the statement alone, as CBOR: the
//! authenticator data, the client data's hash and the trust anchors are good and stay the same.
//!
//! Each statement is judged twice: under every check, and under none, so that what comes after a
//! wrong signature is reached as well. Under every check nothing may be believed but what the lab
//! has signed: whatever is accepted, and leads to an anchor of the lab's, has a leaf of the lab's.

use std::sync::OnceLock;

use assay_attestation::{Rejection, Signed, Statement, Terms, path, verify_under};
use assay_mint::registration::RegistrationForge;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;
use assay_protocol::tree::cbor::{self, Node};

use super::good;

macro_rules! formats {
    ($($run:ident, $seeds:ident, $name:literal;)*) => {
        $(
            #[doc = concat!("The format `", $name, "`.")]
            pub(super) fn $run(input: &[u8]) {
                static GOOD: OnceLock<Vec<Ground>> = OnceLock::new();
                judge(input, GOOD.get_or_init(|| Ground::of($name)));
            }

            pub(super) fn $seeds() -> Vec<Vec<u8>> {
                Ground::of($name).into_iter().map(|ground| ground.statement).collect()
            }
        )*
    };
}

formats! {
    packed, packed_seeds, "packed";
    fido_u2f, fido_u2f_seeds, "fido-u2f";
    tpm, tpm_seeds, "tpm";
    android_key, android_key_seeds, "android-key";
    android_safetynet, android_safetynet_seeds, "android-safetynet";
    apple, apple_seeds, "apple";
    compound, compound_seeds, "compound";
}

/// What a good statement of a format stands in.
struct Ground {
    fmt: &'static str,
    auth_data_bytes: Vec<u8>,
    auth_data: AuthenticatorData,
    client_data_hash: [u8; 32],
    statement: Vec<u8>,
    leaves: Vec<Vec<u8>>,
}

impl Ground {
    fn of(fmt: &'static str) -> Vec<Self> {
        let forges = good::forges();
        forges.iter().filter(|(name, _)| *name == fmt).map(|(_, forge)| Self::new(fmt, forge)).collect()
    }

    fn new(fmt: &'static str, forge: &RegistrationForge) -> Self {
        let made = forge.forge().expect("a good one");
        let object = AttestationObject::parse(&made.attestation_object).expect("a good one");
        let mut ground = Self {
            fmt,
            auth_data: AuthenticatorData::parse(&made.auth_data).expect("a good one"),
            auth_data_bytes: made.auth_data,
            client_data_hash: sha256(&made.client_data_json),
            statement: cbor::to_canonical(&object.att_stmt.to_value()),
            leaves: Vec::new(),
        };
        let statement = ground.verify(&object.att_stmt, &good::strict()).expect("good statements are accepted");
        ground.leaves = voices(&statement).filter_map(leaf).collect();
        for voice in voices(&statement).filter(|voice| !voice.trust_path.is_empty()) {
            let trusted = path::verify(&voice.trust_path, good::anchors(), good::now(), &Enforced::all());
            assert!(trusted.is_ok(), "good paths lead to an anchor");
        }
        ground
    }

    fn verify(&self, att_stmt: &Node, enforced: &Enforced) -> Result<Statement, Rejection> {
        let signed = Signed::new(&self.auth_data, &self.auth_data_bytes, &self.client_data_hash)?;
        let terms = Terms { now: Some(good::now()), ..Terms::default() };
        verify_under(self.fmt, att_stmt, &signed, &terms, enforced)
    }
}

/// One part of a statement that is accepted, if it leads to an anchor.
fn believe(voice: &Statement, grounds: &[Ground]) {
    let Some(leaf) = leaf(voice) else { return };
    let trusted = path::verify(&voice.trust_path, good::anchors(), good::now(), &Enforced::all());
    let mut issued = grounds.iter().flat_map(|ground| &ground.leaves);
    assert!(trusted.is_err() || issued.any(|good| *good == leaf), "a leaf is believed that the lab has not issued");
}

fn judge(input: &[u8], grounds: &[Ground]) {
    let Some(att_stmt) = cbor::read(input).root else { return };
    for ground in grounds {
        match ground.verify(&att_stmt, &good::strict()) {
            Ok(statement) => voices(&statement).for_each(|voice| believe(voice, grounds)),
            Err(rejection) => {
                assert!(!rejection.code().is_empty() && rejection.detail().len() < 4096, "{}", rejection.code());
            }
        }
        if let Ok(statement) = ground.verify(&att_stmt, good::unchecked()) {
            for voice in voices(&statement) {
                let _ = path::verify(&voice.trust_path, good::anchors(), good::now(), good::unchecked());
            }
        }
    }
}

/// A statement, or its parts.
fn voices(statement: &Statement) -> impl Iterator<Item = &Statement> {
    std::iter::once(statement).chain(&statement.parts)
}

/// What is signed of it.
fn leaf(statement: &Statement) -> Option<Vec<u8>> {
    statement.trust_path.first().map(|leaf| good::signed_part(&leaf.der))
}
