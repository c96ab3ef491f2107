//! A relying party by webauthn_rp, as its documentation shows one: passkeys, its default options,
//! ceremonies in memory that are taken out when they are answered. Its API is its own:
//!
//!     POST /v1/accounts/{name}/passkeys/begin    -> {"ceremony": ID, "client": {options}}
//!     POST /v1/accounts/{name}/passkeys/finish   <- {"ceremony": ID, "passkey": RegistrationResponseJSON}
//!     POST /v1/accounts/{name}/sign-in/begin     -> {"ceremony": ID, "client": {options}}
//!     POST /v1/sign-in/begin                     -> the same, for whoever answers
//!     POST /v1/sign-in/finish                    <- {"ceremony": ID, "passkey": AuthenticationResponseJSON}
//!
//! Success is 200 with {"outcome": "verified"}; a refusal is 422 with {"outcome": "refused", "why"}.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::Write as _;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tiny_http::{Method, Response, Server};
use webauthn_rp::bin::{Decode as _, Encode as _};
use webauthn_rp::request::auth::{
    AllowedCredentials, AuthenticationVerificationOptions, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, NonDiscoverableAuthenticationServerState,
    NonDiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity, RegistrationServerState,
    RegistrationVerificationOptions, USER_HANDLE_MAX_LEN, UserHandle64,
};
use webauthn_rp::request::{AsciiDomain, Credentials as _, DomainOrigin, Port, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::auth::{DiscoverableAuthentication64, NonDiscoverableAuthentication64};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, Registration, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::AuthenticatedCredential;

type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// A credential as a database would hold it.
struct Passkey {
    transports: u8,
    static_state: Vec<u8>,
    dynamic_state: [u8; 7],
    owner: UserHandle64,
}

#[derive(Default)]
struct Site {
    accounts: HashMap<String, UserHandle64>,
    passkeys: HashMap<Vec<u8>, Passkey>,
    ceremonies: HashMap<String, Ceremony>,
    issued: u64,
    port: u16,
}

enum Ceremony {
    Registration(RegistrationServerState<USER_HANDLE_MAX_LEN>),
    Named(NonDiscoverableAuthenticationServerState),
    Anybody(DiscoverableAuthenticationServerState),
}

#[derive(Deserialize)]
struct Finish<'a> {
    #[serde(default)]
    ceremony: String,
    #[serde(borrow)]
    passkey: &'a RawValue,
}

fn main() {
    let server = Server::http("127.0.0.1:0").expect("a free port");
    let port = server.server_addr().to_ip().expect("an address").port();
    println!("{}", json!({"ready": true, "url": format!("http://localhost:{port}")}));
    std::io::stdout().flush().expect("somebody reads this");
    let mut site = Site { port, ..Site::default() };
    for mut request in server.incoming_requests() {
        let mut body = Vec::new();
        let read = request.as_reader().read_to_end(&mut body);
        let answer = match (read, request.method()) {
            (Ok(_), Method::Post) => site.answer(&request.url().to_owned(), &body),
            (Ok(_), _) => Err((404, "no such thing".to_owned())),
            (Err(error), _) => Err((400, error.to_string())),
        };
        let (status, body) = match answer {
            Ok(body) => (200, body),
            Err((status, why)) => (status, json!({"outcome": "refused", "why": why})),
        };
        // Whoever has gone away needs no answer.
        let _ = request.respond(Response::from_string(body.to_string()).with_status_code(status));
    }
}

type Answer = Result<Value, (u16, String)>;

fn refused(why: impl Display) -> (u16, String) {
    (422, why.to_string())
}

fn rp_id() -> RpId {
    RpId::Domain(AsciiDomain::try_from("localhost".to_owned()).expect("a domain"))
}

