//! What a relying party's policy decides, as far as a request for options can settle it
//! (WebAuthn L3 7.1 steps 10, 11, 15, 18 to 20, 24).

use assay_mint::edits::Edit::CertificateEdit as Certificate;
use assay_mint::edits::{AuthenticatorDataEdit, CertificateEdit};
use assay_mint::keys::SigningKey;
use assay_mint::registration::RegistrationForge;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use serde_json::{Value, json};

use super::algorithms::refuse_unoffered;
use super::statements::with_ed25519;
use super::{ask, begin_registration, registration_request};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{Sending, registration_forge, send_registration};
use crate::suites::relying_party::judge;
use crate::suites::relying_party::rule::{Change, need, title};
use crate::suites::relying_party::world::World;
use crate::target::RegistrationRequest;
use crate::verdict::{Pass, Stop};

/// A model that the lab's metadata list beside the usual one, with a root of its own.
const OTHER_MODEL: Aaguid = Aaguid::from_bytes([0x5e, 0x57, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 2]);

/// A model that nobody lists.
const UNLISTED: Aaguid = Aaguid::from_bytes([0x5e, 0x57, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff]);

/// One row: what is required, what is sent, and what must become of it.
struct Row {
    name: &'static str,
    base: Base,
    clause: &'static str,
    level: Level,
    needs: &'static [&'static str],
    /// `requirements` with the request for options, in the stead of the base's own.
    requirements: Option<fn() -> Value>,
    plants: &'static str,
    change: fn(RegistrationForge) -> RegistrationForge,
    codes: &'static [&'static str],
    demands: &'static str,
    twin: Twin,
}

/// What the good twin of a refusal is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twin {
    /// The good registration under the same requirements.
    SameRequirements,
    /// The good registration under the base's usual requirements, because these refuse it too.
    UsualRequirements,
}

const TYPES: &str = "WebAuthn L3 7.1 step 24";
const BACKUP: &str = "WebAuthn L3 7.1 steps 18 and 19";
const OFFERED: &str = "WebAuthn L3 7.1 step 20";
const METADATA: &str = "WebAuthn L3 7.1 step 24; FIDO Metadata Statement 4";

const DEFAULT: Row = Row {
    name: "",
    base: Base::None,
    clause: TYPES,
    level: Level::Must,
    needs: &[need::REQUIREMENTS],
    requirements: None,
    plants: "nothing at all",
    change: |forge| forge,
    codes: &[],
    demands: "",
    twin: Twin::SameRequirements,
};

