//! Options of Level 3: hints, and the formats of attestation (WebAuthn L3 5.4, 5.8.8).

use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::{
    authentication_request, begin_authentication, begin_registration, register, registration_request,
};
use crate::suites::relying_party::rule::need;
use crate::suites::relying_party::world::World;
use crate::verdict::{Pass, Stop};

type Run = fn(&mut World, &mut Context) -> Result<Pass, Stop>;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let case = |name: &str, title: &str, clause: &str, run: Run, expects: &str| {
        let case = Case::new(format!("options/{name}"), title, clause, Level::Should, run)
            .needs([need::HINTS])
            .given("a new session")
            .sends("requests for options")
            .expects(expects);
        (Basis::Normative, case)
    };
    vec![
        case(
            "registration/hints",
            "Hints come with the attachment that they mean",
            "WebAuthn L3 5.8.8",
            registration_hints,
            "Clients that know no hints are told the same by the attachment.",
        ),
        case(
            "authentication/hints",
            "Hints come back as they were asked for",
            "WebAuthn L3 5.5; 5.8.8",
            authentication_hints,
            "What the user is expected to hold is said in request options too.",
        ),
        case(
            "registration/attestation-formats",
            "Formats of attestation come back in their order",
            "WebAuthn L3 5.4",
            attestation_formats,
            "The formats that the relying party likes best stand first.",
        ),
    ]
}

fn registration_hints(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    for (hint, attachment) in
        [("security-key", "cross-platform"), ("client-device", "platform"), ("hybrid", "cross-platform")]
    {
        let mut request = registration_request(world, context, Base::None);
        request.hints = vec![hint.to_owned()];
        let options = begin_registration(world, context, &request)?.options;
        if options.hints != request.hints {
            return Err(Stop::fail(format!("hints {:?}", request.hints), format!("{:?}", options.hints)));
        }
        let found = options.authenticator_selection.and_then(|selection| selection.authenticator_attachment);
        if found.as_deref() != Some(attachment) {
            return Err(Stop::fail(format!("{attachment} with {hint}"), format!("{found:?}")));
        }
    }
    Ok(Pass::plain("Each hint came with its attachment."))
}

fn authentication_hints(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let (registered, _) = register(world, context, Base::None, |_| {})?;
    let mut request = authentication_request(&registered.username);
    request.hints = vec![String::from("hybrid"), String::from("security-key")];
    let hints = begin_authentication(world, context, &request)?.options.hints;
    if hints == request.hints {
        return Ok(Pass::plain("They are there, in their order."));
    }
    Err(Stop::fail(format!("hints {:?}", request.hints), format!("{hints:?}")))
}

fn attestation_formats(world: &mut World, context: &mut Context) -> Result<Pass, Stop> {
    let mut request = registration_request(world, context, Base::Packed);
    request.attestation_formats = vec![String::from("tpm"), String::from("packed")];
    let formats = begin_registration(world, context, &request)?.options.attestation_formats;
    if formats == request.attestation_formats {
        return Ok(Pass::plain("They are there, in their order."));
    }
    Err(Stop::fail(format!("formats {:?}", request.attestation_formats), format!("{formats:?}")))
}
