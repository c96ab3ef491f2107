//! Metadata while the server runs: rows P28 to P30, sources, copies, metrics.

use std::fs;
use std::path::PathBuf;

use assay_attestation::Anchors;
use assay_attestation::metadata::Trust;
use assay_attestation::revocation::Demand;
use assay_mint::lab::Lab;
use assay_mint::metadata::{Issue, MetadataEdit};
use assay_mint::registration::RegistrationForge;
use assay_mint::revocation::{ListSpec, distribution_points};
use serde_json::{Value, json};
use time::Duration;

use super::origin::{Page, Website};
use super::rig::{NOW, RP_ID, Rig, lab};
use crate::{Database, MetadataSource, Origin, spawn};

const MODEL: &str = "ee882879-721c-4913-9775-3dfcce97072a";

fn blob(no: u64) -> String {
    lab().metadata_blob(&Issue::new(no)).unwrap()
}

fn wrong(no: u64, edit: MetadataEdit) -> String {
    lab().metadata_blob(&Issue { edit: Some(edit), ..Issue::new(no) }).unwrap()
}

fn trust() -> Trust {
    Trust::new(Anchors::parse([lab().metadata_root().unwrap()]).unwrap()).named("mds.assay.test")
}

fn source(origin: Origin) -> MetadataSource {
    MetadataSource::new("lab", origin, vec![trust()])
}

fn rig(source: MetadataSource) -> Rig {
    Rig::with(|config| {
        config.metadata.clear();
        config.metadata_sources = vec![source];
    })
}

/// A file of this test's own, gone before.
fn file(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("assay-metadata-{}-{name}", std::process::id()));
    fs::remove_file(&path).ok();
    path
}

impl Rig {
    fn offer(&self, blob: &str) -> super::rig::Answer {
        self.admin().post("/v1/metadata", &json!({ "blob": blob }))
    }

    fn refresh(&self) -> super::rig::Answer {
        self.admin().post("/v1/metadata/refresh", &json!({}))
    }

    fn shelf(&self) -> Value {
        self.browser().get("/v1/metadata").expect(200, "").body["sources"][0].clone()
    }

    fn metric(&self, name: &str) -> String {
        let text = self.browser().get("/metrics").text;
        let line = text.lines().find(|line| line.starts_with(&format!("{name}{{")));
        line.unwrap_or_else(|| panic!("{text}")).split(' ').nth(1).unwrap().to_owned()
    }
}

#[test]
fn p28_an_issue_that_is_not_newer_is_ignored() {
    let rig = rig(source(Origin::Given(blob(7))));
    for no in [7, 6, 0] {
        rig.offer(&blob(no)).expect(409, "metadata_no_not_increased");
        let shelf = rig.shelf();
        assert_eq!(
            (&shelf["no"], &shelf["last_outcome"], &shelf["refused"]),
            (&json!(7), &json!("not_newer"), &json!(0))
        );
    }
    assert_eq!(rig.audit("metadata.refused"), Vec::<Value>::new());
    // Its positive twin.
    let answer = rig.offer(&blob(8)).expect(200, "");
    assert_eq!(answer.body, json!({ "outcome": "loaded", "no": 8 }));
    assert_eq!(rig.shelf()["no"], 8);
    let loaded = rig.audit("metadata.loaded");
    let numbers: Vec<_> = loaded.iter().map(|line| (&line["previous_no"], &line["no"])).collect();
    assert_eq!(numbers, [(&json!(null), &json!(7)), (&json!(7), &json!(8))]);
}

#[test]
fn p29_an_issue_that_is_wrong_is_refused_with_an_alarm() {
    let rig = rig(source(Origin::Given(blob(7))));
    let cases = [
        (MetadataEdit::SignatureBit, "metadata_signature_invalid"),
        (MetadataEdit::ChainForeign, "metadata_chain_untrusted"),
        (MetadataEdit::LeafNameForeign, "metadata_leaf_name_mismatch"),
        (MetadataEdit::LegalHeaderMissing, "metadata_legal_header_missing"),
    ];
    for (at, (edit, code)) in cases.into_iter().enumerate() {
        let answer = rig.offer(&wrong(8, edit)).expect(400, code);
        assert_eq!(answer.body["clause"].as_str().map(|clause| &clause[..3]), Some("MDS"));
        let shelf = rig.shelf();
        assert_eq!((&shelf["no"], &shelf["last_error"]["code"]), (&json!(7), &json!(code)));
        let alarms = rig.audit("metadata.refused");
        assert_eq!((alarms.len(), &alarms[at]["code"], &alarms[at]["kept_no"]), (at + 1, &json!(code), &json!(7)));
    }
    assert_eq!(rig.metric("mds_refused_total"), "4");
    assert_eq!(rig.metric("mds_no"), "7");
    rig.offer(&blob(8)).expect(200, "");
}

