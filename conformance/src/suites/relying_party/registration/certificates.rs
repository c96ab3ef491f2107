//! Attestation certificates and their paths (WebAuthn L3 8.2.1; 7.1 steps 23 and 24; RFC 5280).

use assay_mint::certificate::extension::Extension;
use assay_mint::chain::Chain;
use assay_mint::edits::Edit::{self, CertificateEdit as Certificate, PathEdit as Path, X5cEdit as X5c};
use assay_mint::edits::{CertificateEdit as C, PathEdit as P, X5cEdit as X};
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use assay_protocol::tree::der::write;

use crate::case::Case;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule};
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let packed = [CERTIFICATE, PATH, CHAIN].concat();
    let mut cases: Vec<_> = packed.iter().flat_map(|rule| rule.registrations(Base::Packed)).collect();
    let key = refuse(&["attestation_key_unsupported", "packed_signature"], &[])
        .registration("WebAuthn L3 8.2 verification step 2.1")
        .demands("A key that is for no signature has signed nothing.");
    let change = of_chain("key-x25519", "its key is for key agreement and for no signature", |chain| {
        let algorithm = write::sequence(&[write::oid(&[1, 3, 101, 110])]);
        chain.leaf.spec.public_key = write::sequence(&[algorithm, write::bit_string(&[9; 32])]);
    });
    cases.push(super::case(Base::Packed, &key, &change));
    let extension = refuse(&["certificate_extension_undecodable", "packed_certificate_basic_constraints"], &[])
        .registration("WebAuthn L3 8.2.1; RFC 5280 4.2.1.9")
        .demands("Basic constraints that do not decode do not say that the certificate is no CA's.");
    let change = of_chain("basic-constraints-undecodable", "its basic constraints do not decode", |chain| {
        chain.leaf.spec.basic_constraints = None;
        chain.leaf.spec.extra_extensions.push(Extension {
            oid: vec![2, 5, 29, 19],
            critical: false,
            value: vec![0x30, 5, 1],
        });
    });
    cases.push(super::case(Base::Packed, &extension, &change));
    cases.extend(FIDO_U2F.iter().flat_map(|rule| rule.registrations(Base::FidoU2f)));
    cases
}

/// A change of the certificates behind a packed statement.
fn of_chain(name: &str, plants: &str, edit: fn(&mut Chain)) -> Change<RegistrationForge> {
    Change::new(name, plants, move |mut forge: RegistrationForge| {
        if let Format::Packed(chain) = &mut forge.format {
            edit(chain);
        }
        forge
    })
}

const REQUIREMENTS: &str = "WebAuthn L3 8.2.1";
const AAGUID: &str = "WebAuthn L3 8.2 verification step 2.3; 8.2.1";
/// What is not trustworthy should fail; the text allows a relying party to treat it as self attestation instead.
const TRUST: &str = "WebAuthn L3 7.1 step 24; RFC 5280 6.1";

const fn refuse(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("certificate", codes, edits).registration(REQUIREMENTS)
}

