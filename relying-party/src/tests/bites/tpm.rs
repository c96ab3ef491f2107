use assay_mint::edits::{CertificateEdit, Edit, SignatureEdit, TpmCertificateEdit, TpmEdit};
use assay_mint::registration::RegistrationForge;

use super::{Bite, CHALLENGE, RP_ID, edited, lab};

pub(super) fn bites() -> Vec<Bite> {
    vec![
        bite("tpm_version", TpmEdit::VersionOther),
        bite("tpm_public_key", TpmEdit::PubAreaX),
        bite("tpm_certificate_version", CertificateEdit::Version2),
        bite("tpm_certificate_subject", TpmCertificateEdit::Subject),
        bite("tpm_certificate_name", TpmCertificateEdit::ModelMissing),
        bite("tpm_certificate_name_critical", TpmCertificateEdit::NameNotCritical),
        bite("tpm_certificate_vendor", TpmCertificateEdit::VendorUnknown),
        bite("tpm_certificate_usage", TpmCertificateEdit::UsageOther),
        bite("tpm_certificate_basic_constraints", CertificateEdit::Authority),
        bite("tpm_certificate_aaguid", CertificateEdit::AaguidOther),
        bite("tpm_signature", SignatureEdit::BitFlipped),
        bite("tpm_magic", TpmEdit::Magic),
        bite("tpm_type", TpmEdit::TypeQuote),
        bite("tpm_extra_data", TpmEdit::ExtraDataOther),
        bite("tpm_name", TpmEdit::NameOther),
        bite("tpm_key_attributes", TpmEdit::NotFixedTpm),
    ]
}

fn bite(id: &'static str, edit: impl Into<Edit>) -> Bite {
    edited(id, RegistrationForge::tpm(&lab(), RP_ID, &CHALLENGE), edit)
}
