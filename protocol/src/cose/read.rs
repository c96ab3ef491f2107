use super::{CoseKey, Curve, ParameterSet, PublicKey, alg, kty, label};
use crate::error::{Malformed, Reason};
use crate::signature::is_public_key;
use crate::tree::cbor::{AnomalyKind, Document, Node};

/// A key that is the whole document.
pub(super) fn document(document: &Document) -> Result<CoseKey, Malformed> {
    if let Some(anomaly) = document.syntax_error() {
        return Err(Malformed::new(Reason::CoseNotCbor, anomaly.to_string()).at(anomaly.range.clone()));
    }
    if let Some(anomaly) = document.anomaly(AnomalyKind::DuplicateKey) {
        return Err(Malformed::new(Reason::CoseDuplicateKey, anomaly.path.clone()).at(anomaly.range.clone()));
    }
    if let Some(anomaly) = document.anomaly(AnomalyKind::TrailingBytes) {
        let detail = format!("{} bytes", anomaly.range.len());
        return Err(Malformed::new(Reason::CoseTrailingBytes, detail).at(anomaly.range.clone()));
    }
    match &document.root {
        Some(root) => node(root),
        None => Err(Malformed::new(Reason::CoseNotCbor, "")),
    }
}

pub(super) fn node(node: &Node) -> Result<CoseKey, Malformed> {
    let Some(entries) = node.as_map() else {
        return Err(wrong(Reason::CoseNotMap, node));
    };
    let members = Members::sort(node, entries)?;
    let Some(kty_node) = members.kty else {
        return Err(absent(Reason::CoseKtyMissing, node));
    };
    let Some(key_type) = kty_node.as_int() else {
        return Err(wrong(Reason::CoseKtyNotInteger, kty_node));
    };
    let Some(alg_node) = members.alg else {
        return Err(absent(Reason::CoseAlgMissing, node));
    };
    let Some(alg) = alg_node.as_int() else {
        return Err(wrong(Reason::CoseAlgNotInteger, alg_node));
    };
    let rule = rule(alg);
    if let Some(rule) = &rule
        && rule.kty != key_type
    {
        let detail = format!("kty {key_type} with alg {alg}, which has {}", rule.kty);
        return Err(Malformed::new(Reason::CoseKtyMismatch, detail).at(kty_node.range.clone()));
    }
    members.refuse_private(key_type)?;
    let Some(rule) = rule else {
        return Ok(CoseKey { alg, key: PublicKey::Unsupported });
    };
    let key = match rule.of {
        Of::Ec2(curve) => {
            members.expect_curve(node, curve, alg)?;
            members.ec2(node, curve)?
        }
        Of::Okp(curve) => {
            members.expect_curve(node, curve, alg)?;
            members.okp(node, curve)?
        }
        Of::Rsa => members.rsa(node)?,
        Of::Akp(set) => members.akp(node, set)?,
    };
    Ok(CoseKey { alg, key })
}

/// What an algorithm demands of its key.
struct Rule {
    kty: i64,
    of: Of,
}

enum Of {
    Ec2(Curve),
    Okp(Curve),
    Rsa,
    Akp(ParameterSet),
}

fn rule(alg: i64) -> Option<Rule> {
    let of = match alg {
        alg::ES256 | alg::ESP256 => Of::Ec2(Curve::P256),
        alg::ES384 | alg::ESP384 => Of::Ec2(Curve::P384),
        alg::ES512 | alg::ESP512 => Of::Ec2(Curve::P521),
        alg::ES256K => Of::Ec2(Curve::Secp256k1),
        alg::EDDSA | alg::ED25519 => Of::Okp(Curve::Ed25519),
        alg::ED448 => Of::Okp(Curve::Ed448),
        alg::RS1 | alg::RS256 | alg::RS384 | alg::RS512 | alg::PS256 | alg::PS384 | alg::PS512 => Of::Rsa,
        _ => Of::Akp(ParameterSet::of(alg)?),
    };
    let kty = match of {
        Of::Ec2(_) => kty::EC2,
        Of::Okp(_) => kty::OKP,
        Of::Rsa => kty::RSA,
        Of::Akp(_) => kty::AKP,
    };
    Some(Rule { kty, of })
}

/// A key's members, each looked up once.
#[derive(Default)]
struct Members<'n> {
    kty: Option<&'n Node>,
    alg: Option<&'n Node>,
    minus: [Option<&'n Node>; 3],
    beyond: Option<&'n Node>,
    other: Option<&'n Node>,
}

impl<'n> Members<'n> {
    fn sort(map: &Node, entries: &'n [(Node, Node)]) -> Result<Self, Malformed> {
        let mut members = Self::default();
        for (key, value) in entries {
            let [first, second, third] = &mut members.minus;
            let place = match key.as_int() {
                Some(label::KTY) => &mut members.kty,
                Some(label::ALG) => &mut members.alg,
                Some(-1) => first,
                Some(-2) => second,
                Some(-3) => third,
                Some(-12..=-4) => &mut members.beyond,
                _ => {
                    members.other.get_or_insert(key);
                    continue;
                }
            };
            if place.replace(value).is_some() {
                let detail = format!("label {key}");
                return Err(Malformed::new(Reason::CoseDuplicateKey, detail).at(map.range.clone()));
            }
        }
        Ok(members)
    }

