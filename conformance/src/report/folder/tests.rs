use super::*;
use crate::report::Facts;

fn scratch(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("assay-folder-{name}-{}", process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir(&path).unwrap();
    path
}

fn report(target: &str) -> Report {
    let facts = Facts { target: target.to_owned(), ..Facts::default() };
    Report::new(facts, Vec::new())
}

#[test]
fn a_folder_is_replaced_as_a_whole() {
    let root = scratch("whole");
    let place = root.join("deep/report");
    write_all(&report("one"), &place).unwrap();
    fs::write(place.join("leftover"), "x").unwrap();
    write_all(&report("two"), &place).unwrap();
    let mut names: Vec<_> =
        fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["junit.xml", "report.html", "report.json", "report.txt"]);
    let json = fs::read_to_string(place.join("report.json")).unwrap();
    assert_eq!(json::from_str(&json).unwrap(), report("two"));
    assert_eq!(fs::read_dir(root.join("deep")).unwrap().count(), 1, "nothing left beside it");
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let root = scratch("foreign");
    fs::write(root.join("thesis.txt"), "do not lose").unwrap();
    assert_eq!(write_all(&report("one"), &root).unwrap_err().code(), "report_folder_not_ours");
    assert!(root.join("thesis.txt").exists());
    assert!(matches!(write_all(&report("one"), &root.join("thesis.txt")), Err(FolderError::NotOurs(_))));
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn an_abandoned_folder_leaves_nothing() {
    let root = scratch("abandoned");
    let folder = Folder::begin(&root.join("report")).unwrap();
    folder.write("x", b"y").unwrap();
    drop(folder);
    assert_eq!(fs::read_dir(&root).unwrap().count(), 0);
    fs::remove_dir_all(root).unwrap();
}
