//! The format tpm (WebAuthn L3 8.3, 8.3.1; TPM 2.0 Parts 1 and 2).

use assay_mint::edits::Edit::{
    self, AuthenticatorDataEdit as Data, CertificateEdit as Certificate, SignatureEdit as Signature,
    SigningEdit as Signing, StatementEdit as Statement, TpmCertificateEdit as Aik, TpmEdit as Tpm, X5cEdit as X5c,
};
use assay_mint::edits::{
    AuthenticatorDataEdit, CertificateEdit as C, SignatureEdit as B, SigningEdit as S, StatementEdit as E,
    TpmCertificateEdit as A, TpmEdit as T, X5cEdit as X,
};

use crate::case::Case;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule};
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let good = [
        (Base::Tpm, "A registration by a TPM of the lab is accepted", "Certified by a TPM whose authority is trusted."),
        (Base::TpmRsa, "A registration by a TPM of the lab with RSA keys is accepted", "RSA keys are as good."),
    ];
    let mut cases: Vec<_> = good.into_iter().map(|(base, title, demands)| accepted(base, title, demands)).collect();
    let tables = [(Base::Tpm, TPM), (Base::TpmRsa, RSA), (Base::Tpm, CERTIFICATE)];
    cases.extend(
        tables.into_iter().flat_map(|(base, rules)| rules.iter().flat_map(move |rule| rule.registrations(base))),
    );
    cases
}

/// The twins of all others.
fn accepted(base: Base, title: &'static str, demands: &'static str) -> (Basis, Case<World>) {
    let name = base.twin().rsplit('/').next().unwrap_or_default();
    let rule = Rule::accept("accepted", &[]).registration("WebAuthn L3 7.1 steps 22 to 24; 8.3").demands(demands);
    let (basis, mut case) = super::case(base, &rule, &Change::new(name, "nothing at all", |forge| forge));
    case.header.title = title.to_owned();
    case.header.sends = base.words().to_owned();
    (basis, case)
}

const SYNTAX: &str = "WebAuthn L3 8.3 syntax";
const PUB_AREA: &str = "WebAuthn L3 8.3 verification, pubArea";
const CERT_INFO: &str = "WebAuthn L3 8.3 verification, certInfo";
const REQUIREMENTS: &str = "WebAuthn L3 8.3.1";

const fn refuse(clause: &'static str, codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("tpm", codes, edits).registration(clause)
}

