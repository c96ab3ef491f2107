//! Good authentications: the twins of all others, and the variety that a relying party meets.

use assay_mint::assertion::AssertionForge;
use serde_json::json;

use super::Start;
use crate::case::Case;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Change, Rule, title};
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let mut cases = vec![
        good(Start::Es256, "es256", "WebAuthn L3 7.2", "Who holds the key, and was present, is let in."),
        good(Start::Ed25519, "ed25519", "WebAuthn L3 7.2 step 21; 5.4", "What was offered and registered can be used."),
        good(Start::Rs256, "rs256", "WebAuthn L3 7.2 step 21; 5.4", "What was offered and registered can be used."),
        good(
            Start::Counting,
            "counting",
            "WebAuthn L3 7.2 step 22; 6.1.1",
            "A counter that goes on from where it was is good.",
        ),
        good(
            Start::Eligible,
            "backup-eligible",
            "WebAuthn L3 7.2 step 19; 6.1.3",
            "A credential that may be backed up stays one.",
        ),
        good(
            Start::FidoU2f,
            "fido-u2f",
            "WebAuthn L3 7.2 step 21; 6.1.2",
            "The 37 bytes of a U2F key, with nothing but UP, are good authenticator data.",
        ),
        good(
            Start::Usernameless,
            "usernameless",
            "WebAuthn L3 7.2 step 6",
            "Where nobody was named, the user handle says who it is.",
        ),
    ];
    let state = Rule::accept("accepted", &[])
        .authentication("WebAuthn L3 7.2 steps 19 and 24.2; 6.1.3")
        .demands("Whether a credential is backed up may change at any time, unlike whether it may be.");
    cases.push(super::case(
        Start::Eligible,
        &state,
        &Change::new("now-backed-up", "BS is set, which it was not before", |mut forge: AssertionForge| {
            forge.flags |= 0x10;
            forge
        }),
    ));
    let zero = Rule::accept("accepted", &[])
        .authentication("WebAuthn L3 7.2 step 22; 6.1.1")
        .demands("A key that does not count says zero each time, and is not suspected for it.");
    cases.push(super::case(
        Start::Es256,
        &zero,
        &Change::new(
            "counter-stays-zero",
            "the counter is zero, as at the registration",
            |mut forge: AssertionForge| {
                forge.sign_count = 0;
                forge
            },
        ),
    ));
    let jump = Rule::accept("accepted", &[])
        .authentication("WebAuthn L3 7.2 step 22; 6.1.1")
        .demands("A counter may skip: it is shared by all credentials of some keys.");
    cases.push(super::case(
        Start::Counting,
        &jump,
        &Change::new("counter-jumps", "the counter is at its largest value", |mut forge: AssertionForge| {
            forge.sign_count = u32::MAX;
            forge
        }),
    ));
    let handle = Rule::accept("accepted", &[])
        .authentication("WebAuthn L3 7.2 step 6")
        .demands("Where the user was named, the user handle may be absent: keys that store none are not to blame.");
    cases.push(super::case(
        Start::Es256,
        &handle,
        &Change::new("without-user-handle", "no user handle", |mut forge: AssertionForge| {
            forge.user_handle = None;
            forge
        }),
    ));
    let appid = Rule::accept("accepted", &[])
        .authentication("WebAuthn L3 10.1.1; 7.2 step 15")
        .should()
        .demands("That the AppID was not used is no news where nobody asked for it.");
    cases.push(super::case(
        Start::Es256,
        &appid,
        &Change::new("appid-false", "the client says that the AppID was not used", |mut forge: AssertionForge| {
            forge.client_extension_results.insert(String::from("appid"), json!(false));
            forge
        }),
    ));
    cases
}

fn good(start: Start, name: &str, clause: &'static str, demands: &'static str) -> (Basis, Case<World>) {
    let rule = Rule::accept("accepted", &[]).authentication(clause).demands(demands);
    let (basis, mut case) = super::case(start, &rule, &Change::new(name, "nothing at all", |forge| forge));
    case.header.title = format!("{} is accepted", title(start.words()));
    case.header.sends = start.words().to_owned();
    (basis, case)
}
