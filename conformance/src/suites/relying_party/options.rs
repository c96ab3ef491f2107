//! The options that a server issues (WebAuthn L3 5.4, 5.5, 13.5.3, 14.6.1, 15.1).

use assay_protocol::cose::alg;
use assay_protocol::digest::sha256;
use serde_json::json;

use super::base::Base;
use super::basis::Basis;
use super::ceremony::{
    Sending, authentication_request, begin_authentication, begin_registration, register, register_for,
    registration_forge, registration_request, send_registration,
};
use super::judge;
use super::world::{Question, World, recorded, username};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::Role;
use crate::target::{AuthenticationRequest, Begin};
use crate::verdict::{Pass, Stop};

type Run = fn(&mut World, &mut Context) -> Result<Pass, Stop>;

/// Every case about options.
pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    use Basis::{Normative, Tool};
    use Level::{Must, MustNot, Should};
    let rows: [(&str, &str, &str, Level, Basis, Run, &str); 17] = [
        (
            "registration/challenge-length",
            "Challenges have sixteen bytes or more",
            "WebAuthn L3 13.5.3",
            Should,
            Normative,
            |w, c| challenge_length(&creation_challenges(w, c, 1)?),
            "A challenge of fewer than sixteen bytes can be guessed.",
        ),
        (
            "registration/challenge-fresh",
            "No challenge is issued twice",
            "WebAuthn L3 13.5.3",
            Must,
            Normative,
            |w, c| challenge_fresh(&creation_challenges(w, c, 4)?),
            "Challenges are random, and each is new.",
        ),
        (
            "registration/user-id-length",
            "A user handle has 1 to 64 bytes",
            "WebAuthn L3 5.4.3",
            Must,
            Normative,
            user_id_length,
            "A user handle has 1 to 64 bytes, and is never empty.",
        ),
        (
            "registration/user-id-anonymous",
            "A user handle does not tell who the user is",
            "WebAuthn L3 14.6.1",
            MustNot,
            Normative,
            user_id_anonymous,
            "A user handle is no name, and no hash of a name that anybody can compute.",
        ),
        (
            "registration/user-id-stable",
            "One account has one user handle",
            "WebAuthn L3 5.4.3",
            Must,
            Normative,
            user_id_stable,
            "All credentials of an account bear its handle, and no other account has it.",
        ),
        (
            "registration/exclude-credentials",
            "Options exclude what is registered",
            "WebAuthn L3 5.4; 13.5.6",
            Should,
            Normative,
            exclude_credentials,
            "Creation options list the credentials that the account has, so that no key is registered twice.",
        ),
        (
            "registration/algorithms",
            "Algorithms for every authenticator are offered",
            "WebAuthn L3 5.4",
            Should,
            Normative,
            algorithms,
            "EdDSA, ES256 and RS256 together suit all authenticators.",
        ),
        (
            "registration/timeout",
            "The time limit is five to ten minutes",
            "WebAuthn L3 15.1",
            Should,
            Normative,
            timeout,
            "People who are slow are people too: five minutes at least, ten at most.",
        ),
        (
            "registration/resident-key",
            "requireResidentKey agrees with residentKey",
            "WebAuthn L3 5.4.4",
            Should,
            Normative,
            resident_key,
            "Where a discoverable credential is required, clients of Level 1 are told so too.",
        ),
        (
            "registration/rp-id",
            "The RP ID suits the origin",
            "WebAuthn L3 5.1.3 step 8",
            Must,
            Normative,
            rp_id,
            "An RP ID that is no suffix of the origin's host is refused by every client.",
        ),
        (
            "registration/echo",
            "What was asked for is in the options",
            "FIDO conformance API",
            Must,
            Tool,
            registration_echo,
            "Attestation, user verification and extensions that were asked for come back in the options.",
        ),
        (
            "authentication/challenge-length",
            "Challenges have sixteen bytes or more",
            "WebAuthn L3 13.5.3",
            Should,
            Normative,
            |w, c| challenge_length(&request_challenges(w, c, 1)?),
            "A challenge of fewer than sixteen bytes can be guessed.",
        ),
        (
            "authentication/challenge-fresh",
            "No challenge is issued twice",
            "WebAuthn L3 13.5.3",
            Must,
            Normative,
            |w, c| challenge_fresh(&request_challenges(w, c, 4)?),
            "Challenges are random, and each is new.",
        ),
        (
            "authentication/allow-credentials",
            "Options allow what is registered",
            "WebAuthn L3 5.5",
            Should,
            Normative,
            allow_credentials,
            "Request options for a named user list the credentials of the account, all of them.",
        ),
        (
            "authentication/transports",
            "Transports come back as they were given",
            "WebAuthn L3 5.2.1; 5.8.3",
            Should,
            Normative,
            transports,
            "Transports are stored as they came, unknown ones included, and stand beside the credential in the options.",
        ),
        (
            "authentication/echo",
            "What was asked for is in the options",
            "FIDO conformance API",
            Must,
            Tool,
            authentication_echo,
            "User verification and extensions that were asked for come back in the options.",
        ),
        (
            "authentication/unknown-user",
            "A user whom nobody knows gets no options",
            "FIDO conformance API",
            Must,
            Tool,
            unknown_user,
            "FIDO's contract has options for users with credentials alone.",
        ),
    ];
    rows.into_iter()
        .map(|(name, title, clause, level, basis, run, expects)| {
            let case = Case::new(format!("options/{name}"), title, clause, level, run)
                .given("a new session")
                .sends("requests for options")
                .expects(expects);
            (basis, case)
        })
        .collect()
}

