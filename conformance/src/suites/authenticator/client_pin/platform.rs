//! The platform's half of the PIN/UV auth protocols.

use assay_protocol::pin_uv::{KeyAgreement, Protocol, PublicKey, SharedSecret, Token, pad_pin, pin_hash};
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::super::get_info;
use super::super::request::{CLIENT_PIN, RP_ID, int, map, set, text, without};
use super::super::world::{Key, Reply};

use crate::context::Context;
use crate::verdict::Stop;

/// A platform that has agreed on a secret with the key.
pub(in super::super) struct Platform {
    ours: KeyAgreement,
    secret: SharedSecret,
}

impl Platform {
    /// Agrees on a fresh secret by the protocol that the key prefers.
    pub(in super::super) fn connect(key: &mut Key, context: &mut Context) -> Result<Self, Stop> {
        Self::connect_by(preferred(key, context)?, key, context)
    }

    /// Agrees on a fresh secret.
    pub(in super::super) fn connect_by(protocol: Protocol, key: &mut Key, context: &mut Context) -> Result<Self, Stop> {
        let request = map([(1, Value::from(protocol.number())), (2, int(2))]);
        let reply = key.call(context, "getKeyAgreement", CLIENT_PIN, &request)?;
        let answer = reply.ok()?.map()?;
        let theirs = answer
            .get(1)
            .ok_or_else(|| Stop::fail("keyAgreement", "none"))
            .and_then(|node| PublicKey::from_node(node).map_err(|error| Stop::fail("a COSE key", error.to_string())))?;
        // One in 2^32 blocks is no scalar; the next one is.
        let ours = (0..4)
            .find_map(|_| KeyAgreement::from_secret(&context.random.block()).ok())
            .ok_or_else(|| Stop::broken("no key agreement key"))?;
        let secret = ours
            .agree(protocol, &theirs)
            .map_err(|error| Stop::fail("a P-256 key to agree with", format!("{error:?}")))?;
        Ok(Self { ours, secret })
    }

    /// Connects, and sets the PIN where the key has none: one that has is the suite's, and has this one.
    pub(in super::super) fn set_up(key: &mut Key, context: &mut Context, pin: &str) -> Result<Self, Stop> {
        let is_set = super::is_set(key, context)?;
        let platform = Self::connect(key, context)?;
        if !is_set {
            platform.set_pin(key, context, pin)?.ok()?;
        }
        Ok(platform)
    }

    /// setPIN.
    pub(in super::super) fn set_pin(&self, key: &mut Key, context: &mut Context, pin: &str) -> Result<Reply, Stop> {
        let request = self.set_pin_request(context, pin)?;
        key.call(context, "setPIN", CLIENT_PIN, &request)
    }

    /// setPIN with a plaintext that may be wrong.
    pub(super) fn set_pin_block(&self, key: &mut Key, context: &mut Context, block: &[u8]) -> Result<Reply, Stop> {
        let request = self.new_pin(context, block)?;
        key.call(context, "setPIN", CLIENT_PIN, &request)
    }

    /// The request of setPIN.
    pub(super) fn set_pin_request(&self, context: &mut Context, pin: &str) -> Result<Value, Stop> {
        // Padding refuses what no key may take; a test of too short a PIN must send it all the same.
        match pad_pin(pin) {
            Ok(block) => self.new_pin(context, &block),
            Err(_) => {
                let mut block = pin.as_bytes().to_vec();
                block.resize(64, 0);
                self.new_pin(context, &block)
            }
        }
    }

    fn new_pin(&self, context: &mut Context, block: &[u8]) -> Result<Value, Stop> {
        let sealed = self.seal(context, block)?;
        let param = self.secret.authenticate(&sealed);
        Ok(map([
            (1, self.number()),
            (2, int(3)),
            (3, self.ours.public_key().to_value()),
            (4, Value::Bytes(param)),
            (5, Value::Bytes(sealed)),
        ]))
    }