impl Site {
    fn answer(&mut self, path: &str, body: &[u8]) -> Answer {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["v1", "accounts", name, "passkeys", "begin"] => self.begin_registration(name),
            ["v1", "accounts", name, "passkeys", "finish"] => self.finish_registration(name, body),
            ["v1", "accounts", name, "sign-in", "begin"] => self.begin_named(name),
            ["v1", "sign-in", "begin"] => self.begin_anybody(),
            ["v1", "sign-in", "finish"] => self.finish_authentication(body),
            _ => Err((404, "no such thing".to_owned())),
        }
    }

    fn issue(&mut self, ceremony: Ceremony, client: Value) -> Value {
        self.issued += 1;
        let id = format!("ceremony-{}", self.issued);
        self.ceremonies.insert(id.clone(), ceremony);
        json!({"ceremony": id, "client": client})
    }

    fn origin(&self) -> DomainOrigin<'static, 'static> {
        let mut origin = DomainOrigin::new("localhost");
        origin.scheme = "http".try_into().expect("a scheme");
        origin.port = Port::Val(self.port);
        origin
    }

    fn descriptors(&self, owner: &UserHandle64) -> Vec<PublicKeyCredentialDescriptor<Vec<u8>>> {
        let own = self.passkeys.iter().filter(|(_, passkey)| passkey.owner == *owner);
        own.map(|(id, passkey)| PublicKeyCredentialDescriptor {
            id: CredentialId::decode(id.clone()).expect("it was one"),
            transports: AuthTransports::decode(passkey.transports).expect("they were some"),
        })
        .collect()
    }

    fn begin_registration(&mut self, name: &str) -> Answer {
        let id = self.accounts.get(name).copied().unwrap_or_else(UserHandle64::new);
        let user = PublicKeyCredentialUserEntity {
            name: name.try_into().map_err(refused)?,
            id: &id,
            display_name: None,
        };
        let rp_id = rp_id();
        let options = PublicKeyCredentialCreationOptions::passkey(&rp_id, user, self.descriptors(&id));
        let (state, client) = options.start_ceremony().map_err(refused)?;
        let client = serde_json::to_value(&client).map_err(refused)?;
        self.accounts.insert(name.to_owned(), id);
        Ok(self.issue(Ceremony::Registration(state), client))
    }

    fn finish_registration(&mut self, _name: &str, body: &[u8]) -> Answer {
        let finish: Finish<'_> = serde_json::from_slice(body).map_err(refused)?;
        let Some(Ceremony::Registration(state)) = self.ceremonies.remove(&finish.ceremony) else {
            return Err(refused("there is no such ceremony"));
        };
        let response = Registration::from_json_relaxed(finish.passkey.get().as_bytes()).map_err(refused)?;
        let mut options = RegistrationVerificationOptions::<DomainOrigin<'_, '_>, &str>::default();
        let origins = [self.origin()];
        options.allowed_origins = &origins;
        let credential = state.verify(&rp_id(), &response, &options).map_err(refused)?;
        let id = credential.id().as_ref().to_vec();
        if self.passkeys.contains_key(&id) {
            return Err(refused("the credential is registered already"));
        }
        let passkey = Passkey {
            transports: credential.transports().encode().map_err(|_| refused("transports"))?,
            static_state: credential.static_state().encode().map_err(|_| refused("static state"))?,
            dynamic_state: credential.dynamic_state().encode().map_err(|_| refused("dynamic state"))?,
            owner: *credential.user_id(),
        };
        self.passkeys.insert(id, passkey);
        Ok(json!({"outcome": "verified"}))
    }

    fn begin_named(&mut self, name: &str) -> Answer {
        let owner = *self.accounts.get(name).ok_or_else(|| refused("there is no such account"))?;
        let mut allowed = AllowedCredentials::with_capacity(1);
        for descriptor in self.descriptors(&owner) {
            allowed.push(descriptor.into());
        }
        let rp_id = rp_id();
        let options = NonDiscoverableCredentialRequestOptions::second_factor(&rp_id, allowed).map_err(refused)?;
        let (state, client) = options.start_ceremony().map_err(refused)?;
        let client = serde_json::to_value(&client).map_err(refused)?;
        Ok(self.issue(Ceremony::Named(state), client))
    }

    fn begin_anybody(&mut self) -> Answer {
        let rp_id = rp_id();
        let options = DiscoverableCredentialRequestOptions::passkey(&rp_id);
        let (state, client) = options.start_ceremony().map_err(refused)?;
        let client = serde_json::to_value(&client).map_err(refused)?;
        Ok(self.issue(Ceremony::Anybody(state), client))
    }

    fn finish_authentication(&mut self, body: &[u8]) -> Answer {
        let finish: Finish<'_> = serde_json::from_slice(body).map_err(refused)?;
        let ceremony =
            self.ceremonies.remove(&finish.ceremony).ok_or_else(|| refused("there is no such ceremony"))?;
        let json = finish.passkey.get().as_bytes();
        let mut options = AuthenticationVerificationOptions::<DomainOrigin<'_, '_>, &str>::default();
        let origins = [self.origin()];
        options.allowed_origins = &origins;
        match ceremony {
            Ceremony::Registration(_) => Err(refused("the ceremony is a registration")),
            Ceremony::Named(state) => {
                let response = NonDiscoverableAuthentication64::from_json_relaxed(json).map_err(refused)?;
                let passkey = self.passkeys.get_mut(response.raw_id().as_ref());
                let passkey = passkey.ok_or_else(|| refused("there is no such credential"))?;
                let mut credential = stored(response.raw_id(), passkey)?;
                if state.verify(&rp_id(), &response, &mut credential, &options).map_err(refused)? {
                    let dynamic = credential.dynamic_state();
                    passkey.dynamic_state = dynamic.encode().map_err(|_| refused("dynamic state"))?;
                }
                Ok(json!({"outcome": "verified"}))
            }
            Ceremony::Anybody(state) => {
                let response = DiscoverableAuthentication64::from_json_relaxed(json).map_err(refused)?;
                let passkey = self.passkeys.get_mut(response.raw_id().as_ref());
                let passkey = passkey.ok_or_else(|| refused("there is no such credential"))?;
                let mut credential = stored(response.raw_id(), passkey)?;
                if state.verify(&rp_id(), &response, &mut credential, &options).map_err(refused)? {
                    let dynamic = credential.dynamic_state();
                    passkey.dynamic_state = dynamic.encode().map_err(|_| refused("dynamic state"))?;
                }
                Ok(json!({"outcome": "verified"}))
            }
        }
    }
}

fn stored<'a, 'b>(
    id: CredentialId<&'a [u8]>,
    passkey: &'b Passkey,
) -> Result<AuthenticatedCredential<'a, 'b, USER_HANDLE_MAX_LEN, Key>, (u16, String)> {
    let static_state = StaticState::decode(&passkey.static_state).map_err(refused)?;
    let dynamic_state = DynamicState::decode(passkey.dynamic_state).map_err(refused)?;
    AuthenticatedCredential::new(id, &passkey.owner, static_state, dynamic_state).map_err(refused)
}