fn creation_challenges(world: &mut World, context: &mut Context, count: usize) -> Result<Vec<Vec<u8>>, Stop> {
    let request = registration_request(world, context, Base::None);
    (0..count).map(|_| Ok(begin_registration(world, context, &request)?.options.challenge)).collect()
}

fn request_challenges(world: &mut World, context: &mut Context, count: usize) -> Result<Vec<Vec<u8>>, Stop> {
    let (registered, _) = register(world, context, Base::None, |_| {})?;
    let request = authentication_request(&registered.username);
    (0..count).map(|_| Ok(begin_authentication(world, context, &request)?.options.challenge)).collect()
}

fn challenge_length(challenges: &[Vec<u8>]) -> Result<Pass, Stop> {
    match challenges.iter().map(Vec::len).min() {
        Some(length @ 16..) => Ok(Pass::plain(format!("{length} bytes."))),
        length => Err(Stop::fail("16 bytes or more", format!("{} bytes", length.unwrap_or_default()))),
    }
}

fn challenge_fresh(challenges: &[Vec<u8>]) -> Result<Pass, Stop> {
    let mut sorted = challenges.to_vec();
    sorted.sort();
    sorted.dedup();
    if sorted.len() == challenges.len() {
        return Ok(Pass::plain(format!("{} challenges, all different.", challenges.len())));
    }
    Err(Stop::fail("a new challenge each time", "the same challenge twice"))
}

fn user_id_length(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    match begin_registration(world, context, &request)?.options.user.id.len() {
        length @ 1..=64 => Ok(Pass::plain(format!("{length} bytes."))),
        length => Err(Stop::fail("1 to 64 bytes", format!("{length} bytes"))),
    }
}

fn user_id_anonymous(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    let handle = begin_registration(world, context, &request)?.options.user.id;
    for name in [request.username.as_str(), &request.display_name] {
        let contains = handle.windows(name.len()).any(|window| window == name.as_bytes());
        if contains || handle == sha256(name.as_bytes()) {
            return Err(Stop::fail("a handle that says nothing", format!("a handle made from {name:?}")));
        }
    }
    Ok(Pass::plain("It is neither the name nor its SHA-256."))
}

fn user_id_stable(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (alice, _) = register(world, context, Base::None, |_| {})?;
    let first = begin_registration(world, context, &alice)?.options.user.id;
    let second = begin_registration(world, context, &alice)?.options.user.id;
    let bob = registration_request(world, context, Base::None);
    let other = begin_registration(world, context, &bob)?.options.user.id;
    match (first == second, first == other) {
        (true, false) => Ok(Pass::plain("The same for one account, another for another.")),
        (false, _) => Err(Stop::fail("one handle for one account", "two handles")),
        (true, true) => Err(Stop::fail("a handle of its own for each account", "one handle for two accounts")),
    }
}

fn exclude_credentials(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, credential) = register(world, context, Base::None, |_| {})?;
    let offer = begin_registration(world, context, &registered)?;
    let listed = &offer.options.exclude_credentials;
    if listed.iter().any(|known| known.id == credential.id && known.kind == "public-key") {
        return Ok(Pass::plain("The account's credential is excluded."));
    }
    Err(Stop::fail("the account's credential in excludeCredentials", format!("{} others", listed.len())))
}

fn algorithms(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    let offer = begin_registration(world, context, &request)?;
    let offered: Vec<i64> = offer.options.pub_key_cred_params.iter().map(|offered| offered.alg).collect();
    let wanted = [alg::EDDSA, alg::ES256, alg::RS256];
    if wanted.iter().all(|wanted| offered.contains(wanted)) {
        return Ok(Pass::plain(format!("{offered:?}.")));
    }
    Err(Stop::fail(format!("{wanted:?} among them"), format!("{offered:?}")))
}

fn timeout(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    match begin_registration(world, context, &request)?.options.timeout {
        None => Ok(Pass::plain("None, so that the client's default holds.")),
        Some(limit @ 300_000..=600_000) => Ok(Pass::plain(format!("{limit} ms."))),
        Some(limit) => Err(Stop::fail("300000 to 600000 ms", format!("{limit} ms"))),
    }
}

