//! Extensions (CTAP 2.3 12): what a request asks for, and what is put into the authenticator data.

mod hmac_secret;
#[cfg(test)]
mod tests;

use assay_protocol::ctap2::make_credential::Request;
use assay_protocol::ctap2::{CommandError, Extensions, Status};
use assay_protocol::tree::cbor;
use ciborium::Value;

pub(crate) use self::hmac_secret::{HmacSecret, Salts};
use crate::authenticator::{Authenticator, refuse};
use crate::credential::{CredProtect, Found, UserVerified};
use crate::defect::Defect;

const CRED_BLOB: &str = "credBlob";
const CRED_PROTECT: &str = "credProtect";
const HMAC_SECRET: &str = "hmac-secret";
const HMAC_SECRET_MC: &str = "hmac-secret-mc";
const LARGE_BLOB_KEY: &str = "largeBlobKey";
const MIN_PIN_LENGTH: &str = "minPinLength";
const PIN_COMPLEXITY_POLICY: &str = "pinComplexityPolicy";
const THIRD_PARTY_PAYMENT: &str = "thirdPartyPayment";
const UVM: &str = "uvm";

/// What the user verification methods extension says of where keys and comparisons are: in software.
const SOFTWARE: u64 = 0x01;

/// `USER_VERIFY_PRESENCE_INTERNAL` of the FIDO registry.
const PRESENCE: u64 = 0x01;

/// What a registration's extensions came to.
pub(crate) struct Creation {
    pub(crate) cred_protect: CredProtect,
    /// A blob that is kept with the credential.
    pub(crate) cred_blob: Option<Vec<u8>>,
    /// Gets the credential a key for large blobs?
    pub(crate) large_blob_key: bool,
    pub(crate) third_party_payment: bool,
    /// The salts of `hmac-secret-mc`, to be answered once there is a credential.
    salts: Option<Salts>,
    outputs: Extensions,
}

/// What an assertion's extensions ask for.
#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) hmac_secret: Option<HmacSecret>,
    cred_blob: bool,
    pub(crate) large_blob_key: bool,
    third_party_payment: bool,
    /// The method, where it is to be told.
    uvm: Option<u64>,
}