#[test]
fn p30_an_enrolled_model_that_is_revoked_raises_its_risk() {
    let rig = rig(source(Origin::Given(blob(7))));
    let browser = rig.browser();
    let (_, asked) = browser.registration("/v1/registration/options", &json!({ "username": "ada" }));
    let forge = RegistrationForge::packed_model(&lab(), MODEL.parse().unwrap(), RP_ID, &asked.challenge);
    let forged = forge.forge().unwrap();
    let enrolled = browser.post_text("/v1/registration/verify", forged.text).expect(201, "").body;
    // A new issue in which nothing has befallen the model is no news.
    rig.offer(&blob(8)).expect(200, "");
    assert_eq!(rig.audit("attestation.status_changed"), Vec::<Value>::new());

    let mut payload = lab().metadata_payload(&Issue::new(9)).unwrap();
    let entries = payload.get_mut("entries").and_then(Value::as_array_mut).unwrap();
    let entry = entries.iter_mut().find(|entry| entry["aaguid"] == MODEL).unwrap();
    entry["statusReports"].as_array_mut().unwrap().push(json!({ "status": "REVOKED", "effectiveDate": "2027-03-01" }));
    rig.offer(&Lab::sign_metadata(lab().metadata(), payload, None).unwrap()).expect(200, "");

    let told = rig.audit("attestation.status_changed");
    assert_eq!(told.len(), 1);
    let line = &told[0];
    assert_eq!(
        (&line["user_id"], &line["aaguid"], &line["risk"]),
        (&enrolled["user_id"], &json!(MODEL), &json!("raised"))
    );
    assert!(line["new"]["statuses"].as_array().unwrap().contains(&json!("REVOKED")), "{line}");
    // The credential is kept, and still signs in.
    let credentials = rig.admin().get("/v1/credentials").body;
    assert_eq!(credentials["credentials"].as_array().unwrap().len(), 1, "{credentials}");
}

#[test]
fn who_may_hand_metadata_in() {
    let rig = rig(source(Origin::Given(blob(7))));
    rig.browser().post("/v1/metadata", &json!({ "blob": blob(8) })).expect(401, "unauthorized");
    rig.browser().post("/v1/metadata/refresh", &json!({})).expect(401, "unauthorized");
    let admin = rig.admin();
    admin.post("/v1/metadata", &json!({ "blob": blob(8), "source": "x" })).expect(404, "metadata_source_unknown");
    admin.post("/v1/metadata", &json!({})).expect(400, "invalid_request");
    admin.post("/v1/metadata", &json!({ "blob": blob(8), "source": "lab" })).expect(200, "");
}

#[test]
fn age_and_counts_are_told() {
    let rig = rig(source(Origin::Given(wrong(7, MetadataEdit::EntryNotObject))));
    assert_eq!(rig.metric("mds_entries_rejected"), "1");
    assert_eq!((rig.metric("mds_no"), rig.metric("mds_age_days")), ("7".to_owned(), "0".to_owned()));
    let shelf = rig.shelf();
    assert_eq!((&shelf["rejected"], &shelf["age"], &shelf["kind"]), (&json!(1), &json!("fresh"), &json!("given")));
    rig.clock.forward(Duration::days(20));
    assert_eq!(rig.metric("mds_age_days"), "11");
    assert_eq!((&rig.shelf()["age"], &rig.shelf()["age_days"]), (&json!("stale"), &json!(11)));
    let answer = rig.browser().get("/metrics");
    assert!(answer.headers["content-type"].starts_with("text/plain; version=0.0.4"));
    assert!(answer.text.contains("# TYPE mds_no gauge\nmds_no{source=\"lab\"} 7\n"), "{}", answer.text);
}

