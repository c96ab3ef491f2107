use super::*;

#[test]
fn the_documented_example_is_read() {
    let page = include_str!("../../../../docs/target-files.md");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let file: TargetFile = toml::from_str(example).unwrap();
    assert_eq!(file.kind, Kind::RelyingParty);
    assert_eq!(file.dialect, Dialect::FidoRest);
    assert!(file.features.contains("lab-anchors"));
    assert_eq!(file.known_failures.len(), 1);
    assert!(matches!(file.headers["authorization"], HeaderValue::Env { .. }));
    assert!(!file.answers.codes.is_empty());
}

#[test]
fn little_is_enough_and_unknown_members_are_refused() {
    let little = "name = 'rp'\nkind = 'relying-party'\naddress = 'http://localhost:1'\n";
    let file: TargetFile = toml::from_str(little).unwrap();
    assert_eq!(file, TargetFile::relying_party("rp", "http://localhost:1", Dialect::FidoRest));
    assert!(toml::from_str::<TargetFile>(&format!("{little}colour = 'red'\n")).is_err());
}

#[test]
fn secrets_come_from_outside() {
    let mut file = TargetFile::relying_party("rp", "http://localhost:1", Dialect::FidoRest);
    let secret = env::temp_dir().join(format!("assay-secret-{}", std::process::id()));
    fs::write(&secret, "s3cret\n").unwrap();
    file.headers.insert(
        String::from("authorization"),
        HeaderValue::File { file: secret.clone(), prefix: String::from("Bearer ") },
    );
    assert_eq!(file.resolved_headers().unwrap()[0].1, "Bearer s3cret");
    fs::remove_file(secret).unwrap();
    file.headers.insert(
        String::from("authorization"),
        HeaderValue::Env { env: String::from("ASSAY_NO_SUCH_VARIABLE"), prefix: String::new() },
    );
    assert_eq!(file.resolved_headers().unwrap_err().code(), "target_file_variable");
}
