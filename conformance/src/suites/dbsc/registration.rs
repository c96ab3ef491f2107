//! The registration endpoint (S4, S7, S9 to S11).

use assay_dbsc::algorithm::Algorithm;
use assay_dbsc::cookie::{Difference, SetCookie};
use assay_dbsc::instructions::Instructions;
use assay_dbsc::jwk;
use assay_dbsc::proof::{Claims, Unsigned};
use assay_dbsc::{Check, Duty, Reason};
use assay_mint::keys::SigningKey;
use serde_json::{Value, json};

use super::draft::{Draft, Signer};
use super::judge::{accepted, good, is_accepted, refused, summary};
use super::offer::owed;
use super::steps::Bound;
use super::table::{EITHER, Row, broken, malformed, set};
use super::world::{Asking, World};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const TWIN: &str = "dbsc/registration/accepted";

pub(super) fn cases() -> Vec<Case<World>> {
    let mut cases = vec![
        Case::new(
            TWIN,
            "A good ES256 proof binds the session",
            "DBSC format-jwt",
            Level::Must,
            |world: &mut World, context: &mut Context| {
                let offer = world.offer(context)?;
                let key = world.key(context)?;
                let proof = world.registration_draft(&offer, &key).text()?;
                let answer = world.register(context, Asking::probe("register the session"), &offer, Some(&proof))?;
                accepted(world, &answer)?;
                let answer = world.protected(context, Asking::probe("ask for what only a user gets"))?;
                accepted(world, &answer)
            },
        )
        .sends("a proof over the offered challenge and authorization by a new key")
        .expects("the session is bound and its user gets in"),
        Case::new(
            "dbsc/registration/accepted-rs256",
            "A good RS256 proof binds the session, where RS256 is offered",
            "DBSC format-jwt",
            Level::Must,
            rs256,
        )
        .sends("the same by an RSA key of 2048 bits")
        .expects("the session is bound"),
        owed(
            "dbsc/registration/instructions",
            "S7: the answer is session instructions in JSON",
            Duty::InstructionsJson,
            |world, context| {
                let offer = world.offer(context)?;
                let key = world.key(context)?;
                let proof = world.registration_draft(&offer, &key).text()?;
                let answer = world.register(context, Asking::probe("register the session"), &offer, Some(&proof))?;
                good(world, "a good registration", &answer)?;
                match Instructions::parse(&answer.body) {
                    Ok(_) => Ok(Pass::plain("The instructions read.")),
                    Err(error) => Err(Stop::fail("session instructions", error.to_string())),
                }
            },
        )
        .sends("a good proof")
        .expects("2xx with session instructions that can be read"),
        owed(
            "dbsc/registration/never-403",
            "S9: the registration endpoint never asks by 403",
            Duty::RegistrationUnchallenged,
            |world, context| {
                let offer = world.offer(context)?;
                let answer =
                    world.register(context, Asking::edited("register without a proof", "no proof"), &offer, None)?;
                if answer.status == 403 {
                    return Err(Stop::fail_because(
                        "any refusal but 403",
                        summary(world, &answer),
                        "A browser gives a registration up when it is challenged.",
                    ));
                }
                refused(world, &answer, &[Reason::ProofMissing.info().code])
            },
        )
        .claims([Reason::ProofMissing.info().code])
        .twin(TWIN)
        .sends("a registration request without a proof")
        .expects("a refusal whose status is not 403"),
        owed(
            "dbsc/registration/cookie-attributes",
            "S10: the bound cookie has the attributes that its credential names",
            Duty::CookieAttributes,
            |world, context| {
                let bound = world.bind(context)?;
                named_as_set(&bound).map(|()| Pass::plain("Every credential's cookie was set as named."))
            },
        )
        .sends("a good proof")
        .expects("Domain, Path, Secure, HttpOnly and SameSite of each bound cookie equal to those in attributes"),
        owed(
            "dbsc/registration/not-partitioned",
            "S11: no credential is partitioned",
            Duty::AttributesUnpartitioned,
            |world, context| {
                let offer = world.offer(context)?;
                let key = world.key(context)?;
                let proof = world.registration_draft(&offer, &key).text()?;
                let answer = world.register(context, Asking::probe("register the session"), &offer, Some(&proof))?;
                good(world, "a good registration", &answer)?;
                let Ok(Instructions::Continue(instructions)) = Instructions::parse(&answer.body) else {
                    return Err(Stop::broken("the instructions cannot be read"));
                };
                match instructions.credentials.iter().find(|one| one.cookie_attributes().partitioned) {
                    Some(one) => Err(Stop::fail("no Partitioned", one.attributes.as_str())),
                    None => Ok(Pass::plain("No credential is partitioned.")),
                }
            },
        )
        .sends("a good proof")
        .expects("no Partitioned in attributes"),
        flow(
            "challenge-of-another-session",
            "the challenge of another sign-in",
            Check::ChallengeOtherSession,
            |world, context| {
                let mut stranger = world.stranger(context)?;
                let theirs = stranger.offer(context)?;
                wrong_challenge(world, context, theirs.member.challenge, "another sign-in's challenge")
            },
        ),
        flow(
            "challenge-used-before",
            "the challenge of a session that is bound already",
            Check::ChallengeReused,
            |world, context| {
                let offer = world.offer(context)?;
                world.bind_to(context, &offer, Asking::twin("register the session"))?;
                let key = world.key(context)?;
                let proof = world.registration_draft(&offer, &key).text()?;
                let asking = Asking::edited("register again with another key", "a challenge that was answered");
                let answer = world.register(context, asking, &offer, Some(&proof))?;
                refused(world, &answer, &[Check::ChallengeReused.id()])
            },
        ),
        flow("challenge-stale", "a challenge that was issued an hour ago", Check::ChallengeStale, |world, context| {
            let offer = world.offer(context)?;
            world.wait(context, 3600)?;
            let key = world.key(context)?;
            let proof = world.registration_draft(&offer, &key).text()?;
            let asking = Asking::edited("register an hour later", "an old challenge");
            let answer = world.register(context, asking, &offer, Some(&proof))?;
            let pass = refused(world, &answer, &[Check::ChallengeStale.id()])?;
            world.bind(context)?;
            Ok(pass)
        })
        .needs([super::TARGET_CLOCK]),
    ];
    cases.extend(EITHER.iter().chain(REGISTRATION).map(|row| case(*row)));
    cases
}