const CERTIFICATE: &[Rule] = &[
    refuse(&["packed_certificate_version"], &[
        Certificate(C::Version1),
        Certificate(C::Version2),
    ])
    .demands("The certificate is X.509 version 3."),
    refuse(&["packed_certificate_country"], &[
        Certificate(C::CountryMissing),
        Certificate(C::CountryLong),
        Certificate(C::SubjectEmpty),
    ])
    .demands("The subject has a country, as two letters."),
    refuse(&["packed_certificate_organization"], &[
        Certificate(C::OrganizationMissing),
        Certificate(C::OrganizationEmpty),
    ])
    .demands("The subject names the vendor as organization."),
    refuse(&["packed_certificate_unit"], &[
        Certificate(C::UnitMissing),
        Certificate(C::UnitOther),
        Certificate(C::UnitCase),
    ])
    .demands("The subject's organizational unit is Authenticator Attestation, letter by letter."),
    refuse(&["packed_certificate_common_name"], &[
        Certificate(C::CommonNameMissing),
        Certificate(C::CommonNameEmpty),
    ])
    .demands("The subject has a common name."),
    refuse(&["packed_certificate_basic_constraints"], &[
        Certificate(C::BasicConstraintsMissing),
        Certificate(C::Authority),
    ])
    .demands("Basic constraints say that the certificate is no CA's."),
    refuse(&["packed_certificate_aaguid"], &[
        Certificate(C::AaguidOther),
        Certificate(C::AaguidSingle),
        Certificate(C::AaguidShort),
        Certificate(C::AaguidTrailing),
    ])
    .registration(AAGUID)
    .demands("Where the certificate names a model, it is the AAGUID of the authenticator data, as sixteen bytes in an octet string."),
    refuse(&["packed_certificate_aaguid_critical"], &[Certificate(C::AaguidCritical)])
        .demands("The AAGUID extension is not critical."),
    refuse(&["packed_certificate_firmware_version"], &[Certificate(C::FirmwareCritical)])
        .demands("The firmware version extension is not critical."),
    refuse(&["certificate_duplicate_extension"], &[Certificate(C::AaguidTwice)])
        .registration("RFC 5280 4.2")
        .demands("A certificate has one extension of a kind: two can name two models."),
    refuse(&["certificate_algorithm_mismatch"], &[Certificate(C::AlgorithmMismatch)])
        .registration("RFC 5280 4.1.1.2")
        .demands("The algorithm outside is the one inside, which is signed."),
    refuse(&["certificate_trailing_bytes"], &[Certificate(C::TrailingByte)])
        .registration("RFC 5280 4.1")
        .syntax()
        .demands("A certificate is one DER item and nothing else."),
    refuse(&["certificate_undecodable"], &[Certificate(C::Truncated)])
        .registration("RFC 5280 4.1")
        .demands("A certificate that does not decode vouches for nothing."),
    refuse(&["path_expired"], &[Certificate(C::Expired)])
        .registration(TRUST)
        .should()
        .demands("The certificate is still valid."),
    refuse(&["path_not_yet_valid", "path_expired"], &[Certificate(C::NotYetValid), Certificate(C::ValidityInverted)])
        .registration(TRUST)
        .should()
        .demands("The certificate is already valid."),
    refuse(&["path_critical_extension"], &[Certificate(C::UnknownCritical)])
        .registration("RFC 5280 4.2, 6.1.4")
        .demands("A critical extension that is not understood makes the certificate worthless."),
    refuse(&["path_signature", "path_untrusted"], &[Certificate(C::SignatureFlipped), Certificate(C::SignedByOther)])
        .registration(TRUST)
        .should()
        .demands("The certificate is signed by the authority that it names."),
    refuse(&["path_name_chaining", "path_untrusted"], &[Certificate(C::IssuerOther), Certificate(C::SelfSigned)])
        .registration(TRUST)
        .should()
        .demands("The certificate names the authority above it."),
    Rule::accept("certificate", &[
        Certificate(C::BasicConstraintsCritical),
        Certificate(C::Firmware),
        Certificate(C::UnknownExtension),
    ])
    .registration(REQUIREMENTS)
    .demands("Extensions beyond the required ones, not critical or understood, change nothing."),
    Rule::accept("certificate", &[Certificate(C::AaguidMissing)])
        .registration(REQUIREMENTS)
        .demands("Where a root serves one model alone, the certificate need not name it."),
];

const fn path(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("path", codes, edits).registration(TRUST).should()
}