const TPM: &[Rule] = &[
    refuse(SYNTAX, &["tpm_version_missing"], &[Tpm(T::VersionMissing), Statement(E::Empty)])
        .demands("The statement says which TPM specification it follows."),
    refuse(SYNTAX, &["tpm_version_not_text"], &[Tpm(T::VersionNotText)]).demands("The version is a text."),
    refuse(SYNTAX, &["tpm_version"], &[Tpm(T::VersionOther)]).demands("The version is 2.0, and no other."),
    refuse(SYNTAX, &["statement_alg_missing"], &[Statement(E::AlgMissing)])
        .demands("The statement names the algorithm of its signature."),
    refuse(SYNTAX, &["statement_sig_missing"], &[Statement(E::SigMissing)]).demands("The statement has a signature."),
    refuse(SYNTAX, &["tpm_cert_info_missing"], &[Tpm(T::CertInfoMissing)]).demands("The statement has a certInfo."),
    refuse(SYNTAX, &["tpm_cert_info_not_bytes"], &[Tpm(T::CertInfoNotBytes)]).demands("certInfo is a byte string."),
    refuse(SYNTAX, &["tpm_pub_area_missing"], &[Tpm(T::PubAreaMissing)]).demands("The statement has a pubArea."),
    refuse(SYNTAX, &["tpm_pub_area_not_bytes"], &[Tpm(T::PubAreaNotBytes)]).demands("pubArea is a byte string."),
    refuse(
        "WebAuthn L3 8.3; TPM 2.0 Part 2, 12.2",
        &["tpm_pub_area_undecodable"],
        &[Tpm(T::PubAreaEmpty), Tpm(T::PubAreaTruncated)],
    )
    .demands("pubArea is a whole TPMT_PUBLIC."),
    refuse("WebAuthn L3 8.3; TPM 2.0 Part 2, 12.2", &["tpm_pub_area_trailing_bytes"], &[Tpm(T::PubAreaTrailing)])
        .syntax()
        .demands("pubArea is a TPMT_PUBLIC and nothing else."),
    refuse(
        "WebAuthn L3 8.3; TPM 2.0 Part 2, 12.2",
        &["tpm_pub_area_unsupported"],
        &[Tpm(T::PubAreaPrefixed), Tpm(T::PubAreaKeyedHash), Tpm(T::PubAreaSchemeUnknown)],
    )
    .demands("pubArea is that of a public key, without a size before it."),
    refuse(PUB_AREA, &["tpm_public_key"], &[Tpm(T::PubAreaCurve), Tpm(T::PubAreaX), Tpm(T::PubAreaY)])
        .demands("Curve and point in pubArea are the credential's."),
    refuse(CERT_INFO, &["statement_x5c_missing"], &[Statement(E::X5cMissing)])
        .demands("There are certificates: there is no self attestation by a TPM."),
    refuse(CERT_INFO, &["statement_x5c_empty"], &[Statement(E::X5cEmpty)])
        .demands("The attestation key has a certificate."),
    refuse(
        CERT_INFO,
        &["tpm_signature"],
        &[Signature(B::BitFlipped), Signing(S::OtherKey), Signing(S::CredentialKey), Statement(E::AlgOtherKind)],
    )
    .demands("The attestation key has signed certInfo, these very bytes, by the statement's algorithm."),
    refuse("WebAuthn L3 6.5.5", &["signature_not_der"], &[Signature(B::Raw), Signature(B::TrailingByte)])
        .demands("An ECDSA signature is DER, strictly, and nothing beside it."),
    refuse(CERT_INFO, &["tpm_magic"], &[Tpm(T::Magic), Tpm(T::MagicReversed)])
        .demands("certInfo begins with TPM_GENERATED_VALUE: the TPM made it, and did not merely sign it."),
    refuse(CERT_INFO, &["tpm_type"], &[Tpm(T::TypeQuote), Tpm(T::TypeCreation)])
        .demands("certInfo certifies a key, and is no other attestation."),
    refuse(
        "WebAuthn L3 8.3; TPM 2.0 Part 2, 10.12",
        &["tpm_cert_info_undecodable"],
        &[Tpm(T::CertInfoEmpty), Tpm(T::CertInfoTruncated)],
    )
    .demands("certInfo is a whole TPMS_ATTEST."),
    refuse("WebAuthn L3 8.3; TPM 2.0 Part 2, 10.12", &["tpm_cert_info_trailing_bytes"], &[Tpm(T::CertInfoTrailing)])
        .syntax()
        .demands("certInfo is a TPMS_ATTEST and nothing else."),
    refuse(CERT_INFO, &["tpm_extra_data"], EXTRA_DATA)
        .demands("extraData is the hash of authenticator data and client data hash, by the hash of the algorithm."),
    refuse(
        CERT_INFO,
        &["tpm_name"],
        &[Tpm(T::NameOther), Tpm(T::NameEmpty), Tpm(T::NameWithoutAlg), Tpm(T::NameOtherAlg)],
    )
    .demands("The certified name is pubArea's: its nameAlg, and the hash of its bytes by that."),
    refuse("WebAuthn L3 8.3; TPM 2.0 Part 1, 16", &["tpm_name_algorithm_unsupported"], &[Tpm(T::NameAlgUnknown)])
        .demands("A name by a hash that nobody knows is nobody's."),
    refuse(
        "TPM 2.0 Part 2, 8.3",
        &["tpm_key_attributes"],
        &[Tpm(T::NotFixedTpm), Tpm(T::NotFixedParent), Tpm(T::NotOfThisTpm), Tpm(T::NotForSigning)],
    )
    .hardening()
    .demands("A key that its TPM may let go, or did not make, is no device's."),
    Rule::accept(
        "tpm",
        &[
            Tpm(T::PubAreaScheme),
            Tpm(T::PubAreaPolicy),
            Tpm(T::NameAlgSha1),
            Tpm(T::NameAlgSha384),
            Tpm(T::NameAlgSha512),
            Tpm(T::QualifiedNameEmpty),
            Tpm(T::ClockUnsafe),
        ],
    )
    .registration("WebAuthn L3 8.3 verification")
    .demands("Whatever the text does not ask of a TPM is as the TPM has it."),
];

const EXTRA_DATA: &[Edit] = &[
    Tpm(T::ExtraDataOther),
    Tpm(T::ExtraDataEmpty),
    Tpm(T::ExtraDataShort),
    Tpm(T::ExtraDataSha512),
    Tpm(T::ExtraDataUnhashed),
    Signing(S::AuthDataOnly),
    Signing(S::HashFirst),
    Signing(S::OtherHash),
    Signing(S::OtherFlags),
    Signing(S::Hashed),
];

