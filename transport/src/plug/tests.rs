use std::fs;
use std::io;
use std::path::Path;

use super::{PlugError, find};

#[test]
fn refusals_say_what_to_do() {
    let path = Path::new("/dev/uhid");
    let rows = [
        (2, "plug_missing", "there is no /dev/uhid: load it"),
        (6, "plug_missing", "there is no /dev/uhid: load it"),
        (19, "plug_missing", "there is no /dev/uhid: load it"),
        (1, "plug_permission", "no permission to open /dev/uhid: ask"),
        (13, "plug_permission", "no permission to open /dev/uhid: ask"),
        (5, "plug_io", "/dev/uhid: Input/output error (os error 5)"),
    ];
    for (number, code, text) in rows {
        let error = PlugError::from_io(path, &io::Error::from_raw_os_error(number), "load it", "ask");
        assert_eq!((error.code(), error.to_string().as_str()), (code, text), "{number}");
    }
}

#[test]
fn a_node_is_found_by_its_serial_number() {
    let root = std::env::temp_dir().join(format!("assay-hidraw-{}", std::process::id()));
    let (class, dev) = (root.join("class"), root.join("dev"));
    fs::create_dir_all(&dev).unwrap();
    for (name, serial) in [("hidraw0", "ONE-11"), ("hidraw1", "ONE-1"), ("hidraw2", "ONE-2")] {
        fs::create_dir_all(class.join(name).join("device")).unwrap();
        fs::write(class.join(name).join("device/uevent"), format!("DRIVER=x\nHID_UNIQ={serial}\nA=b\n")).unwrap();
    }
    fs::write(dev.join("hidraw0"), "").unwrap();
    fs::write(dev.join("hidraw1"), "").unwrap();
    assert_eq!(find(&class, &dev, "ONE-1"), Some(dev.join("hidraw1")));
    // Known to the kernel, and not yet to /dev.
    assert_eq!(find(&class, &dev, "ONE-2"), None);
    assert_eq!(find(&class, &dev, "ONE-3"), None);
    assert_eq!(find(&root.join("nothing"), &dev, "ONE-1"), None);
    fs::remove_dir_all(root).unwrap();
}
