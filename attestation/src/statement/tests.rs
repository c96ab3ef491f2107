use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::digest::sha256;

use super::{AttestationType, Format, Signed, Statement, verify};
use crate::rejection::Rejection;

pub(crate) fn lab() -> Lab {
    Lab::new([7; 32], 1_795_305_600)
}

/// Verifies a forged registration's statement, and nothing else of it.
pub(crate) fn judge(forge: &RegistrationForge, enforced: &Enforced) -> Result<Statement, Rejection> {
    let forged = forge.forge().unwrap();
    let object = AttestationObject::parse(&forged.attestation_object)?;
    let auth_data = AuthenticatorData::parse(&object.auth_data)?;
    let hash = sha256(&forged.client_data_json);
    let signed = Signed::new(&auth_data, &object.auth_data, &hash)?;
    verify(&object.fmt, &object.att_stmt, &signed, enforced)
}

pub(crate) fn code(verdict: &Result<Statement, Rejection>) -> &'static str {
    match verdict {
        Ok(_) => "accept",
        Err(rejection) => rejection.code(),
    }
}

#[test]
fn each_format_says_what_it_is() {
    let lab = lab();
    let (rp, challenge) = ("example.org", [1; 32]);
    let cases = [
        (RegistrationForge::none(&lab, rp, &challenge), Format::None, AttestationType::None, 0),
        (RegistrationForge::packed_self(&lab, rp, &challenge), Format::Packed, AttestationType::SelfAttestation, 0),
        (RegistrationForge::packed(&lab, rp, &challenge), Format::Packed, AttestationType::Basic, 2),
        (RegistrationForge::fido_u2f(&lab, "a", rp, &challenge), Format::FidoU2f, AttestationType::Basic, 1),
        (RegistrationForge::tpm(&lab, rp, &challenge), Format::Tpm, AttestationType::AttCa, 2),
        (RegistrationForge::android_key(&lab, rp, &challenge), Format::AndroidKey, AttestationType::Basic, 2),
        (RegistrationForge::apple(&lab, rp, &challenge), Format::Apple, AttestationType::AnonCa, 2),
        (RegistrationForge::compound(&lab, rp, &challenge), Format::Compound, AttestationType::Basic, 0),
    ];
    for (forge, format, attestation_type, certificates) in cases {
        let statement = judge(&forge, &Enforced::all()).unwrap();
        assert_eq!(statement.fmt, format);
        assert_eq!(statement.attestation_type, attestation_type);
        assert_eq!(statement.trust_path.len(), certificates);
        assert_eq!(statement.alg, (!matches!(format, Format::None | Format::Apple | Format::Compound)).then_some(-7));
    }
}

#[test]
fn names_are_exact() {
    for format in Format::ALL {
        assert_eq!(Format::named(format.name()), Some(format));
        assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        assert_eq!(Format::named(&format.name().to_uppercase()), None);
    }
    for name in ["", "Packed", "packed ", "TPM", "android key", "apple-appattest"] {
        assert_eq!(Format::named(name), None, "{name}");
    }
    for (kind, name) in
        [(AttestationType::None, "none"), (AttestationType::SelfAttestation, "self"), (AttestationType::AttCa, "attca")]
    {
        assert_eq!(serde_json::to_value(kind).unwrap(), name);
        assert_eq!(kind.to_string(), name);
    }
}