/// What is wrong with a registration proof alone.
const REGISTRATION: &[Row] = &[
    broken(
        "algorithm-not-offered",
        "signed by Ed25519, which was not offered",
        Check::AlgorithmNotOffered,
        |draft, context| {
            let key = SigningKey::ed25519_from_secret(&context.random.block())
                .map_err(|error| Stop::broken(error.to_string()))?;
            set(&mut draft.header, "alg", json!("EdDSA"));
            set(&mut draft.header, "jwk", Value::Object(jwk::to_json(&key.public_key())));
            draft.signer = Signer::Other(key);
            Ok(())
        },
    ),
    broken("jwk-in-the-payload", "the key in the payload, as in old drafts", Check::JwkMissing, |draft, _| {
        let key = draft.header.remove("jwk").unwrap_or_default();
        set(&mut draft.payload, "key", key);
        Ok(())
    }),
    broken("jwk-private", "the key with a private member", Check::JwkPrivate, |draft, _| {
        edit_jwk(draft, |members| set(members, "d", json!("AQ")));
        Ok(())
    }),
    broken(
        "jwk-of-another-algorithm",
        "alg says RS256, the key and the signature are ES256",
        Check::JwkAlgorithm,
        |draft, _| {
            set(&mut draft.header, "alg", json!("RS256"));
            Ok(())
        },
    ),
    broken(
        "authorization-missing",
        "no authorization although one was offered",
        Check::AuthorizationMismatch,
        |draft, _| {
            if draft.payload.remove("authorization").is_none() {
                return Err(Stop::skip("authorization"));
            }
            Ok(())
        },
    ),
    broken(
        "authorization-of-another",
        "another authorization than the one offered",
        Check::AuthorizationMismatch,
        |draft, context| {
            if !draft.payload.contains_key("authorization") {
                return Err(Stop::skip("authorization"));
            }
            set(&mut draft.payload, "authorization", json!(context.random.word(32)));
            Ok(())
        },
    ),
    malformed("jwk-not-an-object", "jwk is a string", Reason::JwkNotObject, |draft, _| {
        set(&mut draft.header, "jwk", json!("key"));
        Ok(())
    }),
    malformed("jwk-not-on-the-curve", "x and y are no point of the curve", Reason::JwkNotOnCurve, |draft, _| {
        edit_jwk(draft, |members| {
            let x = members.get("x").cloned().unwrap_or_default();
            set(members, "y", x);
        });
        Ok(())
    }),
    malformed("jwk-curve-unknown", "crv is P-384", Reason::JwkCurve, |draft, _| {
        edit_jwk(draft, |members| set(members, "crv", json!("P-384")));
        Ok(())
    }),
    malformed("jwk-type-unknown", "kty is oct", Reason::JwkKeyType, |draft, _| {
        edit_jwk(draft, |members| set(members, "kty", json!("oct")));
        Ok(())
    }),
    malformed("jwk-coordinate-short", "x has 31 bytes", Reason::JwkCoordinateLength, |draft, _| {
        edit_jwk(draft, |members| set(members, "x", json!("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ")));
        Ok(())
    }),
];

