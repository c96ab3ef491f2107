//! Related origins (WebAuthn L3 5.11; 7.1 step 9).

use assay_mint::registration::RegistrationForge;
use assay_protocol::webauthn::related_origins::{Document, Fetched, PATH, is_origin};

use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::Role;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::ceremony::registration_request;
use crate::suites::relying_party::registration::ask;
use crate::suites::relying_party::rule::{Change, need};
use crate::suites::relying_party::world::{Question, World, recorded};
use crate::target::Answer;
use crate::verdict::{Pass, Stop};

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    let document = Case::new(
        "options/related-origins/document",
        "The document lists the related origins",
        "WebAuthn L3 5.11",
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let answer = fetch(world, context, Role::Probe)?;
            let document = read(&answer)?;
            match document.origins.iter().find(|origin| !is_origin(origin)) {
                None if !document.origins.is_empty() => {
                    Ok(Pass::plain(format!("It lists {} related origins.", document.origins.len())))
                }
                None => Err(Stop::fail("one origin or more", "an empty list")),
                Some(wrong) => Err(Stop::fail("https origins", format!("{wrong:?}"))),
            }
        },
    )
    .given("a relying party with origins on several sites")
    .sends(format!("GET {PATH}"))
    .expects(
        "At its well-known place a relying party serves a JSON object whose member origins lists its related origins.",
    );
    let listed = Case::new(
        "registration/related-origins/listed",
        "A registration from a related origin",
        "WebAuthn L3 5.11; 7.1 step 9",
        Level::Must,
        |world: &mut World, context: &mut Context| register(world, context, &[], |origin| origin.to_owned()),
    )
    .given("a new user, and creation options just issued")
    .sends("a registration from an origin that the relying party lists as related")
    .expects("Who lists an origin as related expects ceremonies from there.")
    .twin(Base::None.twin());
    let other = Case::new(
        "registration/related-origins/beside",
        "A registration from an origin beside a related one",
        "WebAuthn L3 5.11; 13.5.9",
        Level::Must,
        |world: &mut World, context: &mut Context| {
            let beside = |origin: &str| origin.replacen("https://", "https://beside.", 1);
            register(world, context, &["origin_mismatch"], beside)
        },
    )
    .given("a new user, and creation options just issued")
    .sends("a registration from a subdomain of an origin that the relying party lists as related")
    .expects("A related origin is one origin, and not the site around it.")
    .claims(["origin_mismatch"])
    .twin("registration/related-origins/listed");
    [document, listed, other].into_iter().map(|case| (Basis::Normative, case.needs([need::RELATED_ORIGINS]))).collect()
}

fn fetch(world: &mut World, context: &mut Context, role: Role) -> Result<Answer, Stop> {
    let answer = world.target.related_origins();
    let question =
        Question { label: "ask for the related origins", role, path: PATH, body: "", edit: None, parts: Vec::new() };
    recorded(context, question, answer)
}

fn read(answer: &Answer) -> Result<Document, Stop> {
    let body = answer.body.as_ref().map_or_else(|| answer.text.clone(), ToString::to_string);
    let fetched = Fetched { status: answer.status, content_type: answer.content_type.clone(), body: body.into_bytes() };
    Document::read(&fetched).map_err(|why| {
        let got = format!("{}, {:?}: {why:?}", answer.summary(), answer.content_type);
        Stop::fail("HTTP 200 with a JSON object whose origins are texts", got)
    })
}

fn register(
    world: &mut World,
    context: &mut Context,
    codes: &[&str],
    origin: impl Fn(&str) -> String,
) -> Result<Pass, Stop> {
    let document = fetch(world, context, Role::Setup).and_then(|answer| read(&answer));
    let listed = document.ok().and_then(|document| document.origins.into_iter().next());
    let listed = listed.ok_or_else(|| Stop::broken("no related origin to register from"))?;
    let from = origin(&listed);
    let plants = format!("the origin is {from}");
    let change = Change::new("related", &plants, move |mut forge: RegistrationForge| {
        forge.origin.clone_from(&from);
        forge
    });
    let request = registration_request(world, context, Base::None);
    ask(world, context, Base::None, &request, codes, &change)
}