impl Creation {
    /// §6.1.2 step 15
    pub(crate) fn process(
        authenticator: &Authenticator,
        request: &Request,
        discoverable: bool,
        method: u64,
    ) -> Result<Self, CommandError> {
        let config = authenticator.config();
        let mut creation = Self {
            cred_protect: CredProtect::Optional,
            cred_blob: None,
            large_blob_key: false,
            third_party_payment: false,
            salts: None,
            outputs: Extensions::default(),
        };
        let Some(inputs) = request.extensions.as_ref() else {
            if config.has(Defect::CredProtectNotAsked) {
                creation.outputs = creation.outputs.with(CRED_PROTECT, 1);
            }
            return Ok(creation);
        };
        let typed = |id: &str, input: &Value| !config.has(Defect::ExtensionType) || is_of_its_type(id, input);
        let input = |id: &str| inputs.get(id).filter(|input| config.has_extension(id) && typed(id, input));
        let mut outputs = Extensions::default();
        if let Some(input) = input(CRED_PROTECT) {
            let Some(number) = input.as_integer() else {
                return refuse(Status::CBOR_UNEXPECTED_TYPE, "credProtect is no number");
            };
            match u8::try_from(number).ok().and_then(CredProtect::from_number) {
                Some(level) => {
                    creation.cred_protect = level;
                    if !config.has(Defect::CredProtectOutput) {
                        outputs = outputs.with(CRED_PROTECT, u64::from(level.number()));
                    }
                }
                None if config.has(Defect::CredProtectLevel) => outputs = outputs.with(CRED_PROTECT, input.clone()),
                None => return refuse(Status::INVALID_OPTION, "credProtect is not 1, 2 or 3"),
            }
        }
        let hmac_secret = input(HMAC_SECRET).map(|input| boolean(input, HMAC_SECRET)).transpose()?;
        if hmac_secret == Some(true) && !config.has(Defect::HmacSecretOutput) {
            outputs = outputs.with(HMAC_SECRET, true);
        }
        if let Some(input) = input(HMAC_SECRET_MC) {
            if hmac_secret != Some(true) && !config.has(Defect::HmacSecretMcAlone) {
                return refuse(Status::MISSING_PARAMETER, "hmac-secret-mc without hmac-secret");
            }
            let asked = HmacSecret::read(authenticator, input, request.options.up)?;
            creation.salts = Some(asked.open(authenticator)?);
        }
        if let Some(input) = input(CRED_BLOB) {
            let Some(blob) = input.as_bytes() else {
                return refuse(Status::CBOR_UNEXPECTED_TYPE, "credBlob is no byte string");
            };
            // §12.2: what is not kept is no error. A credential that travels in its id has no room for it.
            let fits = blob.len() <= usize::from(config.limits.cred_blob_length);
            if !fits && config.has(Defect::CredBlobTooLong) {
                return refuse(Status::INVALID_LENGTH, "credBlob is longer than maxCredBlobLength");
            }
            let kept = discoverable && fits;
            creation.cred_blob = (kept && !config.has(Defect::CredBlobKept)).then(|| blob.clone());
            if !config.has(Defect::CredBlobOutput) {
                outputs = outputs.with(CRED_BLOB, kept || config.has(Defect::CredBlobAll));
            }
        }
        if let Some(input) = input(LARGE_BLOB_KEY) {
            let asked = input.as_bool() == Some(true);
            let refused = !asked && !config.has(Defect::LbkFalse);
            if refused || (!discoverable && !config.has(Defect::LbkWithoutRk)) {
                return refuse(Status::INVALID_OPTION, "largeBlobKey is not true, or rk is not");
            }
            creation.large_blob_key = asked;
            if config.has(Defect::LbkOutput) {
                outputs = outputs.with(LARGE_BLOB_KEY, true);
            }
        }
        for id in [MIN_PIN_LENGTH, PIN_COMPLEXITY_POLICY] {
            let Some(input) = input(id) else { continue };
            let told_to_all = id == PIN_COMPLEXITY_POLICY && config.has(Defect::PinComplexityUnlisted);
            if boolean(input, id)? && (authenticator.tells_pin_rules(&request.rp.id) || told_to_all) {
                outputs = match id {
                    MIN_PIN_LENGTH if config.has(Defect::MplOutput) => outputs,
                    MIN_PIN_LENGTH if config.has(Defect::MplValue) => {
                        outputs.with(id, u64::from(config.pin.min_length))
                    }
                    MIN_PIN_LENGTH => outputs.with(id, u64::from(authenticator.min_pin_length())),
                    _ => {
                        outputs.with(id, authenticator.wants_complex_pins() != config.has(Defect::PinComplexityOutput))
                    }
                };
            }
        }
        if let Some(input) = input(THIRD_PARTY_PAYMENT) {
            // No output is defined for a registration.
            let wanted = boolean(input, THIRD_PARTY_PAYMENT)?;
            creation.third_party_payment = wanted && !config.has(Defect::PaymentKept);
        }
        if let Some(input) = input(UVM)
            && boolean(input, UVM)?
        {
            outputs = outputs.with(UVM, authenticator.methods(method));
        }
        if config.has(Defect::McUnknownExtension) {
            let unknown = inputs.0.iter().filter(|(id, _)| !config.has_extension(id));
            outputs.0.extend(unknown.map(|(id, input)| (id.clone(), input.clone())));
        }
        Ok(Self { outputs, ..creation })
    }

    /// The output map in CBOR for the credential with this id; no bytes where there is nothing to say.
    pub(crate) fn outputs(
        self,
        authenticator: &mut Authenticator,
        id: &[u8],
        user_verified: UserVerified,
    ) -> Result<Vec<u8>, CommandError> {
        let id = if authenticator.has(Defect::HmacSecretMcSecret) { &[] } else { id };
        let user_verified = if authenticator.has(Defect::HmacSecretMcUv) { UserVerified::No } else { user_verified };
        let outputs = match self.salts {
            Some(salts) => self.outputs.with(HMAC_SECRET_MC, authenticator.answer_salts(&salts, id, user_verified)?),
            None => self.outputs,
        };
        Ok(to_cbor(&outputs))
    }
}

