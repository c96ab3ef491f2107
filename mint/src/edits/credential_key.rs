use assay_protocol::cose::{alg, kty};
use ciborium::Value;

use super::wire;
use crate::draft::CredentialKeyDraft;
use crate::keys::SigningKey;

edits! {
    /// Edits of the credential public key (WebAuthn L3 5.8.5 and 6.5.1, RFC 9053, RFC 8230).
    ///
    /// All of them suit a registration whose statement is not signed by the credential itself.
    pub enum CredentialKeyEdit on CredentialKeyDraft {
        KtyMissing = "credential-key-kty-missing", Wrong, "`kty` is missing", |d| d.members.remove(1);
        KtyNotInteger = "credential-key-kty-not-integer", Wrong, "`kty` is a text", |d| d.members.set(1, "EC2");
        KtyRsa = "credential-key-kty-rsa", Wrong, "`kty` says RSA over a curve's coordinates", |d| d.members.set(1, 3);
        KtyOkp = "credential-key-kty-okp", Wrong, "`kty` says OKP over two coordinates", |d| d.members.set(1, 1);
        KtySymmetric = "credential-key-kty-symmetric", Wrong, "`kty` says symmetric", |d| d.members.set(1, 4);
        AlgMissing = "credential-key-alg-missing", Wrong, "`alg` is missing", |d| d.members.remove(3);
        AlgNotInteger = "credential-key-alg-not-integer", Wrong, "`alg` is a text", |d| d.members.set(3, "ES256");
        AlgNotOffered = "credential-key-alg-not-offered", Wrong, "a P-384 key with ES384, which was not offered", |d| d.replace(&SigningKey::p384(&d.seed));
        AlgUnknown = "credential-key-alg-unknown", Wrong, "`alg` is nobody's number", |d| d.members.set(3, -65_000);
        AlgOtherKind = "credential-key-alg-other-kind", Wrong, "`alg` says RS256 over a curve's key", |d| d.members.set(3, -257);
        CurveMissing = "credential-key-curve-missing", Wrong, "`crv` is missing", |d| d.members.remove(-1);
        CurveNotInteger = "credential-key-curve-not-integer", Wrong, "`crv` is a text", |d| d.members.set(-1, "P-256");
        CurveLabel = "credential-key-curve-label", Wrong, "`crv` says P-384 over P-256 coordinates", |d| d.members.set(-1, 2);
        CurveSecp256k1 = "credential-key-curve-secp256k1", Wrong, "`crv` says secp256k1 under ES256", |d| d.members.set(-1, 8);
        CurveP384 = "credential-key-curve-p384", Wrong, "a true P-384 key under ES256", curve_p384;
        CurveX25519 = "credential-key-curve-x25519", Wrong, "an Ed25519 key whose `crv` says X25519", |d| ed25519(d, 4);
        CurveEd448 = "credential-key-curve-ed448", Wrong, "an Ed25519 key whose `crv` says Ed448", |d| ed25519(d, 7);
        XMissing = "credential-key-x-missing", Wrong, "`x` is missing", |d| d.members.remove(-2);
        XNotBytes = "credential-key-x-not-bytes", Wrong, "`x` is a text", |d| d.members.set(-2, "x");
        XShort = "credential-key-x-short", Wrong, "`x` lacks its last byte", |d| coordinate(d, -2, |c| { c.pop(); });
        XLong = "credential-key-x-long", Wrong, "`x` has a leading zero byte", |d| coordinate(d, -2, |c| c.insert(0, 0));
        XEmpty = "credential-key-x-empty", Wrong, "`x` is empty", |d| coordinate(d, -2, Vec::clear);
        YMissing = "credential-key-y-missing", Wrong, "`y` is missing", |d| d.members.remove(-3);
        YNotBytes = "credential-key-y-not-bytes", Wrong, "`y` is a number", |d| d.members.set(-3, 1);
        YShort = "credential-key-y-short", Wrong, "`y` lacks its last byte", |d| coordinate(d, -3, |c| { c.pop(); });
        YLong = "credential-key-y-long", Wrong, "`y` has a leading zero byte", |d| coordinate(d, -3, |c| c.insert(0, 0));
        YCompressed = "credential-key-y-compressed", Wrong, "`y` is a sign bit: a compressed point", |d| d.members.set(-3, true);
        OffCurve = "credential-key-off-curve", Wrong, "the point is not on the curve", |d| coordinate(d, -3, |c| flip(c));
        Infinity = "credential-key-infinity", Wrong, "both coordinates are zero", |d| { coordinate(d, -2, |c| c.fill(0)); coordinate(d, -3, |c| c.fill(0)); };
        NotReduced = "credential-key-not-reduced", Wrong, "`x` is not below the field's prime", |d| coordinate(d, -2, |c| c.fill(0xff));
        Swapped = "credential-key-swapped", Wrong, "`x` and `y` are exchanged", swapped;
        PrivateMember = "credential-key-private-member", Wrong, "the private key is in it", |d| d.members.push(-4, vec![7; 32]);
        KeyId = "credential-key-key-id", Wrong, "an optional member, `kid`", |d| optional(d, 1, 2.into(), Value::Bytes(vec![1]));
        KeyOperations = "credential-key-key-operations", Wrong, "an optional member, `key_ops`", |d| optional(d, 2, 4.into(), Value::Array(vec![2.into()]));
        UnknownMember = "credential-key-unknown-member", Wrong, "a member that nobody knows", |d| d.members.push(-70_000, 1);
        DuplicateAlg = "credential-key-duplicate-alg", Wrong, "`alg` twice", |d| d.members.repeat(3);
        DuplicateX = "credential-key-duplicate-x", Wrong, "`x` twice", |d| d.members.repeat(-2);
        Order = "credential-key-order", Debated, "the members in reverse order, against the canonical form", |d| d.members.0.reverse();
        LongHeader = "credential-key-long-header", Debated, "the map's length in more bytes than needed", |d| d.finish = Some(wire::long_map_header);
        LongInteger = "credential-key-long-integer", Debated, "`kty` in more bytes than needed", |d| d.finish = Some(long_integer);
        Indefinite = "credential-key-indefinite", Debated, "a map of indefinite length", |d| d.finish = Some(wire::indefinite_map);
        Tagged = "credential-key-tagged", Wrong, "a tag around the key", |d| d.finish = Some(wire::tagged);
        NotMap = "credential-key-not-map", Wrong, "an array in the key's place", |d| d.finish = Some(|_| vec![0x80]);
        NotCbor = "credential-key-not-cbor", Wrong, "a reserved byte in the key's place", |d| d.finish = Some(|_| vec![0xfc]);
        Sec1 = "credential-key-sec1", Wrong, "the bare point in the key's place", |d| d.finish = Some(sec1);
        EdDsaOnP256 = "credential-key-eddsa-on-p256", Wrong, "`alg` says EdDSA over a P-256 key", |d| d.members.set(3, -8);
        Es256OnEd25519 = "credential-key-es256-on-ed25519", Wrong, "`alg` says ES256 over an Ed25519 key", |d| { ed25519(d, 6); d.members.set(3, -7); };
        Ed25519WithY = "credential-key-ed25519-with-y", Wrong, "an Ed25519 key with a second coordinate", |d| { ed25519(d, 6); d.members.push(-3, vec![1; 32]); };
        Ed25519Short = "credential-key-ed25519-short", Wrong, "an Ed25519 key of 31 bytes", |d| { ed25519(d, 6); coordinate(d, -2, |c| { c.pop(); }); };
        RsaModulusMissing = "credential-key-rsa-modulus-missing", Wrong, "an RSA key without `n`", |d| { rsa(d); d.members.remove(-1); };
        RsaModulusNotBytes = "credential-key-rsa-modulus-not-bytes", Wrong, "an RSA key whose `n` is a text", |d| { rsa(d); d.members.set(-1, "n"); };
        RsaModulusEmpty = "credential-key-rsa-modulus-empty", Wrong, "an RSA key whose `n` is empty", |d| { rsa(d); coordinate(d, -1, Vec::clear); };
        RsaModulusEven = "credential-key-rsa-modulus-even", Wrong, "an RSA key whose `n` is even", |d| { rsa(d); coordinate(d, -1, |n| if let Some(last) = n.last_mut() { *last &= 0xfe; }); };
        RsaModulusLeadingZero = "credential-key-rsa-modulus-leading-zero", Wrong, "an RSA key whose `n` has a leading zero byte", |d| { rsa(d); coordinate(d, -1, |n| n.insert(0, 0)); };
        RsaModulusSmall = "credential-key-rsa-modulus-small", Debated, "an RSA key of 1024 bits", |d| { rsa(d); coordinate(d, -1, |n| { n.truncate(128); if let Some(last) = n.last_mut() { *last |= 1; } }); };
        RsaExponentMissing = "credential-key-rsa-exponent-missing", Wrong, "an RSA key without `e`", |d| { rsa(d); d.members.remove(-2); };
        RsaExponentNotBytes = "credential-key-rsa-exponent-not-bytes", Wrong, "an RSA key whose `e` is a number", |d| { rsa(d); d.members.set(-2, 65_537); };
        RsaExponentEven = "credential-key-rsa-exponent-even", Wrong, "an RSA key whose `e` is even", |d| { rsa(d); d.members.set(-2, vec![1, 0, 0]); };
        RsaExponentOne = "credential-key-rsa-exponent-one", Wrong, "an RSA key whose `e` is one", |d| { rsa(d); d.members.set(-2, vec![1]); };
        RsaPrivateMember = "credential-key-rsa-private-member", Wrong, "an RSA key with its private exponent", |d| { rsa(d); d.members.push(-3, vec![7; 256]); };
        OnP256 = "credential-key-on-p256", Wrong, "a true P-256 key under an algorithm that is not for it", on_p256;
        Es256OnP521 = "credential-key-es256-on-p521", Wrong, "a true P-521 key under ES256", |d| under(d, alg::ES512, alg::ES256);
        Es256OnSecp256k1 = "credential-key-es256-on-secp256k1", Wrong, "a true secp256k1 key under ES256", |d| under(d, alg::ES256K, alg::ES256);
        Es256OfSecp256k1 = "credential-key-es256-of-secp256k1", Wrong, "a point of secp256k1 under ES256 and P-256", |d| { under(d, alg::ES256K, alg::ES256); d.members.set(-1, 1); };
        Es384OnP256 = "credential-key-es384-on-p256", Wrong, "a true P-256 key under ES384", |d| under(d, alg::ES256, alg::ES384);
        Es384OnP521 = "credential-key-es384-on-p521", Wrong, "a true P-521 key under ES384", |d| under(d, alg::ES512, alg::ES384);
        Es512OnP256 = "credential-key-es512-on-p256", Wrong, "a true P-256 key under ES512", |d| under(d, alg::ES256, alg::ES512);
        Es512OnP384 = "credential-key-es512-on-p384", Wrong, "a true P-384 key under ES512", |d| under(d, alg::ES384, alg::ES512);
        Es256kOnP256 = "credential-key-es256k-on-p256", Wrong, "a true P-256 key under ES256K", |d| under(d, alg::ES256, alg::ES256K);
        Es256kOfP256 = "credential-key-es256k-of-p256", Wrong, "a point of P-256 under ES256K and secp256k1", |d| { under(d, alg::ES256, alg::ES256K); d.members.set(-1, 8); };
        Esp256OnP384 = "credential-key-esp256-on-p384", Wrong, "a true P-384 key under ESP256", |d| under(d, alg::ES384, alg::ESP256);
        EdDsaOnEd448 = "credential-key-eddsa-on-ed448", Wrong, "a true Ed448 key under EdDSA", |d| under(d, alg::ED448, alg::EDDSA);
        Ed25519OnEd448 = "credential-key-ed25519-on-ed448", Wrong, "a true Ed448 key under Ed25519", |d| under(d, alg::ED448, alg::ED25519);
        Ed448OnEd25519 = "credential-key-ed448-on-ed25519", Wrong, "a true Ed25519 key under Ed448", |d| under(d, alg::EDDSA, alg::ED448);
        P384OffCurve = "credential-key-p384-off-curve", Wrong, "an ES384 key whose point is not on the curve", |d| of(d, alg::ES384, -3, |c| flip(c));
        P384Short = "credential-key-p384-short", Wrong, "an ES384 key whose `x` lacks its last byte", |d| of(d, alg::ES384, -2, |c| { c.pop(); });
        P384Long = "credential-key-p384-long", Wrong, "an ES384 key whose `x` has a leading zero byte", |d| of(d, alg::ES384, -2, |c| c.insert(0, 0));
        P521OffCurve = "credential-key-p521-off-curve", Wrong, "an ES512 key whose point is not on the curve", |d| of(d, alg::ES512, -3, |c| flip(c));
        P521Short = "credential-key-p521-short", Wrong, "an ES512 key whose `x` lacks its first byte, which says little", |d| of(d, alg::ES512, -2, |c| { c.remove(0); });
        P521Long = "credential-key-p521-long", Wrong, "an ES512 key whose `y` is padded to 68 bytes", |d| of(d, alg::ES512, -3, |c| { c.splice(0..0, [0, 0]); });
        Secp256k1OffCurve = "credential-key-secp256k1-off-curve", Wrong, "an ES256K key whose point is not on the curve", |d| of(d, alg::ES256K, -3, |c| flip(c));
        Secp256k1Short = "credential-key-secp256k1-short", Wrong, "an ES256K key whose `y` lacks its last byte", |d| of(d, alg::ES256K, -3, |c| { c.pop(); });
        Secp256k1Compressed = "credential-key-secp256k1-compressed", Wrong, "an ES256K key whose `y` is a sign bit", |d| { of(d, alg::ES256K, -3, |_| ()); d.members.set(-3, true); };
        Ed448Short = "credential-key-ed448-short", Wrong, "an Ed448 key of 56 bytes", |d| of(d, alg::ED448, -2, |c| { c.pop(); });
        Ed448Long = "credential-key-ed448-long", Wrong, "an Ed448 key of 58 bytes", |d| of(d, alg::ED448, -2, |c| c.push(0));
        Ed448OffCurve = "credential-key-ed448-off-curve", Wrong, "an Ed448 key that is no point of the curve", |d| of(d, alg::ED448, -2, |c| c.fill(0xff));
        MlDsaKeyMissing = "credential-key-ml-dsa-missing", Wrong, "an ML-DSA key without `pub`", |d| { ml_dsa(d); d.members.remove(-1); };
        MlDsaKeyNotBytes = "credential-key-ml-dsa-not-bytes", Wrong, "an ML-DSA key whose `pub` is a text", |d| { ml_dsa(d); d.members.set(-1, "pub"); };
        MlDsaShort = "credential-key-ml-dsa-short", Wrong, "an ML-DSA key that lacks its last byte", |d| { ml_dsa(d); coordinate(d, -1, |c| { c.pop(); }); };
        MlDsaLong = "credential-key-ml-dsa-long", Wrong, "an ML-DSA key with a byte after it", |d| { ml_dsa(d); coordinate(d, -1, |c| c.push(0)); };
        MlDsaOtherSet = "credential-key-ml-dsa-other-set", Wrong, "an ML-DSA-44 key under ML-DSA-65", |d| under(d, alg::ML_DSA_44, alg::ML_DSA_65);
        MlDsaPrivateMember = "credential-key-ml-dsa-private-member", Wrong, "an ML-DSA key with its private seed", |d| { ml_dsa(d); d.members.push(-2, vec![7; 32]); };
        MlDsaOkp = "credential-key-ml-dsa-okp", Wrong, "an ML-DSA key whose `kty` says OKP", |d| { ml_dsa(d); d.members.set(1, 1); };
    }
}