const ROWS: &[Row] = &[
    Row {
        name: "none-where-basic-is-required",
        requirements: Some(|| json!({ "attestation_types": ["basic"] })),
        plants: "no attestation, where a certificate was required",
        codes: &["attestation_type_not_allowed"],
        demands: "No attestation is accepted only where the policy accepts none.",
        twin: Twin::UsualRequirements,
        ..DEFAULT
    },
    Row {
        name: "self-where-basic-is-required",
        base: Base::PackedSelf,
        requirements: Some(|| json!({ "attestation_types": ["basic"] })),
        plants: "self attestation, where a certificate was required",
        codes: &["attestation_type_not_allowed"],
        demands: "Self attestation is accepted only where the policy accepts it.",
        twin: Twin::UsualRequirements,
        ..DEFAULT
    },
    Row {
        name: "basic-where-self-is-required",
        base: Base::Packed,
        needs: &[need::REQUIREMENTS, need::LAB_ANCHORS],
        requirements: Some(|| json!({ "attestation_types": ["self"] })),
        plants: "a certificate, where self attestation was required",
        codes: &["attestation_type_not_allowed"],
        demands: "Attestation is of one of the types that the policy accepts.",
        twin: Twin::UsualRequirements,
        ..DEFAULT
    },
    Row {
        name: "self-where-self-is-required",
        base: Base::PackedSelf,
        requirements: Some(|| json!({ "attestation_types": ["none", "self"] })),
        plants: "self attestation, where that was among what was required",
        demands: "What the policy accepts is accepted.",
        ..DEFAULT
    },
    Row {
        name: "anchor-unknown",
        base: Base::Packed,
        needs: &[need::LAB_ANCHORS],
        clause: "WebAuthn L3 7.1 steps 23 and 24",
        level: Level::Should,
        plants: "a model of which nobody has the root",
        change: |mut forge| {
            let now = forge.format.chain().map_or(0, |chain| chain.now);
            let lab = assay_mint::lab::Lab::new(*forge.seed.as_bytes(), now);
            forge.format = assay_mint::statement::Format::Packed(Box::new(lab.model(UNLISTED)));
            forge.aaguid = UNLISTED;
            forge
        },
        codes: &["path_untrusted"],
        demands: "The path ends in an acceptable anchor; that it is sound in itself says nothing.",
        ..DEFAULT
    },
    Row {
        name: "anchor-of-another-model",
        base: Base::Packed,
        needs: &[need::LAB_METADATA, need::REQUIREMENTS],
        clause: "WebAuthn L3 7.1 step 23",
        level: Level::Should,
        plants: "the AAGUID of a model with another root, under a certificate that names no model",
        change: |mut forge| {
            forge.aaguid = OTHER_MODEL;
            forge.edited(Certificate(CertificateEdit::AaguidMissing))
        },
        codes: &["path_untrusted", "path_signature"],
        demands: "An anchor vouches for the model that it is listed for, and for no other.",
        ..DEFAULT
    },
    Row {
        name: "metadata-attestation-type",
        base: Base::PackedSelf,
        clause: METADATA,
        needs: &[need::LAB_METADATA, need::REQUIREMENTS],
        requirements: Some(|| json!({ "attestation_types": ["self"] })),
        plants: "self attestation by a model that makes none, as its metadata say",
        change: |mut forge| {
            forge.aaguid = assay_mint::lab::MODEL;
            forge
        },
        codes: &["metadata_attestation_type"],
        demands: "A model attests in the ways that its metadata list.",
        twin: Twin::UsualRequirements,
        ..DEFAULT
    },
    Row {
        name: "metadata-algorithm",
        base: Base::Packed,
        clause: METADATA,
        needs: &[need::LAB_METADATA, need::REQUIREMENTS],
        plants: "an RSA credential by a model that makes none, as its metadata say",
        change: |mut forge| {
            // A key that cannot be had leaves the good one in place, and the case fails loudly.
            if let Ok(key) = SigningKey::rs256() {
                forge.credential_key = key;
            }
            forge
        },
        codes: &["metadata_algorithm"],
        demands: "A model makes credentials of the algorithms that its metadata list.",
        ..DEFAULT
    },
    Row {
        name: "algorithm-of-fewer",
        base: Base::PackedSelf,
        clause: OFFERED,
        requirements: Some(|| json!({ "algorithms": [alg::ES256] })),
        plants: "an Ed25519 key, where only ES256 was offered",
        change: |mut forge| {
            with_ed25519(&mut forge);
            forge
        },
        codes: &["algorithm_not_offered"],
        demands: "The algorithm is one of those that were offered in this very ceremony.",
        ..DEFAULT
    },
    Row {
        name: "backup-eligible-where-device-bound",
        clause: BACKUP,
        requirements: Some(|| json!({ "backup": "device_bound" })),
        plants: "BE is set, where only credentials that cannot leave their device are wanted",
        change: |forge| flagged(forge, 0x0d),
        codes: &["backup_policy"],
        demands: "Who asks for device-bound credentials gets no others.",
        ..DEFAULT
    },
    Row {
        name: "backed-up-where-device-bound",
        clause: BACKUP,
        requirements: Some(|| json!({ "backup": "device_bound" })),
        plants: "BE and BS are set, where only credentials that cannot leave their device are wanted",
        change: |forge| flagged(forge, 0x1d),
        codes: &["backup_policy"],
        demands: "Who asks for device-bound credentials gets no others.",
        ..DEFAULT
    },
    Row {
        name: "device-bound-where-eligible",
        clause: BACKUP,
        requirements: Some(|| json!({ "backup": "eligible" })),
        plants: "BE is clear, where only credentials that may be backed up are wanted",
        codes: &["backup_policy"],
        demands: "Who asks for credentials that may be backed up gets no others.",
        twin: Twin::UsualRequirements,
        ..DEFAULT
    },
    Row {
        name: "not-backed-up-where-backed-up",
        clause: BACKUP,
        requirements: Some(|| json!({ "backup": "backed_up" })),
        plants: "BE is set and BS is clear, where only credentials that are backed up are wanted",
        change: |forge| flagged(forge, 0x0d),
        codes: &["backup_policy"],
        demands: "Who asks for credentials that are backed up gets no others.",
        twin: Twin::UsualRequirements,
        ..DEFAULT
    },
    Row {
        name: "backed-up-where-backed-up",
        clause: BACKUP,
        requirements: Some(|| json!({ "backup": "backed_up" })),
        plants: "BE and BS are set, where only credentials that are backed up are wanted",
        change: |forge| flagged(forge, 0x1d),
        demands: "What the policy wants is accepted.",
        ..DEFAULT
    },
    Row {
        name: "framed-where-expected",
        clause: "WebAuthn L3 7.1 step 10",
        needs: &[need::LOOSENING],
        requirements: Some(|| json!({ "cross_origin": true })),
        plants: "crossOrigin is true, where the relying party expects frames",
        change: |mut forge| {
            forge.cross_origin = true;
            forge
        },
        demands: "Who expects frames of other origins accepts them.",
        ..DEFAULT
    },
    Row {
        name: "framed-by-an-expected-page",
        clause: "WebAuthn L3 7.1 step 11",
        needs: &[need::LOOSENING],
        requirements: Some(|| json!({ "cross_origin": true, "top_origins": ["https://shop.example"] })),
        plants: "topOrigin is the page that the relying party expects around the frame",
        change: |forge| framed(forge, "https://shop.example"),
        demands: "Who expects a page around the frame accepts it.",
        ..DEFAULT
    },
    Row {
        name: "framed-by-another-page",
        clause: "WebAuthn L3 7.1 step 11",
        needs: &[need::LOOSENING],
        requirements: Some(|| json!({ "cross_origin": true, "top_origins": ["https://shop.example"] })),
        plants: "topOrigin is another page than the one that the relying party expects around the frame",
        change: |forge| framed(forge, "https://evil.example"),
        codes: &["top_origin_unexpected"],
        demands: "That frames are expected does not make every page around them expected.",
        ..DEFAULT
    },
    Row {
        name: "nobody-present-where-conditional",
        clause: "WebAuthn L3 7.1 step 15",
        needs: &[need::LOOSENING],
        requirements: Some(|| json!({ "mediation": "conditional" })),
        plants: "UP is clear, after a conditional creation",
        change: |forge| forge.edited(AuthenticatorDataEdit::NobodyThere),
        demands: "In a conditional creation nobody need be present.",
        ..DEFAULT
    },
];