#[test]
fn a_server_does_not_start_with_a_file_that_it_cannot_use() {
    let path = file("unusable.jwt");
    let start = |origin: Origin, terms: bool| {
        let mut source = source(origin);
        source.terms_accepted = terms;
        let mut config =
            crate::Config::new("localhost", Vec::new(), assay_relying_party::Profile::named("w3c-l3").unwrap());
        config.clock = Rig::new().clock;
        config.metadata_sources = vec![source];
        spawn(config).map(drop).map_err(|error| error.to_string())
    };
    assert!(start(Origin::File(path.clone()), false).unwrap_err().contains("cannot be read"));
    fs::write(&path, wrong(7, MetadataEdit::SignatureBit)).unwrap();
    assert!(start(Origin::File(path.clone()), false).unwrap_err().contains("metadata_signature_invalid"));
    fs::write(&path, blob(7)).unwrap();
    assert_eq!(start(Origin::File(path), false), Ok(()));
    for url in ["https://mds3.fidoalliance.org/", "https://FIDOAlliance.org/x"] {
        assert!(start(Origin::Url(url.to_owned()), false).unwrap_err().contains("terms"), "{url}");
    }
    assert!(start(Origin::Url("ftp://mds.test/".to_owned()), true).unwrap_err().contains("over HTTP"));
}

#[test]
fn a_file_is_read_again_and_its_copy_outlives_it() {
    let (path, copy, database) = (file("mds.jwt"), file("mds.copy"), file("mds.sqlite"));
    fs::write(&path, blob(7)).unwrap();
    let start = |clock: Duration| {
        let rig = Rig::with(|config| {
            config.metadata.clear();
            config.database = Database::File(database.clone());
            config.metadata_sources =
                vec![MetadataSource { copy: Some(copy.clone()), ..source(Origin::File(path.clone())) }];
        });
        rig.clock.forward(clock);
        rig
    };
    let rig = start(Duration::ZERO);
    rig.refresh().expect(409, "metadata_no_not_increased");
    fs::write(&path, blob(8)).unwrap();
    rig.refresh().expect(200, "");
    fs::remove_file(&path).unwrap();
    rig.refresh().expect(502, "metadata_unreachable");
    assert_eq!((&rig.shelf()["no"], &rig.shelf()["last_outcome"]), (&json!(8), &json!("unreachable")));
    drop(rig);
    // Nothing but the copy, five years on: the signing certificate has expired since.
    let rig = start(Duration::days(5 * 365));
    assert_eq!((&rig.shelf()["no"], &rig.shelf()["from_copy"]), (&json!(8), &json!(true)));
    drop(rig);
    // Yesterday's issue does not come back by a restart.
    fs::write(&path, blob(7)).unwrap();
    assert_eq!(start(Duration::ZERO).shelf()["no"], 8);
    // A copy that somebody has changed is none.
    let changed = fs::read_to_string(&copy).unwrap().replace(&blob(8), &wrong(9, MetadataEdit::SignatureBit));
    fs::write(&copy, changed).unwrap();
    assert_eq!(start(Duration::ZERO).shelf()["no"], 7);
}

#[test]
fn an_address_is_asked_only_for_what_is_new() {
    let site = Website::open();
    let page = |no, etag| Page {
        body: blob(no).into_bytes(),
        etag: Some(etag),
        last_modified: Some("Fri, 05 Mar 2027 00:00:00 GMT"),
        ..Page::default()
    };
    site.put("/mds", page(7, "\"a\""));
    let rig = rig(source(Origin::Url(format!("{}/mds", site.url))));
    // Whether the server's own first question came before this one or not.
    let first = rig.refresh();
    assert!([200, 409].contains(&first.status), "{}", first.body);
    assert_eq!(rig.shelf()["no"], 7);
    site.asked();
    rig.refresh().expect(200, "");
    let asked = site.asked();
    assert!(asked.iter().any(|head| head.contains("if-none-match: \"a\"")), "{asked:?}");
    assert!(asked.iter().any(|head| head.contains("if-modified-since: fri, 05 mar 2027")), "{asked:?}");
    assert_eq!(rig.shelf()["last_outcome"], "not_modified");
    site.put("/mds", page(8, "\"b\""));
    assert_eq!(rig.refresh().expect(200, "").body["no"], 8);
    site.put("/mds", Page { status: Some("503 Service Unavailable"), ..Page::default() });
    rig.refresh().expect(502, "metadata_unreachable");
    site.put("/mds", Page { body: wrong(9, MetadataEdit::PayloadChanged).into_bytes(), ..Page::default() });
    rig.refresh().expect(400, "metadata_signature_invalid");
    assert_eq!(rig.shelf()["no"], 8);
}