const PATH: &[Rule] = &[
    path(&["path_signature", "path_untrusted"], &[Path(P::Rogue), Path(P::SelfMadeIntermediate)])
        .demands("Authorities are known by their keys: a right name over another key is nobody's."),
    path(
        &["path_issuer_not_ca"],
        &[Path(P::LeafAsAuthority), Path(P::IntermediateNotAuthority), Path(P::IntermediateUnconstrained)],
    )
    .demands("Whoever issues certificates is a CA, and its basic constraints say so."),
    path(&["path_issuer_not_ca", "path_critical_extension"], &[Path(P::IntermediateVersion1)])
        .demands("A certificate of version 1 cannot say that it is a CA's."),
    path(&["path_key_usage"], &[Path(P::IntermediateUsage)])
        .demands("Whoever issues certificates may sign certificates."),
    path(&["path_length"], &[Path(P::PathLength)]).demands("The path is no longer than its authorities allow."),
    path(&["path_expired"], &[Path(P::IntermediateExpired)]).demands("No authority of the path has expired."),
    path(&["path_not_yet_valid"], &[Path(P::IntermediateNotYetValid)])
        .demands("Every authority of the path has begun to be valid."),
    path(&["path_signature", "path_untrusted"], &[Path(P::IntermediateSignature)])
        .demands("Every certificate of the path is signed by the authority above it."),
    path(&["path_critical_extension"], &[Path(P::IntermediateUnknownCritical)])
        .demands("A critical extension that is not understood makes the path worthless."),
    Rule::accept("path", &[Path(P::Subordinate)])
        .registration(TRUST)
        .demands("A path may have more than one authority below the root."),
];

const CHAIN: &[Rule] = &[
    Rule::refuse("x5c", &["packed_signature"], &[X5c(X::WrongOrder), X5c(X::LeafMissing), X5c(X::RootOnly)])
        .registration("WebAuthn L3 8.2 verification step 2.1")
        .demands("The attestation certificate comes first, and its key has signed."),
    Rule::refuse("x5c", &["path_name_chaining", "path_signature"], &[X5c(X::LeafTwice)])
        .registration(TRUST)
        .should()
        .demands("Each certificate is certified by the next."),
    Rule::refuse("x5c", &["certificate_undecodable"], &[X5c(X::IntermediateGarbage)])
        .registration("RFC 5280 4.1")
        .demands("A certificate that does not decode vouches for nothing."),
    Rule::refuse("x5c", &["certificate_algorithm_unsupported", "path_signature"], &[X5c(X::UnknownAlgorithm)])
        .registration(TRUST)
        .should()
        .demands("A signature by an algorithm that nobody knows is verified by nobody."),
    Rule::refuse("x5c", &["statement_x5c_too_long"], &[X5c(X::TooLong)])
        .registration("RFC 5280 6.1")
        .hardening()
        .demands("A path has an end: nobody is made to verify signatures without number."),
    Rule::refuse("x5c", &["path_signature", "path_untrusted", "root_in_x5c"], &[X5c(X::RogueWithRoot)])
        .registration(TRUST)
        .should()
        .demands("What a statement brings along is never an anchor, least of all its own root."),
    Rule::refuse("tool", &["root_in_x5c"], &[X5c(X::WithRoot)])
        .registration("FIDO server requirements, x5c")
        .basis(Basis::Tool)
        .demands("The statement does not carry the root."),
    Rule::accept("x5c", &[X5c(X::WithRoot)])
        .registration("WebAuthn L3 7.1 step 24")
        .basis(Basis::Untooled)
        .should()
        .demands(
            "A root that comes along proves nothing and harms nothing: the path ends in the anchor that is known.",
        ),
];

const FIDO_U2F: &[Rule] = &[
    Rule::refuse("fido-u2f", &["fido_u2f_x5c_count"], &[X5c(X::WithRoot), X5c(X::LeafTwice)])
        .registration("WebAuthn L3 8.6 verification step 2")
        .demands("A U2F statement has exactly one certificate."),
    Rule::refuse("fido-u2f", &["path_expired"], &[Certificate(C::Expired)])
        .registration(TRUST)
        .should()
        .demands("The certificate is still valid."),
    Rule::refuse("fido-u2f", &["path_signature", "path_untrusted"], &[Certificate(C::SignedByOther)])
        .registration(TRUST)
        .should()
        .demands("The certificate is signed by the authority that it names."),
];