    /// Nothing but what the key type requires may be there.
    fn refuse_private(&self, key_type: i64) -> Result<(), Malformed> {
        let [_, second, third] = self.minus;
        let private = match key_type {
            kty::RSA => third.or(self.beyond),
            kty::AKP => second.or(self.beyond),
            _ => self.beyond,
        };
        if let Some(private) = private {
            return Err(Malformed::new(Reason::CosePrivateMember, "").at(private.range.clone()));
        }
        let optional = match key_type {
            kty::OKP | kty::AKP => third.or(self.other),
            _ => self.other,
        };
        if let Some(optional) = optional {
            let detail = format!("{optional}");
            return Err(Malformed::new(Reason::CoseOptionalMember, detail).at(optional.range.clone()));
        }
        Ok(())
    }

    fn expect_curve(&self, key: &Node, curve: Curve, alg: i64) -> Result<(), Malformed> {
        let [Some(crv), ..] = self.minus else {
            return Err(absent(Reason::CoseCurveMissing, key));
        };
        let Some(number) = crv.as_int() else {
            return Err(wrong(Reason::CoseCurveNotInteger, crv));
        };
        if number == curve.number() {
            return Ok(());
        }
        let detail = format!("crv {number} with alg {alg}, which has {}", curve.number());
        Err(Malformed::new(Reason::CoseCurveMismatch, detail).at(crv.range.clone()))
    }

    fn ec2(&self, key: &Node, curve: Curve) -> Result<PublicKey, Malformed> {
        let [_, x, y] = self.minus;
        let x = self.coordinate(x, key, curve)?;
        let Some(y) = y else {
            return Err(absent(Reason::CoseYMissing, key));
        };
        if y.as_bool().is_some() {
            return Err(wrong(Reason::CoseYCompressed, y));
        }
        let Some(y_bytes) = y.as_bytes() else {
            return Err(wrong(Reason::CoseYNotBytes, y));
        };
        if y_bytes.len() != curve.length() {
            return Err(length(Reason::CoseYLength, y, y_bytes.len(), curve));
        }
        let point = PublicKey::Ec2 { curve, x: x.to_vec(), y: y_bytes.to_vec() };
        if !is_public_key(&point) {
            return Err(Malformed::new(Reason::CoseNotOnCurve, curve.name()).at(key.range.clone()));
        }
        Ok(point)
    }

    fn okp(&self, key: &Node, curve: Curve) -> Result<PublicKey, Malformed> {
        let [_, x, _] = self.minus;
        let x = self.coordinate(x, key, curve)?.to_vec();
        let point = PublicKey::Okp { curve, x };
        // RFC 8032 5.2.3
        if !is_public_key(&point) {
            return Err(Malformed::new(Reason::CoseNotOnCurve, curve.name()).at(key.range.clone()));
        }
        Ok(point)
    }

    fn akp(&self, key: &Node, set: ParameterSet) -> Result<PublicKey, Malformed> {
        let [Some(public), ..] = self.minus else {
            return Err(absent(Reason::CoseAkpKeyMissing, key));
        };
        let Some(bytes) = public.as_bytes() else {
            return Err(wrong(Reason::CoseAkpKeyNotBytes, public));
        };
        if bytes.len() != set.key_length() {
            let detail = format!("{} bytes, not {}", bytes.len(), set.key_length());
            return Err(Malformed::new(Reason::CoseAkpKeyLength, detail).at(public.range.clone()));
        }
        Ok(PublicKey::Akp { set, key: bytes.to_vec() })
    }

    fn coordinate(&self, x: Option<&'n Node>, key: &Node, curve: Curve) -> Result<&'n [u8], Malformed> {
        let Some(x) = x else {
            return Err(absent(Reason::CoseXMissing, key));
        };
        let Some(bytes) = x.as_bytes() else {
            return Err(wrong(Reason::CoseXNotBytes, x));
        };
        if bytes.len() != curve.length() {
            return Err(length(Reason::CoseXLength, x, bytes.len(), curve));
        }
        Ok(bytes)
    }

    fn rsa(&self, key: &Node) -> Result<PublicKey, Malformed> {
        let [n, e, _] = self.minus;
        let Some(n) = n else {
            return Err(absent(Reason::CoseRsaModulusMissing, key));
        };
        let Some(n_bytes) = n.as_bytes() else {
            return Err(wrong(Reason::CoseRsaModulusNotBytes, n));
        };
        // A product of two odd primes is odd; and no more octets than needed (RFC 8230 4).
        if n_bytes.first() == Some(&0) || n_bytes.last().is_none_or(|last| last % 2 == 0) {
            let detail = "empty, even, or with a leading zero";
            return Err(Malformed::new(Reason::CoseRsaModulusInvalid, detail).at(n.range.clone()));
        }
        let Some(e) = e else {
            return Err(absent(Reason::CoseRsaExponentMissing, key));
        };
        let Some(e_bytes) = e.as_bytes() else {
            return Err(wrong(Reason::CoseRsaExponentNotBytes, e));
        };
        let mut significant = e_bytes.iter().skip_while(|byte| **byte == 0);
        let odd = e_bytes.last().is_some_and(|last| last % 2 == 1);
        let one = significant.next() == Some(&1) && significant.next().is_none();
        if !odd || one {
            return Err(Malformed::new(Reason::CoseRsaExponentInvalid, "even, or below 3").at(e.range.clone()));
        }
        Ok(PublicKey::Rsa { n: n_bytes.to_vec(), e: e_bytes.to_vec() })
    }
}

fn absent(reason: Reason, key: &Node) -> Malformed {
    Malformed::new(reason, "").at(key.range.clone())
}

fn wrong(reason: Reason, node: &Node) -> Malformed {
    Malformed::new(reason, format!("{} found", node.kind())).at(node.range.clone())
}

fn length(reason: Reason, node: &Node, found: usize, curve: Curve) -> Malformed {
    let detail = format!("{found} bytes, {} has {}", curve.name(), curve.length());
    Malformed::new(reason, detail).at(node.range.clone())
}