fn resident_key(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let mut request = registration_request(world, context, Base::None);
    request.resident_key = Some(String::from("required"));
    let selection = begin_registration(world, context, &request)?.options.authenticator_selection.unwrap_or_default();
    let is_required = selection.resident_key.as_deref() == Some("required");
    if is_required == selection.require_resident_key {
        return Ok(Pass::plain(format!(
            "residentKey {:?}, requireResidentKey {}.",
            selection.resident_key, selection.require_resident_key
        )));
    }
    Err(Stop::fail(
        "requireResidentKey true where residentKey is required, and else false",
        format!("residentKey {:?}, requireResidentKey {}", selection.resident_key, selection.require_resident_key),
    ))
}

fn rp_id(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = registration_request(world, context, Base::None);
    let offered = begin_registration(world, context, &request)?.options.rp.id;
    let host = world.rp_id(None);
    match offered {
        None => Ok(Pass::plain("None, so that it is the origin's host.")),
        Some(id) if host == id || host.ends_with(&format!(".{id}")) => Ok(Pass::plain(format!("{id} for {host}."))),
        Some(id) => Err(Stop::fail(format!("{host}, or a suffix of it"), id)),
    }
}

fn registration_echo(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let mut request = registration_request(world, context, Base::PackedSelf);
    request.user_verification = Some(String::from("required"));
    request.extensions.insert(String::from("example.extension.bool"), json!(true));
    let options = begin_registration(world, context, &request)?.options;
    let selection = options.authenticator_selection.unwrap_or_default();
    if selection.user_verification.as_deref() != Some("required") {
        return Err(Stop::fail("userVerification required", format!("{:?}", selection.user_verification)));
    }
    if options.attestation != "direct" {
        return Err(Stop::fail("attestation direct", options.attestation));
    }
    if options.extensions != request.extensions {
        return Err(Stop::fail("the extension inputs that were asked for", format!("{:?}", options.extensions)));
    }
    Ok(Pass::plain("All of it."))
}

fn authentication_echo(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, _) = register(world, context, Base::None, |_| {})?;
    let mut request = authentication_request(&registered.username);
    request.user_verification = Some(String::from("required"));
    request.extensions.insert(String::from("example.extension.bool"), json!(true));
    let options = begin_authentication(world, context, &request)?.options;
    if options.user_verification.as_deref() != Some("required") {
        return Err(Stop::fail("userVerification required", format!("{:?}", options.user_verification)));
    }
    if options.extensions != request.extensions {
        return Err(Stop::fail("the extension inputs that were asked for", format!("{:?}", options.extensions)));
    }
    Ok(Pass::plain("All of it."))
}

fn allow_credentials(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, first) = register(world, context, Base::None, |_| {})?;
    let second = register_for(world, context, &registered, Base::None, |_| {})?;
    let offer = begin_authentication(world, context, &authentication_request(&registered.username))?;
    let listed = &offer.options.allow_credentials;
    if [&first, &second].iter().all(|own| listed.iter().any(|listed| listed.id == own.id)) {
        return Ok(Pass::plain("Both credentials of the account are allowed."));
    }
    Err(Stop::fail("both credentials of the account in allowCredentials", format!("{} entries", listed.len())))
}

fn transports(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let given = ["carrier-pigeon", "nfc", "usb"].map(String::from).to_vec();
    let registered = registration_request(world, context, Base::None);
    let offer = begin_registration(world, context, &registered)?;
    let mut forge = registration_forge(world, Base::None, &offer);
    forge.transports.clone_from(&given);
    let sending = Sending::probe("register with these transports", &forge);
    let (answer, credential) = send_registration(world, context, &sending, &offer.options.user.id)?;
    judge::accepted(&answer)?;
    let offer = begin_authentication(world, context, &authentication_request(&registered.username))?;
    let listed = offer.options.allow_credentials.iter().find(|listed| listed.id == credential.id);
    match listed.map(|listed| &listed.transports) {
        Some(listed) if *listed == given => Ok(Pass::plain(format!("{listed:?}."))),
        other => Err(Stop::fail(format!("{given:?}"), format!("{other:?}"))),
    }
}

fn unknown_user(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let request = AuthenticationRequest { username: Some(username(context)), ..AuthenticationRequest::default() };
    let (answer, refused) = match world.target.begin_authentication(&request) {
        Ok(Begin::Offered(offer)) => (offer.answer, false),
        Ok(Begin::Refused(answer)) => (answer, true),
        Err(error) => return Err(Stop::broken(error.to_string())),
    };
    let body = answer.request_body.clone();
    let label = "ask for options for a user whom nobody knows";
    let question = Question { label, role: Role::Probe, path: "", body: &body, edit: None, parts: Vec::new() };
    let answer = recorded(context, question, Ok(answer))?;
    if refused {
        return Ok(Pass::plain(format!("It {}.", answer.summary())));
    }
    Err(Stop::fail("refused", answer.summary()))
}
