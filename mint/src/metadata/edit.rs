//! Named edits of the BLOB. Everything made after an edit is signed again, as a capable forger
//! would; so each BLOB is wrong in one way alone.

use serde_json::{Map, Value, json};

use super::blob::{BlobDraft, Stage};
use crate::certificate::extension::BasicConstraints;
use crate::certificate::name::AttributeKind;
use crate::edits::{EditInfo, Effect};
use crate::keys::SigningKey;

const DAY: i64 = 86_400;

macro_rules! metadata_edits {
    ($($variant:ident = $slug:literal, $effect:ident, $plants:literal, $stage:ident, $edit:expr;)*) => {
        /// An edit of the metadata BLOB (MDS 3.1, 3.2). A wrong one is to be refused whole; a
        /// debated one costs an entry or a part of it; a harmless one costs nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MetadataEdit { $(#[doc = $plants] $variant,)* }

        impl MetadataEdit {
            /// Every edit.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Slug, effect and defect.
            pub const fn info(self) -> EditInfo {
                match self {
                    $(Self::$variant => EditInfo { slug: $slug, effect: Effect::$effect, plants: $plants },)*
                }
            }

            pub(super) fn apply(self, stage: Stage, draft: &mut BlobDraft) {
                match self {
                    $(Self::$variant => if stage == Stage::$stage {
                        let edit: fn(&mut BlobDraft) = $edit;
                        edit(draft);
                    })*
                }
            }
        }
    };
}

