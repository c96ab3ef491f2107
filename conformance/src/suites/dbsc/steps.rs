//! The steps of a bound session as the suite takes them, by hand.

use assay_client::dbsc::{Method, Request, Response, SoftwareKey};
use assay_client::{Random, RandomFailed};
use assay_dbsc::Algorithm;
use assay_dbsc::client::Session;
use assay_dbsc::headers::challenge;
use assay_dbsc::headers::registration::{self, Registration};
use assay_dbsc::headers::{Form, Header, write_single};
use assay_dbsc::instructions::{Instructions, SessionInstructions};
use assay_dbsc::proof::{Claims, Unsigned};
use assay_dbsc::site::{Secure, origin};
use reqwest::Url;

use super::draft::Draft;
use super::judge::{good, summary};
use super::world::{Asking, World};
use crate::context::Context;
use crate::verdict::Stop;

/// An offer on a sign-in's answer.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) endpoint: Url,
    pub(super) member: Registration,
}

/// A session that the server has bound.
#[derive(Clone)]
pub(super) struct Bound {
    pub(super) session: Session,
    pub(super) instructions: SessionInstructions,
    pub(super) key: SoftwareKey,
    /// The answer that bound it.
    pub(super) answer: Response,
    /// The registration's challenge.
    pub(super) challenge: Option<String>,
}

impl World {
    /// Signs in; the answer must offer a session with a path and a challenge.
    pub(super) fn offer(&mut self, context: &mut Context) -> Result<Offer, Stop> {
        let answer = self.sign_in(context)?;
        let field = Header::Registration.find(answer.pairs()).ok_or_else(|| {
            Stop::broken("signing in offers no bound session: there is no Secure-Session-Registration")
        })?;
        let members = registration::parse(&field.value).map_err(|error| Stop::broken(error.to_string()))?;
        let Some(Ok(member)) = members.into_iter().next() else {
            return Err(Stop::broken(format!("no offer can be read: {}", field.value)));
        };
        let base = self.url("/")?;
        let endpoint = base.join(&member.path).map_err(|error| Stop::broken(error.to_string()))?;
        Ok(Offer { endpoint, member })
    }

    /// A new key like a browser's.
    pub(super) fn key(&self, context: &mut Context) -> Result<SoftwareKey, Stop> {
        SoftwareKey::generate(&mut Words(context)).map_err(|error| Stop::broken(error.to_string()))
    }

    /// The good registration proof for an offer.
    pub(super) fn registration_draft(&self, offer: &Offer, key: &SoftwareKey) -> Draft {
        let claims = Claims {
            jti: offer.member.challenge.as_deref(),
            authorization: offer.member.authorization.as_deref(),
            audience: None,
        };
        Draft::new(Unsigned::registration(&key.public(), Algorithm::Es256, claims), key)
    }

    /// Posts to the registration endpoint.
    pub(super) fn register(
        &mut self,
        context: &mut Context,
        asking: Asking<'_>,
        offer: &Offer,
        proof: Option<&str>,
    ) -> Result<Response, Stop> {
        let mut request = self.own_request(&offer.endpoint);
        if let Some(proof) = proof {
            request = request.header(Header::Response.name(), written(proof, Form::Bare));
        }
        self.send(context, asking, &request)
    }

    /// Signs in and binds the session with a good proof.
    pub(super) fn bind(&mut self, context: &mut Context) -> Result<Bound, Stop> {
        let offer = self.offer(context)?;
        self.bind_to(context, &offer, Asking::setup("register the session"))
    }

    /// Binds the session of an offer with a good proof, which must work.
    pub(super) fn bind_to(&mut self, context: &mut Context, offer: &Offer, asking: Asking<'_>) -> Result<Bound, Stop> {
        let key = self.key(context)?;
        let proof = self.registration_draft(offer, &key).text()?;
        let answer = self.register(context, asking, offer, Some(&proof))?;
        good(self, "a good registration", &answer)?;
        self.bound(offer, key, answer)
    }

    /// Reads the answer to a registration as a session.
    pub(super) fn bound(&self, offer: &Offer, key: SoftwareKey, answer: Response) -> Result<Bound, Stop> {
        let unread = |error: assay_dbsc::Malformed| Stop::broken(format!("no session: {error}"));
        let Instructions::Continue(instructions) = Instructions::parse(&answer.body).map_err(unread)? else {
            return Err(Stop::broken("the session ends as it begins"));
        };
        let mut session =
            Session::create(&instructions, &offer.endpoint, Algorithm::Es256, Secure::Loopback).map_err(unread)?;
        session.challenge = challenge_for(&answer, &session.id);
        let challenge = offer.member.challenge.clone();
        Ok(Bound { session, instructions, key, answer, challenge })
    }