#[test]
fn revocation_lists_are_fetched_from_where_the_signers_say() {
    let site = Website::open();
    let lab = Lab::new([7; 32], NOW);
    let mut chain = lab.metadata();
    let (of_root, of_intermediate) = (format!("{}/root.crl", site.url), format!("{}/ca.crl", site.url));
    chain.leaf.spec.extra_extensions.push(distribution_points(&[&of_intermediate]));
    let intermediate = chain.intermediate.as_mut().unwrap();
    intermediate.spec.extra_extensions.push(distribution_points(&[&of_root]));
    let intermediate = intermediate.clone();
    let blob = |no| {
        let payload = lab.metadata_payload(&Issue::new(no)).unwrap();
        Lab::sign_metadata(chain.clone(), payload, None).unwrap()
    };
    let list = |spec: ListSpec, key| Page { body: spec.issue(key).unwrap(), ..Page::default() };
    let asking = |demand| {
        let mut trust = trust();
        trust.revocation.demand = demand;
        MetadataSource::new("lab", Origin::Given(self::blob(7)), vec![trust])
    };
    let soft = rig(asking(Demand::Soft));
    assert_eq!(soft.shelf()["revocation_unknown"].as_array().unwrap().len(), 2, "nothing says where");
    soft.offer(&blob(8)).expect(200, "");
    assert_eq!(soft.shelf()["revocation_unknown"].as_array().unwrap().len(), 2, "nothing is there");
    site.put("/root.crl", list(ListSpec::of(&chain.root, NOW), &chain.root.key));
    site.put("/ca.crl", list(ListSpec::of(&intermediate, NOW), &intermediate.key));
    soft.offer(&blob(9)).expect(200, "");
    assert_eq!(soft.shelf()["revocation_unknown"], json!([]));
    let mut taken_back = ListSpec::of(&intermediate, NOW);
    taken_back.revoked = vec![chain.leaf.spec.serial.clone()];
    site.put("/ca.crl", list(taken_back, &intermediate.key));
    soft.offer(&blob(10)).expect(400, "metadata_certificate_revoked");
    assert_eq!(soft.shelf()["no"], 9);
    site.put("/ca.crl", Page { status: Some("500 Oops"), ..Page::default() });
    soft.offer(&blob(10)).expect(200, "");

    let hard = Rig::with(|config| {
        config.metadata.clear();
        let mut source = asking(Demand::Hard);
        source.origin = Origin::Url(format!("{}/mds", site.url));
        config.metadata_sources = vec![source];
    });
    hard.offer(&blob(8)).expect(400, "metadata_revocation_unknown");
    site.put("/ca.crl", list(ListSpec::of(&intermediate, NOW), &intermediate.key));
    hard.offer(&blob(8)).expect(200, "");
    // A stranger's word about where to look is not followed.
    site.asked();
    let payload = lab.metadata_payload(&Issue::new(11)).unwrap();
    let forged = Lab::sign_metadata(chain.clone(), payload, Some(MetadataEdit::SignatureBit)).unwrap();
    hard.offer(&forged).expect(400, "metadata_signature_invalid");
    assert_eq!(site.asked().iter().filter(|head| head.contains(".crl")).count(), 0);
}

#[test]
fn what_nobody_signed_is_taken_from_a_file_alone() {
    let path = file("payload.json");
    let payload = |no| Value::Object(lab().metadata_payload(&Issue::new(no)).unwrap()).to_string();
    fs::write(&path, payload(7)).unwrap();
    let rig = rig(MetadataSource::new("loose", Origin::UnsignedFile(path.clone()), Vec::new()));
    assert_eq!((&rig.shelf()["no"], &rig.shelf()["kind"]), (&json!(7), &json!("unsigned_file")));
    fs::write(&path, payload(8)).unwrap();
    rig.admin().post("/v1/metadata/refresh", &json!({ "source": "loose" })).expect(200, "");
    rig.offer(&blob(9)).expect(404, "metadata_source_unknown");
    let named = json!({ "blob": payload(9), "source": "loose" });
    rig.admin().post("/v1/metadata", &named).expect(404, "metadata_source_unknown");
    assert_eq!(rig.shelf()["no"], 8);
}
