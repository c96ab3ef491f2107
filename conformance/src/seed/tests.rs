use super::*;

#[test]
fn a_seed_is_read_and_written_in_hexadecimal() {
    let seed: Seed = "1f".parse().unwrap();
    assert_eq!(seed.as_bytes()[31], 0x1f);
    assert_eq!(seed.to_string().parse(), Ok(seed));
    for bad in ["", "xy", "+1", &"0".repeat(65), "é"] {
        assert_eq!(bad.parse::<Seed>(), Err(NotASeed), "{bad}");
    }
}

#[test]
fn the_same_seed_draws_the_same_bytes() {
    let seed = Seed::new([7; 32]);
    let (mut one, mut two) = (Random::new(seed), Random::new(seed));
    assert_eq!(one.bytes(100), two.bytes(100));
    assert_eq!(one.word(12), two.word(12));
    assert_ne!(one.block(), one.block());
    assert_ne!(seed.derive("a"), seed.derive("b"));
}