    /// changePIN.
    pub(in super::super) fn change_pin(
        &self,
        key: &mut Key,
        context: &mut Context,
        old: &str,
        new: &str,
    ) -> Result<Reply, Stop> {
        let request = self.change_pin_request(context, old, new)?;
        key.call(context, "changePIN", CLIENT_PIN, &request)
    }

    /// The request of changePIN.
    pub(super) fn change_pin_request(&self, context: &mut Context, old: &str, new: &str) -> Result<Value, Stop> {
        let block = pad_pin(new).map_err(|error| Stop::broken(format!("{error:?}")))?;
        let sealed = self.seal(context, &block)?;
        let hash = self.seal(context, &pin_hash(old))?;
        let param = self.secret.authenticate(&[sealed.clone(), hash.clone()].concat());
        Ok(map([
            (1, self.number()),
            (2, int(4)),
            (3, self.ours.public_key().to_value()),
            (4, Value::Bytes(param)),
            (5, Value::Bytes(sealed)),
            (6, Value::Bytes(hash)),
        ]))
    }

    /// The request of getPinUvAuthTokenUsingPinWithPermissions.
    pub(super) fn token_request(&self, context: &mut Context, pin: &str, permissions: u64) -> Result<Value, Stop> {
        let hash = self.seal(context, &pin_hash(pin))?;
        Ok(map([
            (1, self.number()),
            (2, int(9)),
            (3, self.ours.public_key().to_value()),
            (6, Value::Bytes(hash)),
            (9, Value::from(permissions)),
            (10, text(RP_ID)),
        ]))
    }

    /// The request of getPinToken.
    pub(super) fn legacy_token_request(&self, context: &mut Context, pin: &str) -> Result<Value, Stop> {
        let request = set(self.token_request(context, pin, 0)?, 2, int(5));
        Ok(without(without(request, 9), 10))
    }

    /// A token by getPinToken, for whichever RP uses it first.
    pub(in super::super) fn legacy_token(
        &self,
        key: &mut Key,
        context: &mut Context,
        pin: &str,
    ) -> Result<Token, Stop> {
        let reply = self.legacy_token_reply(key, context, pin)?;
        self.open_token(&reply)
    }

    /// The answer of getPinToken.
    pub(in super::super) fn legacy_token_reply(
        &self,
        key: &mut Key,
        context: &mut Context,
        pin: &str,
    ) -> Result<Reply, Stop> {
        let request = self.legacy_token_request(context, pin)?;
        key.call(context, "getPinToken", CLIENT_PIN, &request)
    }

    /// The input of `hmac-secret` for these salts (CTAP 2.3 12.7).
    pub(in super::super) fn salts(&self, context: &mut Context, salts: &[u8]) -> Result<Value, Stop> {
        let sealed = self.seal(context, salts)?;
        let auth = self.secret.authenticate(&sealed);
        Ok(map([
            (1, self.ours.public_key().to_value()),
            (2, Value::Bytes(sealed)),
            (3, Value::Bytes(auth)),
            (4, self.number()),
        ]))
    }

    /// What the key has sealed.
    pub(in super::super) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Stop> {
        self.secret.decrypt(sealed).map_err(|error| Stop::fail("whole blocks, encrypted", format!("{error:?}")))
    }

    /// The request of getPinUvAuthTokenUsingUvWithPermissions.
    pub(in super::super) fn uv_token_request(&self, permissions: u64) -> Value {
        map([
            (1, self.number()),
            (2, int(6)),
            (3, self.ours.public_key().to_value()),
            (9, Value::from(permissions)),
            (10, text(RP_ID)),
        ])
    }

    /// A token by built-in user verification.
    pub(in super::super) fn uv_token(
        &self,
        key: &mut Key,
        context: &mut Context,
        permissions: u64,
    ) -> Result<Token, Stop> {
        let request = self.uv_token_request(permissions);
        let reply = key.call(context, "getPinUvAuthTokenUsingUvWithPermissions", CLIENT_PIN, &request)?;
        self.open_token(&reply)
    }