metadata_edits! {
    SignatureBit = "metadata-signature-bit", Wrong, "the signature differs in one bit", Signature, |d| if let Some(last) = d.signature.last_mut() { *last ^= 1 };
    SignatureMissing = "metadata-signature-missing", Wrong, "the signature is empty", Signature, |d| d.signature.clear();
    PayloadChanged = "metadata-payload-changed", Wrong, "the payload was changed after it was signed", Signature, |d| put(&mut d.payload, "no", json!(4_000_000));
    SignedByStranger = "metadata-signed-by-stranger", Wrong, "the signature is by a key that is not the certificate's", Header, |d| d.key = SigningKey::es256(&d.chain.seed().derive("stranger"));
    AlgorithmNone = "metadata-alg-none", Wrong, "`alg` is none and there is no signature", Signature, |d| { put(&mut d.header, "alg", json!("none")); d.signature.clear() };
    AlgorithmHmac = "metadata-alg-hs256", Wrong, "`alg` is that of a shared secret", Header, |d| put(&mut d.header, "alg", json!("HS256"));
    AlgorithmOther = "metadata-alg-other", Wrong, "`alg` is RS256 and the key is none of RSA", Header, |d| put(&mut d.header, "alg", json!("RS256"));
    AlgorithmMissing = "metadata-alg-missing", Wrong, "`alg` is missing", Header, |d| { d.header.remove("alg"); };

    X5cMissing = "metadata-x5c-missing", Wrong, "`x5c` is missing", Header, |d| { d.header.remove("x5c"); };
    X5cEmpty = "metadata-x5c-empty", Wrong, "`x5c` is empty", Header, |d| put(&mut d.header, "x5c", json!([]));
    X5cNotBase64 = "metadata-x5c-not-base64", Wrong, "`x5c` holds no base64", Header, |d| put(&mut d.header, "x5c", json!(["***"]));
    X5cNotCertificate = "metadata-x5c-not-certificate", Wrong, "`x5c` holds no certificate", Header, |d| put(&mut d.header, "x5c", json!(["AAAA"]));
    X5cIntermediateMissing = "metadata-x5c-intermediate-missing", Wrong, "`x5c` holds the leaf alone", Header, |d| leaf_alone(d);
    X5cReversed = "metadata-x5c-reversed", Wrong, "`x5c` begins with the intermediate", Header, |d| x5c(d, |x5c| x5c.reverse());

    ChainForeign = "metadata-chain-foreign", Wrong, "the chain leads to a root of another name", Content, |d| foreign(d);
    ChainUsurped = "metadata-chain-usurped", Wrong, "the authorities have the right names and another's keys", Content, |d| d.chain.usurp();
    IntermediateNotCa = "metadata-intermediate-not-ca", Wrong, "the intermediate is no CA", Content, |d| intermediate_not_ca(d);
    IntermediateExpired = "metadata-intermediate-expired", Wrong, "the intermediate expired long ago", Content, |d| if let Some(one) = &mut d.chain.intermediate { one.spec.not_after = long_ago(one.spec.not_before) };
    LeafExpired = "metadata-leaf-expired", Wrong, "the leaf expired long ago", Content, |d| d.chain.leaf.spec.not_after = long_ago(d.chain.leaf.spec.not_before);
    LeafNotYetValid = "metadata-leaf-not-yet-valid", Wrong, "the leaf becomes valid on its last day", Content, |d| d.chain.leaf.spec.not_before = d.chain.leaf.spec.not_after - DAY;
    LeafNameForeign = "metadata-leaf-name-foreign", Wrong, "the leaf bears another host's name", Content, |d| d.chain.leaf.spec.dns_names = vec!["mds.evil.test".to_owned()];
    LeafNameSuffix = "metadata-leaf-name-suffix", Wrong, "the leaf's name only begins like the right one", Content, |d| d.chain.leaf.spec.dns_names = vec!["mds.assay.test.evil.test".to_owned()];
    LeafNameInSubjectOnly = "metadata-leaf-name-in-subject-only", Wrong, "the right name stands in the subject, another in the alternative names", Content, |d| d.chain.leaf.spec.dns_names = vec!["evil.test".to_owned()];
    LeafNameInSubject = "metadata-leaf-name-in-subject", Harmless, "there are no alternative names, the subject has the name", Content, |d| d.chain.leaf.spec.dns_names.clear();

    PayloadNotJson = "metadata-payload-not-json", Wrong, "the payload is not JSON", Content, |d| d.payload_text = Some("{".to_owned());
    PayloadNotObject = "metadata-payload-not-object", Wrong, "the payload is an array", Content, |d| d.payload_text = Some("[]".to_owned());
    LegalHeaderMissing = "metadata-legal-header-missing", Wrong, "`legalHeader` is missing", Content, |d| { d.payload.remove("legalHeader"); };
    LegalHeaderEmpty = "metadata-legal-header-empty", Wrong, "`legalHeader` is empty", Content, |d| put(&mut d.payload, "legalHeader", json!(" "));
    NoMissing = "metadata-no-missing", Wrong, "`no` is missing", Content, |d| { d.payload.remove("no"); };
    NoNotNumber = "metadata-no-not-number", Wrong, "`no` is text", Content, |d| put(&mut d.payload, "no", json!("7"));
    NoNegative = "metadata-no-negative", Wrong, "`no` is below zero", Content, |d| put(&mut d.payload, "no", json!(-1));
    NoZero = "metadata-no-zero", Wrong, "`no` is lower than any before", Content, |d| put(&mut d.payload, "no", json!(0));
    NextUpdateMissing = "metadata-next-update-missing", Wrong, "`nextUpdate` is missing", Content, |d| { d.payload.remove("nextUpdate"); };
    NextUpdateNoDay = "metadata-next-update-no-day", Wrong, "`nextUpdate` is the 30th of February", Content, |d| put(&mut d.payload, "nextUpdate", json!("2026-02-30"));
    EntriesMissing = "metadata-entries-missing", Wrong, "`entries` is missing", Content, |d| { d.payload.remove("entries"); };

    EntryNotObject = "metadata-entry-not-object", Debated, "an entry is a number", Content, |d| entries(d, |list| list.push(json!(1)));
    EntryWithoutIdentifier = "metadata-entry-without-identifier", Debated, "an entry has no identifier", Content, |d| entry(d, |one| { one.remove("aaguid"); });
    EntryAaguidMalformed = "metadata-entry-aaguid-malformed", Debated, "an entry's AAGUID lacks a digit", Content, |d| entry(d, |one| put(one, "aaguid", json!("08987058-cadc-4b81-b6e1-30de50dcbe9")));
    EntryAaguidZero = "metadata-entry-aaguid-zero", Debated, "an entry's AAGUID is zero", Content, |d| entry(d, |one| put(one, "aaguid", json!("00000000-0000-0000-0000-000000000000")));
    EntryKeyIdentifierMalformed = "metadata-entry-key-identifier-malformed", Debated, "an entry's key identifier has 39 digits", Content, |d| entry(d, |one| put(one, "attestationCertificateKeyIdentifiers", json!(["0".repeat(39)])));
    EntryStatementMalformed = "metadata-entry-statement-malformed", Debated, "an entry's statement is text", Content, |d| entry(d, |one| put(one, "metadataStatement", json!("")));
    EntryStatusReportsMissing = "metadata-entry-status-reports-missing", Debated, "an entry has no status reports", Content, |d| entry(d, |one| { one.remove("statusReports"); });
    EntryStatusMissing = "metadata-entry-status-missing", Debated, "a status report has no status", Content, |d| report(d, |one| { one.remove("status"); });
    EntryTwice = "metadata-entry-twice", Debated, "an entry stands there twice", Content, |d| entries(d, |list| list.extend(list.first().cloned()));
    RootCertificateMalformed = "metadata-root-certificate-malformed", Debated, "a root certificate is none", Content, |d| entry(d, |one| if let Some(statement) = one.get_mut("metadataStatement").and_then(Value::as_object_mut) { put(statement, "attestationRootCertificates", json!(["AAAA"])) });
    StatusDateMalformed = "metadata-status-date-malformed", Debated, "a status report's date is no day", Content, |d| report(d, |one| put(one, "effectiveDate", json!("yesterday")));
    StatusCertificateMalformed = "metadata-status-certificate-malformed", Debated, "a status report's certificate is no base64", Content, |d| report(d, |one| put(one, "certificate", json!("***")));

    UnknownStatus = "metadata-unknown-status", Harmless, "a status report has a word of the future", Content, |d| report(d, |one| put(one, "status", json!("BLESSED_BY_EVERYBODY")));
    UnknownMembers = "metadata-unknown-members", Harmless, "there are unknown members at every level", Content, |d| unknown_members(d);
    StatementMissing = "metadata-statement-missing", Harmless, "an entry has no statement", Content, |d| entry(d, |one| { one.remove("metadataStatement"); });
    WhiteSpace = "metadata-white-space", Harmless, "the payload is laid out in lines", Content, |d| d.payload_text = serde_json::to_string_pretty(&d.payload).ok();
}

