use super::*;

#[test]
fn differences_from_the_twin_are_marked() {
    let good = vec![
        Part::new("client data").field("type", "webauthn.create").field("origin", "https://a"),
        Part::new("statement").field("fmt", "none"),
    ];
    let mut bad = vec![Part::new("client data").field("type", "webauthn.get").field("extra", "1")];
    mark_differences(&mut bad, &good);
    let marks: Vec<_> = bad
        .iter()
        .flat_map(|part| &part.fields)
        .map(|field| (field.name.as_str(), field.value.as_str(), field.twin.as_deref()))
        .collect();
    assert_eq!(
        marks,
        [
            ("type", "webauthn.get", Some("webauthn.create")),
            ("extra", "1", Some("absent")),
            ("origin", "absent", Some("https://a")),
            ("whole", "absent", Some("present")),
        ]
    );
    let mut same = good.clone();
    mark_differences(&mut same, &good);
    assert_eq!(same, good);
}