    /// The answer to a request for a token.
    pub(in super::super) fn token_reply(
        &self,
        key: &mut Key,
        context: &mut Context,
        pin: &str,
        permissions: u64,
    ) -> Result<Reply, Stop> {
        permissions_offered(key, context)?;
        let request = self.token_request(context, pin, permissions)?;
        key.call(context, "getPinUvAuthTokenUsingPinWithPermissions", CLIENT_PIN, &request)
    }

    /// A token.
    pub(in super::super) fn token(
        &self,
        key: &mut Key,
        context: &mut Context,
        pin: &str,
        permissions: u64,
    ) -> Result<Token, Stop> {
        let reply = self.token_reply(key, context, pin, permissions)?;
        self.open_token(&reply)
    }

    /// A token with these permissions, bound to this RP ID or to none.
    pub(in super::super) fn token_for(
        &self,
        key: &mut Key,
        context: &mut Context,
        pin: &str,
        permissions: u64,
        rp_id: Option<&str>,
    ) -> Result<Token, Stop> {
        let reply = self.token_for_reply(key, context, pin, permissions, rp_id)?;
        self.open_token(&reply)
    }

    /// The answer to a request for a token, bound to this RP ID or to none.
    pub(in super::super) fn token_for_reply(
        &self,
        key: &mut Key,
        context: &mut Context,
        pin: &str,
        permissions: u64,
        rp_id: Option<&str>,
    ) -> Result<Reply, Stop> {
        permissions_offered(key, context)?;
        let request = without(self.token_request(context, pin, permissions)?, 10);
        let request = match rp_id {
            Some(rp_id) => set(request, 10, text(rp_id)),
            None => request,
        };
        key.call(context, "getPinUvAuthTokenUsingPinWithPermissions", CLIENT_PIN, &request)
    }

    /// The token in an answer.
    pub(super) fn open_token(&self, reply: &Reply) -> Result<Token, Stop> {
        let answer = reply.clone().ok()?.map()?;
        let sealed =
            answer.get(2).and_then(Node::as_bytes).ok_or_else(|| Stop::fail("pinUvAuthToken, bytes", "none"))?;
        Token::new(self.secret.protocol(), self.open(sealed)?)
            .map_err(|error| Stop::fail("a token of its length", format!("{error:?}")))
    }

    fn number(&self) -> Value {
        Value::from(self.secret.protocol().number())
    }

    fn seal(&self, context: &mut Context, plaintext: &[u8]) -> Result<Vec<u8>, Stop> {
        let iv = context.random.block().first_chunk::<16>().copied().unwrap_or_default();
        self.secret.encrypt(iv, plaintext).map_err(|error| Stop::broken(format!("{error:?}")))
    }
}

/// The first protocol of getInfo that we know.
pub(super) fn preferred(key: &mut Key, context: &mut Context) -> Result<Protocol, Stop> {
    let info = get_info::info(key, context)?;
    let listed = info.get(6).and_then(Node::as_array).unwrap_or_default();
    let known = listed.iter().filter_map(Node::as_unsigned).find_map(Protocol::from_number);
    known.ok_or_else(|| Stop::skip("a PIN/UV auth protocol"))
}

/// Tokens with permissions are offered, or there is nothing to ask.
pub(in super::super) fn permissions_offered(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    match get_info::option(&get_info::info(key, context)?, "pinUvAuthToken") {
        Some(true) => Ok(()),
        _ => Err(Stop::skip("pinUvAuthToken")),
    }
}

/// Does getInfo list this protocol?
pub(in super::super) fn lists(info: &Node, protocol: Protocol) -> bool {
    let listed = info.get(6).and_then(Node::as_array).unwrap_or_default();
    listed.iter().any(|number| number.as_unsigned() == Some(protocol.number()))
}

/// The tries left.
pub(in super::super) fn tries(key: &mut Key, context: &mut Context) -> Result<i64, Stop> {
    let request = map([(1, int(2)), (2, int(1))]);
    let answer = key.call(context, "getPINRetries", CLIENT_PIN, &request)?.ok()?.map()?;
    answer.get(3).and_then(Node::as_int).ok_or_else(|| Stop::fail("pinRetries, a number", "none"))
}
