//! How the time of a reader grows with its input: under `--long` alone, since a clock is asked, if
//! that of the thread's own work. Eight times the input may cost eight times as much; squares would
//! be sixty-four times.

use std::hint::black_box;
use std::time::Duration;

use assay::inspect::dissect;
use assay::verify::decide_text;
use assay::why::{Given, why};
use assay_attestation::certificate::Certificate;
use assay_attestation::metadata::{Metadata, Trust};
use assay_attestation::revocation::RevocationList;
use assay_dbsc::cookie::SetCookie;
use assay_dbsc::headers::{challenge, registration};
use assay_mint::certificate::CertificateSpec;
use assay_mint::certificate::extension::Extension;
use assay_mint::registration::RegistrationForge;
use assay_mint::revocation::ListSpec;
use assay_protocol::base64url;
use assay_protocol::tree::{cbor, der, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use crate::support::lines::{CHALLENGE, RP_ID, lab, now};

/// Something that reads, and inputs of a size for it.
type Row = (&'static str, fn(usize) -> Vec<u8>, fn(&[u8]));

#[test]
fn nothing_grows_faster_than_its_input() {
    if std::env::var_os("ASSAY_LONG").is_none() {
        return;
    }
    let mut wrong = Vec::new();
    for (name, make, read) in ROWS {
        let (small, large) = (make(SIZE), make(8 * SIZE));
        let cost = |input: &[u8]| (0..5).map(|_| time(|| read(input))).min().unwrap();
        let (little, much) = (cost(&small), cost(&large));
        println!("{name}: {} bytes {little:?}, {} bytes {much:?}", small.len(), large.len());
        let by_size = u32::try_from(large.len().div_ceil(small.len())).unwrap();
        if much > 3 * by_size * little + Duration::from_millis(1) {
            wrong.push(format!("{name}: {little:?} for {} bytes, {much:?} for {}", small.len(), large.len()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const SIZE: usize = 2_000;

const ROWS: &[Row] = &[
    ("cbor, keys in order", |n| cbor_map(n, |at| at), tree),
    ("cbor, keys the other way", |n| cbor_map(n, |at| 100_000 - at), tree),
    ("cbor, one key", |n| cbor_map(n, |_| 7), tree),
    ("cbor, a map as a key of a map", nested_keys, tree),
    ("cbor, chunks", |n| [&[0x5f], [0x41, 0x00].repeat(n).as_slice(), &[0xff]].concat(), tree),
    ("json, members", |n| json_object(n, |at| at), object),
    ("json, one member", |n| json_object(n, |_| 7), object),
    ("json, escapes", |n| format!("\"{}\"", "\\ud800".repeat(n)).into_bytes(), object),
    ("json, not UTF-8", |n| [&b"["[..], &b"\"\xff\",".repeat(n), b"0]"].concat(), object),
    ("der, children", |n| der::write::tagged(0x30, &[0x02, 0x01, 0x00].repeat(n)), values),
    ("der, long tags", |n| der::write::tagged(0x30, &[0x1f, 0x80, 0x80, 0x01, 0x00].repeat(n)), values),
    ("certificate, names", |n| certificate(|spec| spec.dns_names = names(n)), x509),
    ("certificate, extensions", |n| certificate(|spec| spec.extra_extensions = extensions(n)), x509),
    ("revocation list", revocation_list, |list| drop(black_box(RevocationList::parse(list)))),
    ("metadata, models", |n| payload(n, |at| at), metadata),
    ("metadata, one model", |n| payload(n, |_| 0), metadata),
    ("metadata, x5c", x5c, blob),
    ("inspect, cbor", |n| cbor_map(n, |at| at), inspect),
    ("inspect, json", |n| json_object(n, |at| at), inspect),
    ("inspect, text", |n| "word ".repeat(n).into_bytes(), inspect),
    ("inspect, hexadecimal", |n| "a1".repeat(n).into_bytes(), inspect),
    ("why, json", |n| json_object(n, |at| at), explain),
    ("why, text", |n| "word ".repeat(n).into_bytes(), explain),
    ("why, braces", |n| "{a} { ".repeat(n).into_bytes(), explain),
    ("why, a dump", dump, explain),
    ("why, ceremonies and options", ceremonies, explain),
    ("verify, members", |n| json_object(n, |at| at), |line| drop(black_box(decide_text(line, 1, now())))),
    ("dbsc, members", |n| vec!["(ES256);path=\"/x\";challenge=\"c\""; n].join(", ").into_bytes(), headers),
    (
        "dbsc, parameters",
        |n| ["(ES256)", &(0..n).map(|at| format!(";k{at}")).collect::<String>()].concat().into(),
        headers,
    ),
    ("cookie, attributes", |n| ["a=b", &";Domain=a.example".repeat(n)].concat().into(), cookie),
];

/// A map with so many keys.
pub(super) fn cbor_map(count: usize, key: impl Fn(usize) -> usize) -> Vec<u8> {
    let head = |major: u8, number: usize| {
        [&[major << 5 | 26], u32::try_from(number).unwrap().to_be_bytes().as_slice()].concat()
    };
    let entries = (0..count).flat_map(|at| [head(0, 65_536 + key(at)), vec![0x00]].concat());
    [head(5, count), entries.collect()].concat()
}

/// An object with so many members.
pub(super) fn json_object(count: usize, name: impl Fn(usize) -> usize) -> Vec<u8> {
    let members: Vec<String> = (0..count).map(|at| format!("\"k{}\":0", name(at))).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

fn nested_keys(count: usize) -> Vec<u8> {
    (0..10)
        .fold(cbor_map(count, |at| 100_000 - at), |inner, _| [&[0xa2], inner.as_slice(), &[0x00, 0x00, 0x00]].concat())
}

fn certificate(change: impl FnOnce(&mut CertificateSpec)) -> Vec<u8> {
    let mut chain = lab().model(assay_mint::lab::MODEL);
    change(&mut chain.leaf.spec);
    chain.issue().unwrap().leaf
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("h{at}.example")).collect()
}

fn extensions(count: usize) -> Vec<Extension> {
    let id = |at: usize| vec![1, 2, 3, u64::try_from(at).unwrap()];
    (0..count).map(|at| Extension { oid: id(at), critical: false, value: vec![0x05, 0x00] }).collect()
}

fn revocation_list(count: usize) -> Vec<u8> {
    let root = lab().metadata().root;
    let mut list = ListSpec::of(&root, lab().now());
    list.revoked = (0..count).map(|at| at.to_be_bytes().to_vec()).collect();
    list.issue(&root.key).unwrap()
}

fn payload(count: usize, model: impl Fn(usize) -> usize) -> Vec<u8> {
    let entry = |at| json!({"aaguid": format!("5e570000-0000-4000-8000-{:012x}", 1 + model(at)), "statusReports": []});
    let entries: Vec<_> = (0..count).map(entry).collect();
    json!({"legalHeader": "x", "no": 7, "nextUpdate": "2027-01-01", "entries": entries}).to_string().into_bytes()
}

fn x5c(count: usize) -> Vec<u8> {
    let one = STANDARD.encode(certificate(|_| {}));
    let header = json!({"alg": "ES256", "x5c": vec![one; count / 20]}).to_string();
    format!("{}.e30.AAAA", base64url::encode(header.as_bytes())).into_bytes()
}

fn dump(count: usize) -> Vec<u8> {
    let items: Vec<String> = (0..count).map(|at| format!("{at}: 1")).collect();
    format!("ArrayBuffer({count}) {{{}}}", items.join(", ")).into_bytes()
}

fn ceremonies(count: usize) -> Vec<u8> {
    let response = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE).forge().unwrap().text;
    let options = json!({"publicKey": {
        "rp": {"id": RP_ID, "name": "E"}, "user": {"id": "AAAA", "name": "a", "displayName": "A"},
        "challenge": base64url::encode(&[1; 32]), "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    }});
    let (responses, options) = (vec![response; count / 40], vec![options.to_string(); count / 40]);
    format!("[{},{}]", responses.join(","), options.join(",")).into_bytes()
}

fn tree(input: &[u8]) {
    drop(black_box(cbor::read(input)));
}

fn object(input: &[u8]) {
    let root = json::read(input).root;
    drop(black_box(root.map(|root| (root.duplicate_member().is_some(), root.to_serde()))));
}

fn values(input: &[u8]) {
    drop(black_box(der::read(input)));
}

fn x509(input: &[u8]) {
    let read = Certificate::parse(input).unwrap();
    black_box((read.bears("a.example"), read.aaguid().is_ok(), read.key_identifier()));
}

fn metadata(input: &[u8]) {
    drop(black_box(Metadata::load_unsigned_json(input, None).unwrap()));
}

fn blob(input: &[u8]) {
    let text = std::str::from_utf8(input).unwrap();
    black_box(Metadata::load(text, &Trust::fido(), None, now()).unwrap_err());
}

fn inspect(input: &[u8]) {
    drop(black_box(dissect(input)));
}

fn explain(input: &[u8]) {
    drop(black_box(why(input, &Given::default(), now())));
}

fn headers(input: &[u8]) {
    let text = std::str::from_utf8(input).unwrap();
    drop(black_box((registration::parse(text), challenge::parse(text))));
}

fn cookie(input: &[u8]) {
    drop(black_box(SetCookie::parse(std::str::from_utf8(input).unwrap())));
}

/// The processor's time that this thread has had for it.
fn time(work: impl FnOnce()) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let before = now();
    work();
    now().saturating_sub(before)
}
