//! What comes to be registered, and how.

use assay_mint::credential::Credential;
use assay_mint::edits::SignatureEdit;
use assay_mint::metadata::{Model, ModelId, models};
use assay_mint::registration::{Registration, RegistrationForge};
use assay_mint::statement::Format;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::webauthn::CreationOptions;

use crate::context::Context;
use crate::evidence::{Exchange, Message, Role};
use crate::suites::policy::world::{PolicyWorld, broken};
use crate::target::fido_rest::FidoRest;
use crate::target::{Answer, Begin, Offer, RegistrationRequest, RelyingPartyTarget as _};
use crate::verdict::Stop;

/// What comes to be registered.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    /// The model with its own certificates.
    Genuine(&'static str),
    /// The same, backup eligible.
    Synced(&'static str),
    /// A batch of the model.
    Batch(&'static str, &'static str),
    /// The model's AAGUID over packed self attestation.
    SelfClaimed(&'static str),
    /// The model's AAGUID without attestation.
    Unattested(&'static str),
    /// Certificates that name the model but lead to another model's root.
    Impostor(&'static str),
    /// The model with its own certificates, the statement's signature wrong.
    Broken(&'static str),
    /// The U2F model of the lab's metadata.
    U2f,
}

/// A registration that has begun.
pub(super) struct Enrolment {
    pub(super) rp: FidoRest,
    pub(super) username: String,
    pub(super) origin: String,
    pub(super) offer: Offer<CreationOptions>,
}

impl Enrolment {
    /// Asks for options, for a new user.
    pub(super) fn begin(world: &PolicyWorld, context: &mut Context) -> Result<Self, Stop> {
        let mut rp = world.relying_party()?;
        let origin = world.target.file.origin.clone().unwrap_or_else(|| rp.origin());
        let username = format!("policy-{}", context.random.word(12));
        let request = RegistrationRequest {
            username: username.clone(),
            display_name: username.clone(),
            attestation: Some(String::from("direct")),
            ..RegistrationRequest::default()
        };
        match rp.begin_registration(&request).map_err(broken)? {
            Begin::Offered(offer) => Ok(Self { rp, username, origin, offer }),
            Begin::Refused(answer) => Err(Stop::broken(format!("no options: {}", answer.summary()))),
        }
    }

    /// Sends what `subject` answers.
    pub(super) fn finish(
        &mut self,
        world: &PolicyWorld,
        context: &mut Context,
        subject: Subject,
    ) -> Result<(Answer, Credential), Stop> {
        let options = &self.offer.options;
        let rp_id = options.rp.id.clone().or_else(|| world.target.file.rp_id.clone()).unwrap_or_default();
        let made = forge(world, subject, &rp_id, &self.origin, &options.challenge)?;
        let answer = self.rp.finish_registration(&made.text).map_err(broken)?;
        context.record(Exchange {
            label: String::from("registration"),
            role: Role::Probe,
            sent: Message::json(answer.request_line.clone(), serde_json::from_str(&made.text).unwrap_or_default()),
            received: Some(Message::json(answer.summary(), answer.body.clone().unwrap_or_default())),
        });
        let mut credential = made.credential;
        credential.user_handle = Some(options.user.id.clone());
        Ok((answer, credential))
    }
}

fn forge(
    world: &PolicyWorld,
    subject: Subject,
    rp_id: &str,
    origin: &str,
    challenge: &[u8],
) -> Result<Registration, Stop> {
    let lab = &world.target.lab;
    let parse = |text: &str| text.parse::<Aaguid>().map_err(|error| Stop::broken(error.to_string()));
    let mut forge = match subject {
        Subject::Genuine(model) | Subject::Synced(model) | Subject::Broken(model) => {
            RegistrationForge::packed_model(lab, parse(model)?, rp_id, challenge)
        }
        Subject::Batch(model, batch) => {
            let aaguid = parse(model)?;
            let mut forge = RegistrationForge::packed_model(lab, aaguid, rp_id, challenge);
            forge.format = Format::Packed(Box::new(lab.batch(aaguid, batch)));
            forge
        }
        Subject::SelfClaimed(model) => {
            let mut forge = RegistrationForge::packed_self(lab, rp_id, challenge);
            forge.aaguid = parse(model)?;
            forge
        }
        Subject::Unattested(model) => {
            let mut forge = RegistrationForge::none(lab, rp_id, challenge);
            forge.aaguid = parse(model)?;
            forge
        }
        Subject::Impostor(model) => {
            let mut forge = RegistrationForge::packed_model(lab, parse(model)?, rp_id, challenge);
            forge.format = Format::Packed(Box::new(lab.shared_root_model(parse(model)?)));
            forge
        }
        Subject::U2f => RegistrationForge::fido_u2f(lab, &u2f_label()?, rp_id, challenge),
    };
    match subject {
        Subject::Synced(_) => forge.flags |= 0x08,
        Subject::Broken(_) => forge = forge.edited(SignatureEdit::BitFlipped),
        _ => {}
    }
    forge.origin = origin.to_owned();
    forge.forge().map_err(|error| Stop::broken(error.to_string()))
}

/// The U2F model of the lab's metadata is labelled with the identifier that it stands for.
fn u2f_label() -> Result<String, Stop> {
    let is_u2f = |model: &&Model| model.in_metadata && matches!(model.id, ModelId::KeyIdentifier(_));
    models().iter().find(is_u2f).map(|model| model.id.to_string()).ok_or_else(|| Stop::broken("no U2F model"))
}
