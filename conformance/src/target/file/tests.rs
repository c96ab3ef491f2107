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

/// Every example is a target file that says what its text says.
#[test]
fn the_documented_shapes_are_read() {
    let page = include_str!("../../../../docs/target-files.md");
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let files: Vec<TargetFile> =
        blocks.filter(|block| block.contains("kind =")).map(|block| toml::from_str(block).unwrap()).collect();
    assert_eq!(files.len(), 4);
    let [_, example, rest, form] = files.as_slice() else { unreachable!() };
    assert_eq!(example.endpoints.begin_registration, "GET /generate-registration-options");
    assert!(example.answers.verifies(Some(&serde_json::json!({"verified": true}))));
    assert!(!example.answers.verifies(Some(&serde_json::json!({"verified": false}))));
    assert!(!example.answers.verifies(None));
    let wrapped = serde_json::json!({"ceremony": "c", "client": {"publicKey": {"challenge": "AA"}}});
    assert_eq!(rest.answers.options_in(&wrapped), Some(serde_json::json!({"challenge": "AA"})));
    assert_eq!(form.kept_headers().collect::<Vec<_>>(), [("x-csrftoken", "{csrf}")]);
    assert_eq!(form.resolved_headers().unwrap(), [], "what is kept is no constant");
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
