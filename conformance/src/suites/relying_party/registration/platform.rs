//! What platforms attest: Android's keystore, Apple's anonymous attestation, and Google's
//! SafetyNet, which is no more (WebAuthn L3 8.4, 8.5, 8.8; 7.1 step 22).

use assay_mint::edits::Edit::{
    self, AndroidKeyEdit as Android, AppleEdit as Apple, CertificateEdit as Certificate, PathEdit as Path,
    SafetynetEdit as Safetynet, SignatureEdit as Signature, SigningEdit as Signing, StatementEdit as Statement,
    X5cEdit as X5c,
};
use assay_mint::edits::{
    AndroidKeyEdit as K, AppleEdit as A, CertificateEdit as C, PathEdit as P, SafetynetEdit as N, SignatureEdit as B,
    SigningEdit as S, StatementEdit as E, X5cEdit as X,
};
use assay_mint::registration::RegistrationForge;

use crate::case::{Case, Level};
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule, need};
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let tables: [(Base, &[Rule]); 3] =
        [(Base::AndroidKey, ANDROID_KEY), (Base::Apple, APPLE), (Base::AndroidSafetynet, SAFETYNET)];
    let mut cases: Vec<_> =
        tables.iter().flat_map(|(base, rules)| rules.iter().flat_map(|rule| rule.registrations(*base))).collect();
    cases.push(deprecated());
    cases
}

const TRUST: &str = "WebAuthn L3 7.1 step 24; RFC 5280 6.1";

const fn android(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("android-key", codes, edits).registration("WebAuthn L3 8.4")
}

const ANDROID_KEY: &[Rule] = &[
    android(&["statement_alg_missing"], &[Statement(E::AlgMissing)])
        .demands("The statement names the algorithm of its signature."),
    android(&["statement_sig_missing"], &[Statement(E::SigMissing)]).demands("The statement has a signature."),
    android(&["statement_x5c_missing"], &[Statement(E::X5cMissing)]).demands("The statement has certificates."),
    android(&["statement_x5c_empty"], &[Statement(E::X5cEmpty)]).demands("The statement has a certificate."),
    android(
        &["android_key_signature"],
        &[
            Signing(S::OtherKey),
            Signing(S::OtherHash),
            Signing(S::OtherFlags),
            Signing(S::HashFirst),
            Signature(B::BitFlipped),
            X5c(X::WrongOrder),
            X5c(X::LeafMissing),
        ],
    )
    .demands(
        "The first certificate's key has signed the authenticator data and the client data's hash, these very bytes.",
    ),
    android(&["android_key_signature", "attestation_algorithm_unsupported"], &[Statement(E::AlgOtherKind)])
        .demands("The signature is verified by the statement's algorithm, not by whichever fits the key."),
    android(&["android_key_credential_key"], &[Android(K::KeyOther)])
        .demands("The first certificate is for the credential's own key."),
    android(&["android_key_description_missing"], &[Android(K::DescriptionMissing)])
        .registration("WebAuthn L3 8.4; 8.4.1")
        .demands("The certificate describes its key."),
    android(
        &["android_key_description_undecodable"],
        &[Android(K::DescriptionGarbage), Android(K::DescriptionEmpty), Android(K::DescriptionShort)],
    )
    .registration("WebAuthn L3 8.4; 8.4.1")
    .demands("A key description that does not decode describes nothing."),
    android(
        &["android_key_description_undecodable"],
        &[Android(K::DescriptionTrailing), Android(K::LevelUnknown), Android(K::OriginTwice)],
    )
    .registration("WebAuthn L3 8.4.1; Android key attestation")
    .hardening()
    .demands("A key description is DER of its schema, and can be read in one way."),
    android(
        &["android_key_challenge"],
        &[Android(K::ChallengeOther), Android(K::ChallengeShort), Android(K::ChallengeEmpty)],
    )
    .demands("The key was made for the hash of this registration's client data."),
    android(&["android_key_all_applications"], &[Android(K::AllApplicationsSoftware), Android(K::AllApplicationsTee)])
        .demands("Neither list lets every application of the device use the key."),
    android(
        &["android_key_origin"],
        &[
            Android(K::OriginMissing),
            Android(K::OriginImported),
            Android(K::OriginContradicted),
            Android(K::ListsEmpty),
        ],
    )
    .demands("The key was generated inside the keystore."),
    android(
        &["android_key_purpose"],
        &[Android(K::PurposeMissing), Android(K::PurposeEmpty), Android(K::PurposeVerify)],
    )
    .demands("The key is for signing."),
    android(&["android_key_tee_only"], &[Android(K::SoftwareOnly)])
        .hardening()
        .demands("Where only keys of the trusted environment are wanted, that is who says what the key is for."),
    Rule::accept(
        "android-key",
        &[
            Android(K::PurposeBoth),
            Android(K::StrongBox),
            Android(K::Version1),
            Android(K::Version4),
            Android(K::Version400),
        ],
    )
    .registration("WebAuthn L3 8.4; Android key attestation")
    .demands("Every version of Keymaster and KeyMint describes its keys in the same eight members."),
    android(&["path_signature", "path_untrusted"], &[Path(P::Rogue), Certificate(C::SignedByOther)])
        .registration(TRUST)
        .should()
        .demands("The certificates lead to an anchor that is known by its key."),
    android(&["path_expired"], &[Certificate(C::Expired)])
        .registration(TRUST)
        .should()
        .demands("The certificate is still valid."),
];

