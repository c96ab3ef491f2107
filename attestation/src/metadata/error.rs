//! Why a BLOB was refused, and why an entry was left out.

use std::fmt;

use assay_protocol::reasons;

reasons! {
    /// What is wrong with a BLOB as a whole.
    pub enum Reason {
        Jws = "metadata_jws_malformed", "MDS 3.1.7";
        Algorithm = "metadata_alg_not_allowed", "MDS 3.1.7";
        X5c = "metadata_x5c_missing", "MDS 3.2";
        Certificate = "metadata_certificate_malformed", "MDS 3.2";
        Expired = "metadata_certificate_expired", "MDS 3.2";
        NotYetValid = "metadata_certificate_not_yet_valid", "MDS 3.2";
        Chain = "metadata_chain_untrusted", "MDS 3.2";
        Path = "metadata_path_invalid", "MDS 3.2";
        LeafName = "metadata_leaf_name_mismatch", "MDS 3.2";
        Signature = "metadata_signature_invalid", "MDS 3.2";
        Revoked = "metadata_certificate_revoked", "MDS 3.2";
        RevocationUnknown = "metadata_revocation_unknown", "MDS 3.2";
        Payload = "metadata_payload_malformed", "MDS 3.1.6";
        LegalHeader = "metadata_legal_header_missing", "MDS 3.1.6";
        No = "metadata_no_missing", "MDS 3.1.6";
        NoNotIncreased = "metadata_no_not_increased", "MDS 3.2";
        NextUpdate = "metadata_next_update_malformed", "MDS 3.1.6";
        Entries = "metadata_entries_missing", "MDS 3.1.6";
    }
}

impl Reason {
    /// Might another's roots, or another name, make it good?
    pub(super) fn is_about_trust(self) -> bool {
        matches!(self, Self::Expired | Self::NotYetValid | Self::Chain | Self::Path | Self::LeafName)
    }
}

/// A BLOB that is not to be used. The caller keeps the last good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The offence.
    pub reason: Reason,
    /// Expected and got, for people.
    pub detail: String,
}

impl Rejection {
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        self.reason.info().code
    }

    /// The clause that was broken.
    pub fn clause(&self) -> &'static str {
        self.reason.info().clause
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.code(), self.detail, self.clause())
    }
}

impl std::error::Error for Rejection {}

reasons! {
    /// What is wrong with one entry, or with one part of it.
    pub enum EntryReason {
        NotAnObject = "entry_not_an_object", "MDS 3.1.1";
        Identifier = "entry_identifier_missing", "MDS 3.1.1";
        Aaguid = "entry_aaguid_malformed", "MDS 3.1.1";
        AaguidZero = "entry_aaguid_zero", "MDS 3.1.1";
        KeyIdentifier = "entry_key_identifier_malformed", "MDS 3.1.1";
        Statement = "entry_statement_malformed", "MDS 3.1.1";
        StatusReports = "entry_status_reports_malformed", "MDS 3.1.3";
        Duplicate = "entry_duplicate", "MDS 3.1.1";
        RootCertificate = "entry_root_certificate_malformed", "MDS 3.1.1";
        StatusDate = "entry_status_date_malformed", "MDS 3.1.3";
        StatusCertificate = "entry_status_certificate_malformed", "MDS 3.1.3";
    }
}

impl EntryReason {
    /// The stable machine code.
    pub fn code(self) -> &'static str {
        self.info().code
    }

    /// Was the whole entry left out, or only a part of it? A part is left out alone, lest a bad
    /// date cost us the news that the model is revoked.
    pub fn drops_entry(self) -> bool {
        !matches!(self, Self::RootCertificate | Self::StatusDate | Self::StatusCertificate)
    }
}

/// Something that was left out of the metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it stands, such as `entries[3].statusReports[0].effectiveDate`.
    pub at: String,
    /// What is wrong with it.
    pub reason: EntryReason,
    /// What was found there, for people.
    pub detail: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.at, self.reason.code(), self.detail)
    }
}
