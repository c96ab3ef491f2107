use super::*;

#[test]
fn reports_are_written_without_the_zeros_at_their_end() {
    let mut report = [0; 64];
    report[..3].copy_from_slice(&[0xff, 0, 0x86]);
    assert_eq!(read("> ff0086").unwrap(), (Direction::Sent, report));
    assert_eq!(read("< ").unwrap(), (Direction::Received, [0; 64]));
    for line in ["", "ff", "= ff", "> f", "> fg", &format!("> {}", "00".repeat(65)), "> \u{e9}\u{e9}"] {
        assert!(read(line).is_err(), "{line:?}");
    }
}