fn edit_jwk(draft: &mut Draft, change: impl FnOnce(&mut serde_json::Map<String, Value>)) {
    if let Some(Value::Object(members)) = draft.header.get_mut("jwk") {
        change(members);
    }
}

fn case(row: Row) -> Case<World> {
    let run = move |world: &mut World, context: &mut Context| {
        let offer = world.offer(context)?;
        let key = world.key(context)?;
        let mut draft = world.registration_draft(&offer, &key);
        (row.apply)(&mut draft, context)?;
        let text = draft.text()?;
        let answer = world.register(context, Asking::edited("register the session", row.edit), &offer, Some(&text))?;
        let pass = refused(world, &answer, &[row.code])?;
        // The good twin, in a sign-in of its own.
        let offer = world.offer(context)?;
        world.bind_to(context, &offer, Asking::twin("register with a good proof"))?;
        Ok(pass)
    };
    Case::new(format!("dbsc/registration/{}", row.slug), format!("Refused: {}", row.edit), row.clause, row.level, run)
        .claims([row.code])
        .twin(TWIN)
        .sends(format!("a registration proof: {}", row.edit))
        .expects("no session")
}

/// A refusal that takes more than an edit.
fn flow(
    slug: &'static str,
    what: &'static str,
    check: Check,
    run: fn(&mut World, &mut Context) -> Result<Pass, Stop>,
) -> Case<World> {
    let info = check.info();
    Case::new(format!("dbsc/registration/{slug}"), format!("Refused: {what}"), info.clause, Level::Should, run)
        .claims([info.id])
        .twin(TWIN)
        .sends(format!("a registration proof with {what}"))
        .expects("no session")
}

fn wrong_challenge(world: &mut World, context: &mut Context, jti: Option<String>, edit: &str) -> Result<Pass, Stop> {
    let offer = world.offer(context)?;
    let key = world.key(context)?;
    let mut draft = world.registration_draft(&offer, &key);
    set(&mut draft.payload, "jti", json!(jti));
    let text = draft.text()?;
    let answer = world.register(context, Asking::edited("register the session", edit), &offer, Some(&text))?;
    let pass = refused(world, &answer, &[Check::ChallengeOtherSession.id(), Check::ChallengeMismatch.id()])?;
    let offer = world.offer(context)?;
    world.bind_to(context, &offer, Asking::twin("register with a good proof"))?;
    Ok(pass)
}

fn rs256(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let offer = world.offer(context)?;
    if !offer.member.algorithms.iter().any(|name| name == Algorithm::Rs256.name()) {
        return Err(Stop::skip("rs256"));
    }
    let key = SigningKey::rs256().map_err(|error| Stop::broken(error.to_string()))?;
    let claims = Claims {
        jti: offer.member.challenge.as_deref(),
        authorization: offer.member.authorization.as_deref(),
        audience: None,
    };
    let browsers = world.key(context)?;
    let mut draft = Draft::new(Unsigned::registration(&key.public_key(), Algorithm::Rs256, claims), &browsers);
    draft.signer = Signer::Other(key);
    let answer = world.register(context, Asking::probe("register with an RSA key"), &offer, Some(&draft.text()?))?;
    accepted(world, &answer)
}

/// Is each credential's cookie set in the answer, as named?
pub(super) fn named_as_set(bound: &Bound) -> Result<(), Stop> {
    let url = &bound.session.refresh_url;
    let host = url.host_str().unwrap_or_default();
    let cookies: Vec<SetCookie> = bound.answer.all("Set-Cookie").filter_map(SetCookie::parse).collect();
    for credential in &bound.instructions.credentials {
        let Some(cookie) = cookies.iter().rev().find(|cookie| cookie.name == credential.name) else {
            if is_accepted(&bound.answer) {
                return Err(Stop::fail(format!("a cookie {}", credential.name), "no such Set-Cookie"));
            }
            continue;
        };
        let named = credential.cookie_attributes();
        let differences: Vec<Difference> = named.differences(&cookie.attributes, host, url.path());
        if !differences.is_empty() {
            return Err(Stop::fail_because(
                credential.attributes.as_str(),
                cookie.attributes.to_string(),
                format!("They differ in {differences:?}: a browser refreshes such a cookie without end."),
            ));
        }
    }
    Ok(())
}
