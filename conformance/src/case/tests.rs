use super::*;

fn case(id: &str) -> Case<()> {
    Case::new(id, "title", "clause", Level::Must, |(), _| Ok(Pass::plain("yes")))
}

#[test]
fn an_id_is_divided_into_group_and_name() {
    let header = case("registration/client-data/type-get").header;
    assert_eq!(header.group(), "registration/client-data");
    assert_eq!(header.name(), "type-get");
    assert_eq!(case("alone").header.group(), "");
}

#[test]
fn a_suite_names_its_own_faults() {
    let suite = Suite::new("s", "S").with([case("a/b"), case("a/b"), case("A b"), case("a/c").twin("a/nowhere")]);
    let faults = suite.faults();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(Suite::new("s", "S").with([case("a/b"), case("a/c").twin("a/b")]).faults().is_empty());
}
