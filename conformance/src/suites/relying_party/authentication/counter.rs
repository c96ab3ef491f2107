//! The signature counter (WebAuthn L3 7.2 steps 22 and 24; 6.1.1).

use assay_mint::edits::AuthenticatorDataEdit as E;
use assay_mint::edits::Edit::AuthenticatorDataEdit as Data;

use super::{Start, assertion_forge, begin_authentication, judge, send_authentication};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::Role;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{Sending, authenticate};
use crate::suites::relying_party::rule::Rule;
use crate::suites::relying_party::world::World;
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "WebAuthn L3 7.2 step 22; 6.1.1";

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases = NOT_INCREASED.authentications(Start::Counting);
    cases.push((Basis::Counter, updated()));
    cases.push((Basis::Counter, untouched_by_failure()));
    cases
}

const NOT_INCREASED: Rule = Rule::refuse("counter", &["sign_count_not_increased"], &[
    Data(E::SignCountZero),
    Data(E::SignCountSame),
    Data(E::SignCountLower),
])
.authentication(CLAUSE)
.basis(Basis::Counter)
.demands("A counter that does not go up speaks of a copy of the key. The specification leaves it to the relying party; this profile refuses.");

fn updated() -> Case<World> {
    Case::new(
        "authentication/counter/updated-by-success",
        "The counter of the last success is the one that counts",
        "WebAuthn L3 7.2 step 24.1",
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let (request, credential) = Start::Counting.begin(world, context)?;
            let purpose = ("authenticate, the counter at 20", Role::Setup);
            let mut ahead = credential.clone();
            ahead.sign_count = 19;
            let (answer, _) = authenticate(world, context, &request, &ahead, purpose)?;
            if !answer.accepted {
                return Err(Stop::broken(format!("a good authentication: the server {}", answer.summary())));
            }
            let offer = begin_authentication(world, context, &request)?;
            let mut forge = assertion_forge(world, &credential, &offer);
            forge.sign_count = 15;
            let sending = Sending::probe("authenticate, the counter back at 15", &forge);
            let (answer, _) = send_authentication(world, context, &sending)?;
            let pass = judge::refused(world, &answer, &["sign_count_not_increased"])?;
            ahead.sign_count = 20;
            let purpose = ("authenticate, the counter at 21", Role::Twin);
            let (twin, _) = authenticate(world, context, &request, &ahead, purpose)?;
            judge::with_twin(pass, &twin)
        },
    )
    .given("a user whose credential has counted from 7 to 20")
    .sends("an authentication whose counter is at 15: more than at the registration, less than at the last success")
    .expects("A success stores its counter.")
    .claims(["sign_count_not_increased"])
    .twin(Start::Counting.twin())
}

fn untouched_by_failure() -> Case<World> {
    Case::new(
        "authentication/counter/untouched-by-failure",
        "A refused authentication does not move the counter",
        "WebAuthn L3 7.2 step 24",
        Level::Must,
        |world: &mut World, context: &mut Context| -> Result<Pass, Stop> {
            let (request, credential) = Start::Counting.begin(world, context)?;
            let offer = begin_authentication(world, context, &request)?;
            let mut forge = assertion_forge(world, &credential, &offer);
            forge.sign_count = 1000;
            let forge = forge.edited(assay_mint::edits::SignatureEdit::BitFlipped);
            let sending = Sending::setup("fail, the counter at 1000 and the signature wrong", &forge);
            let (answer, _) = send_authentication(world, context, &sending)?;
            if answer.accepted {
                return Err(Stop::broken("a wrong signature is accepted; other cases tell"));
            }
            let purpose = ("authenticate, the counter at 8", Role::Probe);
            let (answer, _) = authenticate(world, context, &request, &credential, purpose)?;
            judge::accepted(&answer)
        },
    )
    .given("a user whose credential is at 7, after somebody failed to sign for it with the counter at 1000")
    .sends("a good authentication, the counter at 8")
    .expects("Only a success changes the record: otherwise anybody could lock the user out.")
    .twin(Start::Counting.twin())
}