impl MetadataEdit {
    /// The edit of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|edit| edit.slug() == slug)
    }

    /// Its stable name.
    pub const fn slug(self) -> &'static str {
        self.info().slug
    }
}

/// A day after it began; chains begin two years before the lab's clock or earlier.
fn long_ago(not_before: i64) -> i64 {
    not_before + DAY
}

fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
    object.insert(name.to_owned(), value);
}

fn leaf_alone(draft: &mut BlobDraft) {
    x5c(draft, |x5c| x5c.truncate(1));
}

fn x5c(draft: &mut BlobDraft, edit: impl FnOnce(&mut Vec<Value>)) {
    if let Some(Value::Array(x5c)) = draft.header.get_mut("x5c") {
        edit(x5c);
    }
}

fn foreign(draft: &mut BlobDraft) {
    draft.chain.usurp();
    let chain = &mut draft.chain;
    chain.root.spec.subject.set(AttributeKind::CommonName, "Foreign Root");
    chain.root.spec.issuer = chain.root.spec.subject.clone();
    if let Some(intermediate) = &mut chain.intermediate {
        intermediate.spec.issuer = chain.root.spec.subject.clone();
    }
}

fn intermediate_not_ca(draft: &mut BlobDraft) {
    if let Some(intermediate) = &mut draft.chain.intermediate {
        intermediate.spec.basic_constraints = Some(BasicConstraints { ca: false, path_length: None, critical: true });
    }
}

fn entries(draft: &mut BlobDraft, edit: impl FnOnce(&mut Vec<Value>)) {
    if let Some(Value::Array(entries)) = draft.payload.get_mut("entries") {
        edit(entries);
    }
}

/// The first entry.
fn entry(draft: &mut BlobDraft, edit: impl FnOnce(&mut Map<String, Value>)) {
    entries(draft, |entries| {
        if let Some(Value::Object(entry)) = entries.first_mut() {
            edit(entry);
        }
    });
}

/// The first report of the first entry.
fn report(draft: &mut BlobDraft, edit: impl FnOnce(&mut Map<String, Value>)) {
    entry(draft, |entry| {
        let reports = entry.get_mut("statusReports").and_then(Value::as_array_mut);
        if let Some(Value::Object(report)) = reports.and_then(|reports| reports.first_mut()) {
            edit(report);
        }
    });
}

fn unknown_members(draft: &mut BlobDraft) {
    put(&mut draft.header, "future", json!({ "nested": [1] }));
    put(&mut draft.payload, "future", json!({ "nested": [1] }));
    entry(draft, |entry| {
        put(entry, "future", json!(null));
        if let Some(Value::Object(statement)) = entry.get_mut("metadataStatement") {
            put(statement, "future", json!([{}]));
            put(statement, "keyProtection", json!(["hardware", "in_a_safe"]));
        }
    });
    report(draft, |report| put(report, "sunsetDate", json!("2099-01-01")));
}
