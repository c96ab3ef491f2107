//! The lab behind the seeds, and what its good messages are judged by.

use std::sync::LazyLock;

use assay_attestation::{Anchors, Check};
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::check::Enforced;
use assay_protocol::tree::der;
use time::OffsetDateTime;

/// 2026-11-22.
pub(super) const NOW: i64 = 1_795_305_600;
pub(super) const RP_ID: &str = "example.org";
pub(super) const CHALLENGE: [u8; 32] = [7; 32];

pub(super) fn lab() -> Lab {
    Lab::new([9; 32], NOW)
}

pub(super) fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).expect("the lab's time is a time")
}

/// A good registration of each kind, by name.
pub(super) fn forges() -> Vec<(&'static str, RegistrationForge)> {
    let lab = lab();
    vec![
        ("none", RegistrationForge::none(&lab, RP_ID, &CHALLENGE)),
        ("packed", RegistrationForge::packed_self(&lab, RP_ID, &CHALLENGE)),
        ("packed", RegistrationForge::packed(&lab, RP_ID, &CHALLENGE)),
        ("fido-u2f", RegistrationForge::fido_u2f(&lab, "fuzz", RP_ID, &CHALLENGE)),
        ("tpm", RegistrationForge::tpm(&lab, RP_ID, &CHALLENGE)),
        ("android-key", RegistrationForge::android_key(&lab, RP_ID, &CHALLENGE)),
        ("android-safetynet", RegistrationForge::android_safetynet(&lab, RP_ID, &CHALLENGE)),
        ("apple", RegistrationForge::apple(&lab, RP_ID, &CHALLENGE)),
        ("compound", RegistrationForge::compound(&lab, RP_ID, &CHALLENGE)),
    ]
}

/// The roots of all of them.
pub(super) fn anchors() -> &'static Anchors {
    static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
        let roots = forges().into_iter().filter_map(|(_, forge)| {
            let issued = forge.format.chain()?.issue().expect("the lab issues certificates");
            Some(issued.root)
        });
        Anchors::parse(roots.collect::<Vec<_>>()).expect("the lab's roots are certificates")
    });
    &ANCHORS
}

/// Every check in force, but for the one that refuses a whole format.
pub(super) fn strict() -> Enforced {
    Enforced::all().without(Check::AndroidSafetynetDeprecated.id())
}

/// No check of attestation in force, so that whatever comes after each of them is reached as well.
pub(super) fn unchecked() -> &'static Enforced {
    static UNCHECKED: LazyLock<Enforced> =
        LazyLock::new(|| Check::ALL.iter().fold(Enforced::all(), |enforced, check| enforced.without(check.id())));
    &UNCHECKED
}

/// The part of a certificate that its signature covers: around it, signatures have more than one form.
pub(super) fn signed_part(certificate: &[u8]) -> Vec<u8> {
    let document = der::read(certificate);
    let part = document.root.as_ref().and_then(|root| root.children.first());
    part.and_then(|part| certificate.get(part.range.clone())).unwrap_or_default().to_vec()
}