const fn apple(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("apple", codes, edits).registration("WebAuthn L3 8.8 verification step 4")
}

const APPLE: &[Rule] = &[
    apple(&["statement_x5c_missing"], &[Statement(E::X5cMissing), Statement(E::Empty)])
        .registration("WebAuthn L3 8.8 verification step 1")
        .demands("The statement has certificates."),
    apple(&["statement_x5c_not_array"], &[Statement(E::X5cNotArray)])
        .registration("WebAuthn L3 8.8 verification step 1")
        .demands("The certificates are an array."),
    apple(&["statement_x5c_empty"], &[Statement(E::X5cEmpty)])
        .registration("WebAuthn L3 8.8 verification step 1")
        .demands("The statement has a certificate."),
    apple(&["apple_nonce_missing"], &[Apple(A::NonceMissing), X5c(X::WrongOrder), X5c(X::LeafMissing)])
        .demands("The first certificate names the registration that it was made for."),
    apple(&["apple_nonce_undecodable", "apple_nonce"], &[Apple(A::NonceShort), Apple(A::NonceEmpty)])
        .demands("The nonce has the 32 bytes of a hash."),
    apple(
        &["apple_nonce_undecodable"],
        &[Apple(A::NonceBare), Apple(A::NonceUntagged), Apple(A::NonceOtherTag), Apple(A::NonceTrailing)],
    )
    .hardening()
    .demands("The nonce stands in an octet string under the tag 1, in a sequence of nothing else."),
    apple(
        &["apple_nonce"],
        &[Apple(A::NonceOther), Apple(A::NonceOfClientData), Apple(A::NonceOfAuthData), Apple(A::NonceOtherOrder)],
    )
    .demands("The nonce is the hash of the authenticator data, then the client data's hash."),
    apple(&["apple_credential_key"], &[Apple(A::KeyOther)])
        .registration("WebAuthn L3 8.8 verification step 5")
        .demands("The certificate is for the credential's own key."),
    apple(&["path_signature", "path_untrusted"], &[Path(P::Rogue), Certificate(C::SignedByOther)])
        .registration(TRUST)
        .should()
        .demands("The certificates lead to an anchor that is known by its key."),
    apple(&["path_expired"], &[Certificate(C::Expired)])
        .registration(TRUST)
        .should()
        .demands("A certificate that lives for days is valid at the time of the ceremony."),
];

