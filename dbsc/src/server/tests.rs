mod captures;
mod output;
mod signer;

use assay_protocol::check::Enforced;
use serde_json::{Value, json};

use self::signer::Signer;
use super::challenge::{Issued, Purpose, Used, Window};
use super::refresh::{self, Consequence, Known};
use super::registration::{self, Offered, Registered};
use crate::algorithm::Algorithm;
use crate::check::Check;
use crate::error::Reason;
use crate::jwk;
use crate::proof::{Claims, Proof, Unsigned};

const NOW: u64 = 1_800_000_000;
const WINDOW: Window = Window { lifetime: 300, depth: 4 };
const ENDPOINT: &str = "https://example.com/v1/dbsc/registration";

fn issued(purpose: Purpose) -> Issued {
    Issued { session: "sid1".to_owned(), purpose, issued_at: NOW - 1, used: Used::No, newer: 0 }
}

/// A good proof and what the server knows; a case edits one place of it.
struct Attempt {
    proof: Unsigned,
    signer: Signer,
    /// Whose key the server holds, at refresh.
    registered: Signer,
    issued: Option<Issued>,
    /// Flips the signature.
    spoiled: Option<fn(&mut Vec<u8>)>,
}

fn registration() -> Attempt {
    let signer = Signer::es256(1);
    let claims = Claims { jti: Some("c"), authorization: Some("a"), audience: None };
    Attempt {
        proof: Unsigned::registration(&signer.public(), Algorithm::Es256, claims),
        registered: Signer::es256(1),
        signer,
        issued: Some(issued(Purpose::Registration)),
        spoiled: None,
    }
}

fn refresh() -> Attempt {
    let claims = Claims { jti: Some("c"), authorization: None, audience: None };
    Attempt {
        proof: Unsigned::refresh(Algorithm::Es256, claims),
        signer: Signer::es256(1),
        registered: Signer::es256(1),
        issued: Some(issued(Purpose::Refresh)),
        spoiled: None,
    }
}

impl Attempt {
    fn text(&self) -> String {
        self.proof.sign(|message| {
            let mut signature = self.signer.sign(message);
            if let Some(spoil) = self.spoiled {
                spoil(&mut signature);
            }
            signature
        })
    }

    fn register(&self, enforced: &Enforced) -> Result<Registered, String> {
        let offered = Offered {
            session: "sid1",
            algorithms: Algorithm::OFFERED,
            authorization: Some("a"),
            endpoint: ENDPOINT,
            window: WINDOW,
        };
        let proof = Proof::parse(&self.text()).map_err(|error| error.code().to_owned())?;
        registration::verify(&proof, &offered, self.issued.as_ref(), NOW, enforced)
            .map_err(|rejection| rejection.code().to_owned())
    }

    fn refresh(&self, enforced: &Enforced) -> Result<(), String> {
        let key = self.registered.public();
        let algorithm = Algorithm::of_key(&key).unwrap();
        let registered = Registered { algorithm, key };
        let known = Known { session: "sid1", registered: &registered, endpoint: ENDPOINT, window: WINDOW };
        let proof = Proof::parse(&self.text()).map_err(|error| error.code().to_owned())?;
        refresh::verify(&proof, &known, self.issued.as_ref(), NOW, enforced)
            .map_err(|rejection| rejection.code().to_owned())
    }
}

/// The input is refused by `check`, and by nothing else: without it the input is accepted.
#[track_caller]
fn only(check: Check, verify: impl Fn(&Enforced) -> Result<(), String>) {
    assert_eq!(verify(&Enforced::all()), Err(check.id().to_owned()));
    assert_eq!(verify(&Enforced::all().without(check.id())), Ok(()), "without {}", check.id());
}

#[test]
fn good_proofs() {
    let registered = registration().register(&Enforced::all()).unwrap();
    assert_eq!(registered.algorithm, Algorithm::Es256);
    assert_eq!(refresh().refresh(&Enforced::all()), Ok(()));
    let rsa = Signer::rs256();
    let claims = Claims { jti: Some("c"), authorization: Some("a"), audience: Some(ENDPOINT) };
    let attempt = Attempt {
        proof: Unsigned::registration(&rsa.public(), Algorithm::Rs256, claims),
        signer: rsa,
        ..registration()
    };
    assert_eq!(attempt.register(&Enforced::all()).unwrap().algorithm, Algorithm::Rs256);
}

type Edit = fn(&mut Attempt);

fn set(members: &mut serde_json::Map<String, Value>, name: &str, value: Value) {
    members.insert(name.to_owned(), value);
}