fn flagged(mut forge: RegistrationForge, flags: u8) -> RegistrationForge {
    forge.flags = flags;
    forge
}

fn framed(mut forge: RegistrationForge, page: &str) -> RegistrationForge {
    forge.cross_origin = true;
    forge.top_origin = Some(page.to_owned());
    forge
}

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases: Vec<_> = ROWS.iter().map(|row| (Basis::Normative, row.case())).collect();
    cases.push((Basis::Normative, not_offered()));
    cases
}

impl Row {
    fn case(&'static self) -> Case<World> {
        let id = format!("registration/policy/{}", self.name);
        let case = Case::new(id, title(self.plants), self.clause, self.level, move |world, context| {
            let mut request = registration_request(world, context, self.base);
            if let Some(requirements) = self.requirements {
                request.requirements = Some(requirements());
            }
            let change = Change::new(self.name, self.plants, self.change);
            match self.twin {
                Twin::SameRequirements => ask(world, context, self.base, &request, self.codes, &change),
                Twin::UsualRequirements => self.ask_and_relent(world, context, &request, &change),
            }
        });
        case.given(self.given())
            .sends(format!("{}: {}", self.base.words(), self.plants))
            .expects(self.demands)
            .needs(self.needs.iter().copied())
            .claims(self.codes.first().copied())
            .twin(self.base.twin())
    }

    fn given(&self) -> String {
        match self.requirements {
            Some(requirements) => format!("a new user, and creation options under the requirements {}", requirements()),
            None => String::from("a new user, and creation options just issued"),
        }
    }

    /// Asks under the requirements, then for the twin under the usual ones.
    fn ask_and_relent(
        &self,
        world: &mut World,
        context: &mut Context,
        request: &RegistrationRequest,
        change: &Change<RegistrationForge>,
    ) -> Result<Pass, Stop> {
        let offer = begin_registration(world, context, request)?;
        let forge = (change.make)(registration_forge(world, self.base, &offer));
        let sending = Sending::probe("register what the policy does not want", &forge);
        let (answer, _) = send_registration(world, context, &sending, &offer.options.user.id)?;
        let pass = judge::refused(world, &answer, self.codes)?;
        let usual = registration_request(world, context, self.base);
        let offer = begin_registration(world, context, &usual)?;
        let good = registration_forge(world, self.base, &offer);
        let sending = Sending::twin("register the same where it is wanted", &good);
        let (twin, _) = send_registration(world, context, &sending, &offer.options.user.id)?;
        judge::with_twin(pass, &twin)
    }
}

/// The first of the cases about algorithms that were not offered.
fn not_offered() -> Case<World> {
    Case::new(
        "registration/policy/algorithm-not-offered",
        "A P-384 key with ES384, which was not offered",
        OFFERED,
        Level::Must,
        |world: &mut World, context| refuse_unoffered(world, context, alg::ES384),
    )
    .given("a new user, and creation options that do not offer ES384")
    .sends("a registration without attestation, of a P-384 key with ES384")
    .expects("The algorithm is one of those that were offered.")
    .claims(["algorithm_not_offered"])
    .twin(Base::None.twin())
}