const RSA: &[Rule] = &[
    Rule::refuse(
        "tpm-rsa",
        &["tpm_public_key"],
        &[Tpm(T::PubAreaModulus), Tpm(T::PubAreaExponent), Tpm(T::PubAreaKeyBits)],
    )
    .registration(PUB_AREA)
    .demands("Modulus, its length and the exponent in pubArea are the credential's."),
    Rule::refuse("tpm-rsa", &["tpm_signature"], &[Signature(B::BitFlipped)])
        .registration(CERT_INFO)
        .demands("The attestation key has signed certInfo, these very bytes."),
    Rule::refuse("tpm-rsa", &["tpm_extra_data"], &[Tpm(T::ExtraDataOther)])
        .registration(CERT_INFO)
        .demands("extraData is the hash of authenticator data and client data hash."),
    Rule::accept("tpm-rsa", &[Tpm(T::PubAreaExponentExplicit), Tpm(T::PubAreaScheme)])
        .registration(PUB_AREA)
        .demands("An exponent of zero stands for 65537, and 65537 for itself."),
];

const fn certificate(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("tpm-certificate", codes, edits).registration(REQUIREMENTS)
}

const CERTIFICATE: &[Rule] = &[
    certificate(&["tpm_certificate_version"], &[Certificate(C::Version1), Certificate(C::Version2)])
        .demands("The certificate is X.509 version 3."),
    certificate(&["tpm_certificate_subject"], &[Aik(A::Subject)])
        .demands("The subject is empty: an attestation key names nobody."),
    certificate(&["tpm_certificate_subject"], &[X5c(X::WrongOrder), X5c(X::LeafMissing)])
        .demands("The attestation key's certificate comes first."),
    certificate(
        &["tpm_certificate_name"],
        &[
            Aik(A::NameMissing),
            Aik(A::NameUndecodable),
            Aik(A::NameDns),
            Aik(A::ManufacturerMissing),
            Aik(A::ManufacturerTwice),
            Aik(A::ModelMissing),
            Aik(A::ModelEmpty),
            Aik(A::VersionMissing),
        ],
    )
    .registration("WebAuthn L3 8.3.1; TPMv2-EK-Profile 3.2.9")
    .demands("The subject alternative name tells the TPM's manufacturer, model and version."),
    certificate(&["tpm_certificate_name_critical"], &[Aik(A::NameNotCritical)])
        .registration("WebAuthn L3 8.3.1; RFC 5280 4.2.1.6")
        .demands("Beside an empty subject the alternative name is critical."),
    certificate(&["tpm_certificate_vendor"], &[Aik(A::VendorUnknown), Aik(A::VendorText)])
        .registration("WebAuthn L3 8.3.1; TCG Vendor ID Registry")
        .syntax()
        .demands("The manufacturer is one that the TCG has given an identifier."),
    certificate(&["tpm_certificate_usage"], &[Aik(A::UsageMissing), Aik(A::UsageOther)])
        .demands("The extended key usage has tcg-kp-AIKCertificate."),
    certificate(
        &["tpm_certificate_basic_constraints"],
        &[Certificate(C::BasicConstraintsMissing), Certificate(C::Authority)],
    )
    .demands("Basic constraints say that the certificate is no CA's."),
    certificate(
        &["tpm_certificate_aaguid"],
        &[
            Certificate(C::AaguidOther),
            Certificate(C::AaguidSingle),
            Certificate(C::AaguidShort),
            Data(AuthenticatorDataEdit::AaguidOther),
        ],
    )
    .registration(CERT_INFO)
    .demands("Where the certificate names a model, it is the AAGUID of the authenticator data."),
    certificate(&["path_expired"], &[Certificate(C::Expired)])
        .registration("WebAuthn L3 7.1 step 24; RFC 5280 6.1")
        .should()
        .demands("The certificate is still valid."),
    certificate(&["path_signature", "path_untrusted"], &[Certificate(C::SignedByOther)])
        .registration("WebAuthn L3 7.1 step 24; RFC 5280 6.1")
        .should()
        .demands("The certificate is signed by the authority that it names."),
    Rule::accept(
        "tpm-certificate",
        &[Aik(A::NameTogether), Aik(A::NameOrder), Aik(A::UsageMore), Certificate(C::AaguidMissing)],
    )
    .registration(REQUIREMENTS)
    .demands("Vendors put the three attributes together as they like, and certificates may say more or less beside."),
];