/// A key of one algorithm, one of its members changed.
fn of(draft: &mut CredentialKeyDraft, algorithm: i64, label: i64, edit: fn(&mut Vec<u8>)) {
    if let Ok(key) = SigningKey::of(algorithm, &draft.seed) {
        draft.replace(&key);
        coordinate(draft, label, edit);
    }
}

/// What is on P-256 already stays as it is.
fn on_p256(draft: &mut CredentialKeyDraft) {
    let number = draft.members.get(3).and_then(Value::as_integer).and_then(|number| i64::try_from(number).ok());
    if let Some(number) = number.filter(|number| ![alg::ES256, alg::ESP256].contains(number)) {
        under(draft, alg::ES256, number);
    }
}

/// A key of one algorithm that says that it is for another.
fn under(draft: &mut CredentialKeyDraft, algorithm: i64, other: i64) {
    of(draft, algorithm, -2, |_| ());
    draft.members.set(3, other);
}

fn coordinate(draft: &mut CredentialKeyDraft, label: i64, edit: fn(&mut Vec<u8>)) {
    if let Some(bytes) = draft.members.bytes_mut(label) {
        edit(bytes);
    }
}

fn flip(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}

fn swapped(draft: &mut CredentialKeyDraft) {
    if let (Some(x), Some(y)) = (draft.members.get(-2).cloned(), draft.members.get(-3).cloned()) {
        draft.members.set(-2, y);
        draft.members.set(-3, x);
    }
}

