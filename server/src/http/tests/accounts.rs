use serde_json::json;

use super::rig::Rig;
use crate::config::PolicyEngine;

#[test]
fn clients_are_known_by_their_secret() {
    let rig = Rig::new();
    let credentials = rig.handle.bootstrap.client.clone().unwrap();
    let path = format!("/v1/attestation/policy?tenant_id={}", rig.tenant());
    let nobody = rig.browser();
    let answer = nobody.get(&path).expect(401, "unauthorized");
    assert!(answer.headers["www-authenticate"].starts_with("Basic "));
    nobody.with_basic(&credentials.client_id, "wrong").get(&path).expect(401, "unauthorized");
    nobody.with_basic("cli_nobody", &credentials.client_secret).get(&path).expect(401, "unauthorized");
    nobody.with_basic(&credentials.client_id, &credentials.client_secret).get(&path).expect(200, "");
    // Wrong credentials are not the same as none, where none are needed.
    let request = json!({ "username": "alice" });
    nobody
        .with_basic(&credentials.client_id, "wrong")
        .post("/attestation/options", &request)
        .expect(401, "unauthorized");
}

#[test]
fn an_admin_makes_tenants_and_clients() {
    let rig = Rig::new();
    let admin = rig.admin();
    let tenant = admin.post("/v1/tenants", &json!({ "name": "other" })).expect(201, "").body;
    let tenant_id = tenant["tenant_id"].as_str().unwrap();
    let request = json!({ "tenant_id": tenant_id, "capabilities": ["attestation", "audit"] });
    let client = admin.post("/v1/clients", &request).expect(201, "").body;
    let other =
        rig.browser().with_basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    other.post("/v1/tenants", &json!({})).expect(403, "forbidden");
    other.post("/v1/clients", &json!({})).expect(403, "forbidden");
    admin.post("/v1/clients", &json!({ "tenant_id": "ten_nobody" })).expect(404, "tenant_unknown");
    admin.post("/v1/clients", &json!({ "capabilities": ["flight"] })).expect(400, "invalid_request");

    // What belongs to one tenant is nobody else's.
    let (registered, credential) = rig.browser().register("alice");
    assert_eq!(admin.get("/v1/credentials").body["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(other.get("/v1/credentials").body["credentials"], json!([]));
    let user_id = registered["user_id"].as_str().unwrap();
    other.get(&format!("/v1/credentials?user_id={user_id}")).expect(404, "user_unknown");
    let events = other.get("/v1/audit").body["events"].as_array().unwrap().clone();
    assert!(events.iter().all(|line| line["tenant_id"] == tenant_id));
    let (_, forge) = other.authentication("/v1/authentication/options", &json!({}), &credential);
    other.post_text("/v1/authentication/verify", forge.forge().unwrap().text).expect(400, "credential_unknown");
}

#[test]
fn the_audit_log_is_paged_and_filtered() {
    let rig = Rig::new();
    let browser = rig.browser();
    for name in ["a", "b", "c"] {
        browser.register(name);
    }
    let admin = rig.admin();
    let all = admin.get("/v1/audit?limit=1000").body;
    assert_eq!(all["next"], json!(null));
    let all: Vec<u64> = all["events"].as_array().unwrap().iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert!(all.is_sorted() && all.len() > 8);
    let (mut paged, mut after) = (Vec::new(), json!(0));
    while !after.is_null() {
        let page = admin.get(&format!("/v1/audit?limit=3&after={after}")).body;
        paged.extend(page["events"].as_array().unwrap().iter().map(|line| line["seq"].as_u64().unwrap()));
        after = page["next"].clone();
    }
    assert_eq!(paged, all);
    assert_eq!(
        admin.get("/v1/audit?event_type=credential.registered&outcome=pass").body["events"].as_array().unwrap().len(),
        3
    );
    for query in ["event_type=nothing", "outcome=maybe", "after=-1", "limit=x", "what=1", "limit=1&limit=2"] {
        admin.get(&format!("/v1/audit?{query}")).expect(400, "invalid_request");
    }
    let client = admin.post("/v1/clients", &json!({ "capabilities": [] })).expect(201, "").body;
    let weak = browser.with_basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    weak.get("/v1/audit").expect(403, "forbidden");
}

#[test]
fn secrets_are_not_kept() {
    let folder = std::env::temp_dir().join(format!("assay-secrets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("lab.sqlite");
    let rig = Rig::with(|config| config.database = crate::Database::File(path));
    let browser = rig.browser();
    let (_, credential) = browser.register("alice");
    let (answer, _) = browser.sign_in("alice", &credential);
    let session = answer.headers["set-cookie"].split(['=', ';']).nth(1).unwrap().to_owned();
    let secret = rig.handle.bootstrap.client.clone().unwrap().client_secret;
    rig.handle.stop();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for needle in [&secret, &session] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()));
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_there_is_told() {
    let rig = Rig::with(|config| config.policy_engine = PolicyEngine::NotWired);
    let browser = rig.browser();
    assert_eq!(browser.get("/healthz").expect(200, "").body, json!({ "status": "ok" }));
    let told = browser.get("/v1/capabilities").expect(200, "").body;
    let expected = [
        ("server", json!("assay")),
        ("profile", json!("hardened")),
        ("without", json!([])),
        ("formats", json!(["none", "packed", "fido-u2f", "tpm", "android-key", "apple", "compound"])),
        ("algorithms", json!([-8, -7, -257])),
        ("policy_engine", json!(false)),
    ];
    for (member, value) in expected {
        assert_eq!(told[member], value, "{member}");
    }
    assert_eq!((&told["metadata"][0]["no"], &told["metadata"][0]["age"]), (&json!(7), &json!("fresh")));

    let lenient = Rig::with(|config| config.without = vec!["android_safetynet_deprecated"]);
    let told = lenient.browser().get("/v1/capabilities").expect(200, "").body;
    assert!(told["formats"].as_array().unwrap().contains(&json!("android-safetynet")));
}

#[test]
fn a_restart_keeps_what_was_acknowledged() {
    let folder = std::env::temp_dir().join(format!("assay-restart-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("lab.sqlite");
    let start = || Rig::with(|config| config.database = crate::Database::File(path.clone()));
    let rig = start();
    let (tenant, admin) = (rig.tenant().to_owned(), rig.handle.bootstrap.client.clone().unwrap());
    let (_, credential) = rig.browser().register("alice");
    rig.handle.stop();
    let rig = start();
    assert_eq!(rig.tenant(), tenant);
    assert_eq!(rig.handle.bootstrap.client, None);
    let admin = rig.browser().with_basic(&admin.client_id, &admin.client_secret);
    assert_eq!(admin.get("/v1/credentials").body["credentials"].as_array().unwrap().len(), 1);
    rig.browser().sign_in("alice", &credential);
    rig.handle.stop();
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn stopping_does_not_wait_for_idle_connections() {
    use std::io::{Read as _, Write as _};
    let rig = Rig::new();
    let mut idle = std::net::TcpStream::connect(rig.handle.addr).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let addr = rig.handle.addr;
    let begun = std::time::Instant::now();
    rig.handle.stop();
    assert!(begun.elapsed() < std::time::Duration::from_secs(3));
    assert!(std::net::TcpStream::connect(addr).is_err());
}

#[test]
fn what_is_no_http_disturbs_nobody() {
    use std::io::Write as _;
    let rig = Rig::new();
    for bytes in [
        &b"\0\0\0\0"[..],
        b"GET",
        b"POST /attestation/options HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n\r\n",
    ] {
        std::net::TcpStream::connect(rig.handle.addr).unwrap().write_all(bytes).unwrap();
    }
    rig.browser().get("/healthz").expect(200, "");
}
