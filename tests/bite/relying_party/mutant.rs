//! A server with one defect: ours, and a wrapper that changes its mind.

use assay_conformance::case::Header;
use assay_conformance::target::{
    Answer, AuthenticationRequest, Begin, Dialect, Offer, Reason, RegistrationRequest, RelyingPartyTarget, Source,
    TargetError,
};
use assay_protocol::webauthn::{CreationOptions, RequestOptions};

/// What the defective server does otherwise.
#[derive(Clone)]
pub(super) struct Defect {
    /// Its name, as the proofs have it.
    pub(super) name: String,
    /// Which cases may notice it.
    pub(super) cases: Cases,
    /// What it does.
    pub(super) change: Change,
}

/// Which cases may notice a defect.
#[derive(Clone)]
pub(super) enum Cases {
    /// Those that claim this code.
    Claiming(String),
    /// Those whose id ends so.
    Ending(&'static [&'static str]),
    /// Those of these ids.
    Exactly(Vec<String>),
}

/// How a defective server answers.
#[derive(Clone)]
pub(super) enum Change {
    /// It accepts what it should refuse for this code.
    Overlooks(String),
    /// It refuses what looks like this.
    Refuses(fn(&Seen) -> bool),
    /// It refuses credentials for this algorithm.
    RefusesCredentials(i64),
    /// It refuses statements with certificates that are signed by this algorithm.
    RefusesStatements(i64),
    /// It refuses authentications by this algorithm.
    RefusesSignatures(i64),
    /// It refuses whatever answers a request that looks like this.
    RefusesAsked(fn(&serde_json::Value) -> bool),
    /// It refuses an authentication after a failed one.
    RefusesAfterFailure,
    /// It gives options to users whom nobody knows.
    OffersToStrangers,
    /// It serves its related origins as text.
    ServesAsText,
    /// It spoils the options that it gives.
    Spoils(fn(&mut Options<'_>)),
}

/// What a too strict server looks at.
pub(super) struct Seen {
    /// The body.
    pub(super) json: serde_json::Value,
    /// The client data, as bytes.
    pub(super) client_data: Vec<u8>,
}

/// Options on their way out.
pub(super) enum Options<'a> {
    /// For a registration.
    Creation(&'a mut CreationOptions),
    /// For an authentication.
    Request(&'a mut RequestOptions),
}

impl Defect {
    /// A server that overlooks one reason.
    pub(super) fn overlooks(code: &str) -> Self {
        Self {
            name: format!("overlooks {code}"),
            cases: Cases::Claiming(code.to_owned()),
            change: Change::Overlooks(code.to_owned()),
        }
    }

    /// May this case notice it?
    pub(super) fn concerns(&self, header: &Header) -> bool {
        match &self.cases {
            Cases::Claiming(code) => header.claims.iter().any(|claim| claim == code),
            Cases::Exactly(ids) => ids.contains(&header.id),
            Cases::Ending(ends) => ends.iter().any(|end| header.id.ends_with(end)),
        }
    }
}

/// Our server with the defect.
pub(super) struct Mutant {
    inner: Box<dyn RelyingPartyTarget>,
    defect: Defect,
    /// Will the next answer be refused, whatever it is?
    marked: bool,
    /// The algorithm of the credential that was registered last.
    registered: Option<i64>,
}

impl Mutant {
    pub(super) fn new(inner: Box<dyn RelyingPartyTarget>, defect: Defect) -> Self {
        Self { inner, defect, marked: false, registered: None }
    }

    fn refuses(&self, body: &str) -> Option<Answer> {
        let refused = match self.defect.change {
            Change::Refuses(looks_bad) => looks_bad(&Seen::new(body)),
            Change::RefusesCredentials(algorithm) => Seen::new(body).credential_algorithm() == Some(algorithm),
            Change::RefusesStatements(algorithm) => Seen::new(body).certified_algorithm() == Some(algorithm),
            Change::RefusesSignatures(algorithm) => {
                Seen::new(body).is_authentication() && self.registered == Some(algorithm)
            }
            Change::RefusesAsked(_) | Change::RefusesAfterFailure => self.marked,
            _ => false,
        };
        refused.then(|| Answer {
            accepted: false,
            status: 400,
            reason: Some(Reason { code: "too_strict".to_owned(), also: Vec::new(), source: Source::Stated }),
            message: self.defect.name.clone(),
            request_line: "POST".to_owned(),
            request_body: body.to_owned(),
            ..Answer::default()
        })
    }

    fn overlook(&self, answer: Answer) -> Answer {
        match &self.defect.change {
            Change::Overlooks(code) if answer.reason.as_ref().is_some_and(|reason| reason.code == *code) => {
                Answer { accepted: true, status: 200, reason: None, message: String::new(), ..answer }
            }
            _ => answer,
        }
    }
}

impl RelyingPartyTarget for Mutant {
    fn begin_registration(&mut self, request: &RegistrationRequest) -> Result<Begin<CreationOptions>, TargetError> {
        if let Change::RefusesAsked(looks_bad) = self.defect.change {
            let mut asked = request.requirements.clone().unwrap_or_else(|| serde_json::json!({}));
            asked["extensions"] = serde_json::Value::Object(request.extensions.clone());
            self.marked = looks_bad(&asked);
        }
        let mut begun = self.inner.begin_registration(request)?;
        if let (Begin::Offered(offer), Change::Spoils(spoil)) = (&mut begun, &self.defect.change) {
            spoil(&mut Options::Creation(&mut offer.options));
            offer.json = offer.options.to_json();
        }
        Ok(begun)
    }

    fn finish_registration(&mut self, body: &str) -> Result<Answer, TargetError> {
        match self.refuses(body) {
            Some(refusal) => Ok(refusal),
            None => {
                let answer = self.inner.finish_registration(body)?;
                self.registered = Seen::new(body).credential_algorithm();
                Ok(self.overlook(answer))
            }
        }
    }

    fn begin_authentication(&mut self, request: &AuthenticationRequest) -> Result<Begin<RequestOptions>, TargetError> {
        if let Change::RefusesAsked(looks_bad) = self.defect.change {
            self.marked = looks_bad(&serde_json::json!({ "username": request.username }));
        }
        let mut begun = self.inner.begin_authentication(request)?;
        if let (Begin::Refused(answer), Change::OffersToStrangers) = (&begun, &self.defect.change) {
            let options = RequestOptions::new(vec![7; 32]);
            let answer = Answer { accepted: true, status: 200, ..answer.clone() };
            begun = Begin::Offered(Offer { json: options.to_json(), options, answer });
        }
        if let (Begin::Offered(offer), Change::Spoils(spoil)) = (&mut begun, &self.defect.change) {
            spoil(&mut Options::Request(&mut offer.options));
            offer.json = offer.options.to_json();
        }
        Ok(begun)
    }

    fn finish_authentication(&mut self, body: &str) -> Result<Answer, TargetError> {
        match self.refuses(body) {
            Some(refusal) => Ok(refusal),
            None => {
                let answer = self.inner.finish_authentication(body)?;
                self.marked |= matches!(self.defect.change, Change::RefusesAfterFailure) && !answer.accepted;
                Ok(self.overlook(answer))
            }
        }
    }

    fn related_origins(&mut self) -> Result<Answer, TargetError> {
        let mut answer = self.inner.related_origins()?;
        if matches!(self.defect.change, Change::ServesAsText) {
            answer.content_type = "text/plain".to_owned();
        }
        Ok(answer)
    }

    fn new_session(&self) -> Result<Box<dyn RelyingPartyTarget>, TargetError> {
        Ok(Box::new(Self {
            inner: self.inner.new_session()?,
            defect: self.defect.clone(),
            marked: false,
            registered: None,
        }))
    }

    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }
}

impl Seen {
    fn new(body: &str) -> Self {
        let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let client_data = json
            .pointer("/response/clientDataJSON")
            .and_then(serde_json::Value::as_str)
            .and_then(|text| assay_protocol::base64url::decode(text).ok())
            .unwrap_or_default();
        Self { json, client_data }
    }
}