fn curve_p384(draft: &mut CredentialKeyDraft) {
    draft.replace(&SigningKey::p384(&draft.seed));
    draft.members.set(3, -7);
}

fn ed25519(draft: &mut CredentialKeyDraft, curve: i64) {
    if let Ok(key) = SigningKey::ed25519(&draft.seed) {
        draft.replace(&key);
        draft.members.set(-1, curve);
    }
}

/// An RSA key: the one that is there, or one under RS256.
fn rsa(draft: &mut CredentialKeyDraft) {
    if draft.members.get(1) != Some(&Value::from(kty::RSA)) {
        of(draft, alg::RS256, -1, |_| ());
    }
}

/// An ML-DSA key: the one that is there, or one of the smallest set.
fn ml_dsa(draft: &mut CredentialKeyDraft) {
    if draft.members.get(1) != Some(&Value::from(kty::AKP)) {
        of(draft, alg::ML_DSA_44, -1, |_| ());
    }
}

/// An entry at its canonical place, so that nothing but its presence is wrong.
fn optional(draft: &mut CredentialKeyDraft, at: usize, key: Value, value: Value) {
    draft.members.0.insert(at.min(draft.members.0.len()), (key, value));
}

fn long_integer(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(2) = bytes.get(2).copied() {
        bytes.splice(2..3, [0x18, 2]);
    }
    bytes
}

fn sec1(bytes: Vec<u8>) -> Vec<u8> {
    // The coordinates of an ES256 key stand at fixed places in its 77 bytes.
    let x = bytes.get(10..42).unwrap_or_default();
    let y = bytes.get(45..77).unwrap_or_default();
    [&[4], x, y].concat()
}