impl Wanted {
    /// §6.2.2 step 10, with all that can be said without the credential.
    pub(crate) fn read(
        authenticator: &Authenticator,
        inputs: Option<&Extensions>,
        up: Option<bool>,
        method: u64,
    ) -> Result<Self, CommandError> {
        let config = authenticator.config();
        let Some(inputs) = inputs else {
            let cred_blob = config.has(Defect::CredBlobNotAsked) && config.has_extension(CRED_BLOB);
            return Ok(Self { cred_blob, ..Self::default() });
        };
        let input = |id: &str| inputs.get(id).filter(|_| config.has_extension(id));
        let asked = |id: &str| input(id).map_or(Ok(false), |input| boolean(input, id));
        let large_blob_key = input(LARGE_BLOB_KEY).map(Value::as_bool);
        let passed_over = authenticator.has(Defect::LbkFalseSignIn);
        if large_blob_key.is_some_and(|key| key != Some(true)) && !passed_over {
            return refuse(Status::INVALID_OPTION, "largeBlobKey is not true");
        }
        Ok(Self {
            hmac_secret: input(HMAC_SECRET).map(|input| HmacSecret::read(authenticator, input, up)).transpose()?,
            cred_blob: asked(CRED_BLOB)?,
            large_blob_key: large_blob_key.is_some(),
            third_party_payment: asked(THIRD_PARTY_PAYMENT)?,
            uvm: asked(UVM)?.then_some(method),
        })
    }
}

impl Authenticator {
    /// The extension outputs of an assertion, in CBOR.
    pub(crate) fn assertion_outputs(
        &mut self,
        wanted: &Wanted,
        credential: &Found,
        user_verified: UserVerified,
    ) -> Result<Vec<u8>, CommandError> {
        let mut outputs = Extensions::default();
        if let Some(asked) = &wanted.hmac_secret {
            let salts = asked.open(self)?;
            outputs = outputs.with(HMAC_SECRET, self.answer_salts(&salts, &credential.id, user_verified)?);
        }
        if wanted.cred_blob {
            let blob = match self.has(Defect::CredBlobOwn) {
                false => credential.cred_blob.clone(),
                true => self.newest_blob(),
            };
            if blob.is_some() || !self.has(Defect::CredBlobNone) {
                outputs = outputs.with(CRED_BLOB, Value::Bytes(blob.unwrap_or_default()));
            }
        }
        if wanted.third_party_payment {
            let pays = credential.third_party_payment || self.has(Defect::PaymentAll);
            outputs = outputs.with(THIRD_PARTY_PAYMENT, pays);
        }
        if let Some(method) = wanted.uvm {
            outputs = outputs.with(UVM, self.methods(method));
        }
        Ok(to_cbor(&outputs))
    }

    /// The blob of whichever credential was made last, which nobody should be told.
    fn newest_blob(&self) -> Option<Vec<u8>> {
        let kept = &self.state().credentials;
        let newest = kept.numbers().rev().find_map(|number| kept.numbered(number)?.cred_blob.clone());
        newest.map(|blob| blob.0)
    }

    /// One method, in software.
    fn methods(&self, method: u64) -> Value {
        let method = if self.has(Defect::UvmMethod) { PRESENCE } else { method };
        let protections = if self.has(Defect::UvmForm) { 0 } else { 2 };
        let told = [method, SOFTWARE, SOFTWARE].into_iter().take(1 + protections);
        Value::Array(vec![Value::Array(told.map(Value::from).collect())])
    }
}

/// Is this what a registration gives the extension?
fn is_of_its_type(id: &str, input: &Value) -> bool {
    match id {
        CRED_PROTECT => input.is_integer(),
        CRED_BLOB => input.is_bytes(),
        HMAC_SECRET_MC => input.is_map(),
        _ => input.is_bool(),
    }
}

fn boolean(input: &Value, id: &str) -> Result<bool, CommandError> {
    input.as_bool().ok_or_else(|| CommandError::new(Status::CBOR_UNEXPECTED_TYPE, format!("{id} is no boolean")))
}

fn to_cbor(outputs: &Extensions) -> Vec<u8> {
    if outputs.is_empty() { Vec::new() } else { cbor::to_canonical(&outputs.to_value()) }
}