    /// The good refresh proof over a challenge.
    pub(super) fn refresh_draft(&self, bound: &Bound, challenge: &str) -> Draft {
        let claims = Claims { jti: Some(challenge), ..Claims::default() };
        Draft::new(Unsigned::refresh(Algorithm::Es256, claims), &bound.key)
    }

    /// Posts to the refresh endpoint.
    pub(super) fn refresh(
        &mut self,
        context: &mut Context,
        asking: Asking<'_>,
        bound: &Bound,
        proof: Option<&str>,
    ) -> Result<Response, Stop> {
        let request = self.refresh_request(bound, Some(&bound.session.id), proof, Form::Bare);
        self.send(context, asking, &request)
    }

    /// A refresh request with this session id and proof.
    pub(super) fn refresh_request(&self, bound: &Bound, id: Option<&str>, proof: Option<&str>, form: Form) -> Request {
        let mut request = self.own_request(&bound.session.refresh_url);
        if let Some(id) = id {
            request = request.header(Header::SessionId.name(), written(id, form));
        }
        if let Some(proof) = proof {
            request = request.header(Header::Response.name(), written(proof, form));
        }
        request
    }

    /// Asks for a challenge, which must come as the specification says.
    pub(super) fn ask(&mut self, context: &mut Context, bound: &Bound) -> Result<String, Stop> {
        let answer = self.refresh(context, Asking::setup("refresh without a proof"), bound, None)?;
        challenge_for(&answer, &bound.session.id)
            .filter(|_| answer.status == 403)
            .ok_or_else(|| Stop::broken(format!("no challenge for this session: HTTP {}", answer.status)))
    }

    /// Refreshes well, which must work.
    pub(super) fn refresh_well(
        &mut self,
        context: &mut Context,
        asking: Asking<'_>,
        bound: &Bound,
    ) -> Result<Response, Stop> {
        let challenge = self.ask(context, bound)?;
        let proof = self.refresh_draft(bound, &challenge).text()?;
        let answer = self.refresh(context, asking, bound, Some(&proof))?;
        good(self, "a good refresh", &answer)?;
        Ok(answer)
    }

    /// Asks for what only a signed-in user gets.
    pub(super) fn protected(&mut self, context: &mut Context, asking: Asking<'_>) -> Result<Response, Stop> {
        let request = Request::get(self.url(&self.target.file.dbsc.protected)?);
        self.send(context, asking, &request)
    }

    /// The signed-in user must get in, before a refusal says anything.
    pub(super) fn gets_in(&mut self, context: &mut Context, label: &str) -> Result<Response, Stop> {
        let answer = self.protected(context, Asking::twin(label))?;
        if answer.status == 200 {
            return Ok(answer);
        }
        Err(Stop::broken(format!("the rightful user does not get in: {}", summary(self, &answer))))
    }

    /// Signs out.
    pub(super) fn sign_out(&mut self, context: &mut Context) -> Result<Response, Stop> {
        let path = self.target.file.dbsc.sign_out.clone();
        if path.is_empty() {
            return Err(Stop::skip("sign-out"));
        }
        let request = Request::new(Method::Post, self.url(&path)?);
        let answer = self.send(context, Asking::setup("sign out"), &request)?;
        if answer.status >= 400 {
            return Err(Stop::broken(format!("nobody can sign out: {}", summary(self, &answer))));
        }
        Ok(answer)
    }

    /// A POST as a browser makes it of itself.
    fn own_request(&self, url: &Url) -> Request {
        Request::new(Method::Post, url.clone())
            .header("Origin", origin(url))
            .header("Sec-Fetch-Mode", "no-cors")
            .header("Sec-Fetch-Dest", "empty")
            .header("Sec-Fetch-Site", "same-origin")
    }
}

/// The challenge for this session in an answer.
pub(super) fn challenge_for(answer: &Response, id: &str) -> Option<String> {
    let field = Header::Challenge.find(answer.pairs())?;
    let challenges = challenge::parse(&field.value).ok()?;
    challenge::for_session(&challenges, id).map(|found| found.value.clone())
}

fn written(value: &str, form: Form) -> String {
    write_single(value, form).unwrap_or_else(|_| value.to_owned())
}

/// The case's randomness as a key wants it.
struct Words<'a>(&'a mut Context);

impl Random for Words<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        bytes.copy_from_slice(&self.0.random.bytes(bytes.len()));
        Ok(())
    }
}