const fn safetynet(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("safetynet", codes, edits).registration("WebAuthn L3 8.5")
}

const SAFETYNET: &[Rule] = &[
    safetynet(&["android_safetynet_ver_missing"], &[Statement(E::VerMissing)])
        .demands("The statement says by which version it was made."),
    safetynet(&["android_safetynet_ver_not_text"], &[Statement(E::VerNotText)]).demands("The version is a text."),
    safetynet(&["android_safetynet_response_missing"], &[Statement(E::ResponseMissing)])
        .demands("The statement has a response."),
    safetynet(&["android_safetynet_response_not_bytes"], &[Statement(E::ResponseNotBytes)])
        .demands("The response is a byte string."),
    safetynet(&["android_safetynet_response_not_text"], &[Statement(E::ResponseNotText)])
        .demands("The response is a JWS in its compact form."),
    safetynet(&["jws_not_three_parts"], &[Statement(E::ResponseNotJws)])
        .demands("The response is a JWS in its compact form."),
    safetynet(&["android_safetynet_x5c"], &[Safetynet(N::X5cMissing), Safetynet(N::X5cUrl)])
        .demands("The response brings its certificates along, in base64."),
    safetynet(&["android_safetynet_signature"], &[Safetynet(N::KeyOther), Safetynet(N::SignatureFlipped)])
        .demands("The first certificate's key has signed the response."),
    safetynet(&["android_safetynet_payload"], &[Safetynet(N::PayloadNotJson), Safetynet(N::PayloadNotObject)])
        .demands("The response is a JSON object."),
    safetynet(&["android_safetynet_nonce"], &[Safetynet(N::NonceMissing), Safetynet(N::NonceOther)])
        .demands("The response is to the hash of the authenticator data, then the client data's hash."),
    safetynet(&["android_safetynet_hostname"], &[Safetynet(N::HostOther), Safetynet(N::HostInside)])
        .demands("The response is signed by the service itself."),
    safetynet(
        &["android_safetynet_cts_profile"],
        &[Safetynet(N::CtsProfileFalse), Safetynet(N::CtsProfileMissing), Safetynet(N::CtsProfileText)],
    )
    .demands("The service found the device sound."),
    safetynet(
        &["android_safetynet_time"],
        &[Safetynet(N::TimeOld), Safetynet(N::TimeAhead), Safetynet(N::TimeMissing)],
    )
    .demands("The response was made just now."),
];

/// The service ended in January 2025; what is signed in its name since is signed by somebody else.
fn deprecated() -> (Basis, Case<World>) {
    let rule = Rule::refuse("safetynet", &["android_safetynet_deprecated", "attestation_format_unsupported"], &[])
        .registration("WebAuthn L3 8.5")
        .should()
        .demands("Nothing can come from a service that is no more, however well it is signed.");
    let rule_of_run = rule;
    let change = Change::new("deprecated", "a good SafetyNet response", |mut forge: RegistrationForge| {
        forge.edits.clear();
        forge
    });
    let (basis, described) = super::case(Base::None, &rule, &change);
    let mut case = Case::new("", "", "", Level::Should, move |world: &mut World, context| {
        let request = super::registration_request(world, context, Base::Packed);
        let lab = world.lab;
        let change = Change::new("deprecated", "a good SafetyNet response", move |forge: RegistrationForge| {
            let made = RegistrationForge::android_safetynet(&lab, &forge.rp_id, &forge.challenge);
            RegistrationForge { origin: forge.origin, ..made }
        });
        super::ask(world, context, Base::Packed, &request, rule_of_run.codes, &change)
    });
    case.header = described.header;
    "a registration from a device that the lab's double of SafetyNet attests".clone_into(&mut case.header.sends);
    let case = case.twin(Base::Packed.twin()).needs([need::LAB_ANCHORS, need::REFUSES_ANDROID_SAFETYNET]);
    (basis, case)
}
