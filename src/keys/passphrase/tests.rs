use serde_json::{Value, json};

use super::{Passphrase, derive};

/// RFC 9106 5.3 has a secret and associated data; without them OpenSSL gives the secret with this id.
#[test]
fn the_secret_is_what_argon2id_makes() {
    let secret = derive("correct horse", b"sixteen bytes!!!", (64, 2, 4)).unwrap();
    assert_eq!(serde_json::to_value(secret.id()).unwrap(), json!("Ih6uv2xsD7Y"));
}

#[test]
fn only_the_right_one_unlocks() {
    let made = Passphrase::new("correct horse").unwrap();
    let text = serde_json::to_string(&made).unwrap();
    let read: Passphrase = serde_json::from_str(&text).unwrap();
    assert_eq!(read, made);
    assert!(read.unlock("correct horse").unwrap().is_some());
    for wrong in ["", "correct horse ", "battery staple"] {
        assert!(read.unlock(wrong).unwrap().is_none(), "{wrong:?}");
    }
    // Each has a salt of its own.
    let again = Passphrase::new("correct horse").unwrap();
    assert_ne!((&again.salt, again.secret), (&made.salt, made.secret));
    assert!(Passphrase::new("").unwrap_err().to_string().contains("at least one character"));
}

#[test]
fn parameters_out_of_reason_are_refused() {
    let good = json!({
        "algorithm": "argon2id", "memory_kib": 64, "passes": 1, "lanes": 1, "salt": "AAAAAAAAAAA", "secret": "AAAAAAAAAAA",
    });
    let unlock = |value: &Value| -> Result<(), String> {
        let read: Passphrase = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        read.unlock("x").map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(unlock(&good), Ok(()));
    for (member, value, reason) in [
        ("memory_kib", json!(u32::MAX), "more than is spent"),
        ("passes", json!(65), "more than is spent"),
        ("passes", json!(0), "Argon2id"),
        ("memory_kib", json!(1), "Argon2id"),
        ("lanes", json!(u32::MAX), "Argon2id"),
        ("salt", json!("AAAA"), "Argon2id"),
        ("salt", json!("A"), "characters"),
        ("secret", json!("AAAA"), "8 bytes"),
        ("algorithm", json!("argon2d"), "argon2d"),
        ("pepper", json!(1), "pepper"),
    ] {
        let mut wrong = good.clone();
        wrong[member] = value;
        let said = unlock(&wrong).unwrap_err();
        assert!(said.contains(reason), "{member}: {said}");
    }
}