/// What breaks one rule of both kinds of proof.
const BOTH: &[(Check, Edit)] = &[
    (Check::ProofType, |a| set(&mut a.proof.header, "typ", json!("JWT"))),
    (Check::ProofType, |a| set(&mut a.proof.header, "typ", json!("DBSC+JWT"))),
    (Check::ProofType, |a| drop(a.proof.header.remove("typ"))),
    (Check::ChallengeMissing, |a| drop(a.proof.payload.remove("jti"))),
    (Check::ChallengeMismatch, |a| a.issued = None),
    (Check::ChallengeMismatch, |a| {
        let issued = a.issued.as_mut().unwrap();
        issued.purpose = match issued.purpose {
            Purpose::Registration => Purpose::Refresh,
            Purpose::Refresh => Purpose::Registration,
        };
    }),
    (Check::ChallengeOtherSession, |a| a.issued.as_mut().unwrap().session = "sid2".to_owned()),
    (Check::ChallengeReused, |a| a.issued.as_mut().unwrap().used = Used::Yes),
    (Check::ChallengeStale, |a| a.issued.as_mut().unwrap().issued_at = NOW - 301),
    (Check::ChallengeStale, |a| a.issued.as_mut().unwrap().newer = 4),
    (Check::AudienceMismatch, |a| set(&mut a.proof.payload, "aud", json!("https://x.test/"))),
    (Check::Signature, |a| a.spoiled = Some(|signature| signature[40] ^= 1)),
    (Check::Signature, |a| a.spoiled = Some(|signature| signature.truncate(63))),
    (Check::Signature, |a| a.spoiled = Some(Vec::clear)),
    (Check::Signature, |a| a.spoiled = Some(|signature| signature.fill(0))),
    (Check::Signature, |a| a.spoiled = Some(|signature| *signature = signer::der(signature))),
    (Check::Signature, |a| a.signer = Signer::es256(2)),
];

const REGISTRATION: &[(Check, Edit)] = &[
    (Check::JwkMissing, |a| {
        let jwk = a.proof.header.remove("jwk").unwrap();
        set(&mut a.proof.payload, "key", jwk);
    }),
    (Check::JwkPrivate, |a| a.proof.header["jwk"]["d"] = json!("AA")),
    (Check::JwkAlgorithm, |a| set(&mut a.proof.header, "alg", json!("RS256"))),
    (Check::AlgorithmNotOffered, |a| {
        a.signer = Signer::eddsa();
        set(&mut a.proof.header, "alg", json!("EdDSA"));
        set(&mut a.proof.header, "jwk", Value::Object(jwk::to_json(&a.signer.public())));
    }),
    (Check::AuthorizationMismatch, |a| drop(a.proof.payload.remove("authorization"))),
    (Check::AuthorizationMismatch, |a| set(&mut a.proof.payload, "authorization", json!("b"))),
];

const REFRESH: &[(Check, Edit)] = &[
    (Check::AlgorithmChanged, |a| set(&mut a.proof.header, "alg", json!("RS256"))),
    (Check::AlgorithmChanged, |a| set(&mut a.proof.header, "alg", json!("none"))),
    (Check::JwkInRefresh, |a| {
        let jwk = Value::Object(jwk::to_json(&a.signer.public()));
        set(&mut a.proof.header, "jwk", jwk);
    }),
];

#[test]
fn each_check_catches_what_nothing_else_does() {
    for (check, edit) in BOTH.iter().chain(REGISTRATION) {
        let mut attempt = registration();
        edit(&mut attempt);
        only(*check, |enforced| attempt.register(enforced).map(drop));
    }
    for (check, edit) in BOTH.iter().chain(REFRESH) {
        let mut attempt = refresh();
        edit(&mut attempt);
        only(*check, |enforced| attempt.refresh(enforced));
    }
}

#[test]
fn the_edges_of_the_window() {
    for (issued_at, newer, good) in
        [(NOW - 300, 3, true), (NOW, 0, true), (NOW - 301, 0, false), (NOW + 5, 0, true), (NOW, 4, false)]
    {
        let mut attempt = refresh();
        attempt.issued = Some(Issued { issued_at, newer, ..issued(Purpose::Refresh) });
        assert_eq!(attempt.refresh(&Enforced::all()).is_ok(), good, "{issued_at} {newer}");
    }
}

#[test]
fn no_check_makes_a_key_out_of_nothing() {
    let every = Check::ALL.iter().fold(Enforced::all(), |enforced, check| enforced.without(check.id()));
    let mut attempt = registration();
    attempt.proof.header.remove("jwk");
    assert_eq!(attempt.register(&every), Err(Reason::ProofWithoutKey.info().code.to_owned()));
    let mut attempt = registration();
    attempt.proof.header["jwk"]["y"] = attempt.proof.header["jwk"]["x"].clone();
    assert_eq!(attempt.register(&every), Err(Reason::JwkNotOnCurve.info().code.to_owned()));
}

#[test]
fn consequences() {
    for check in Check::ALL {
        let expected = match check {
            Check::Signature => Consequence::Terminate,
            other if other.id().starts_with("dbsc_challenge") => Consequence::Challenge,
            _ => Consequence::Refuse,
        };
        let rejection = crate::Rejection::broken(*check, "");
        assert_eq!(refresh::consequence(&rejection), expected, "{check:?}");
    }
}
