//! authenticatorMakeCredential (CTAP 2.3 6.1).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::make_credential::Request;
use assay_protocol::ctap2::{CommandError, PUBLIC_KEY, Status};
use assay_protocol::digest::{sha256, sha256_parts};

use crate::attestation;
use crate::authenticator::{Authenticator, internal, refuse};
use crate::credential::{CredProtect, Material, generate};
use crate::defect::reply::reversed;
use crate::defect::{self, Defect};
use crate::env::{Prompt, Purpose, SeededRng};
use crate::extensions::Creation;
use crate::operation::Operation;
use crate::user_verification::{Param, REGISTRATION};

/// The longest user handle.
const USER_ID_LENGTH: usize = 64;

const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BS: u8 = 0x10;
const AT: u8 = 0x40;
const ED: u8 = 0x80;

impl Authenticator {
    pub(crate) fn make_credential(
        &mut self,
        request: &Request,
        operation: &Operation,
    ) -> Result<Vec<u8>, CommandError> {
        let prompt = Prompt {
            purpose: Purpose::Register,
            rp_id: Some(request.rp.id.clone()),
            account: request.user.name.clone(),
        };
        self.check_limits(request)?;
        if self.has(Defect::McStepOrder) {
            self.choose_algorithm(request)?;
        }

        // §6.1.2 steps 1 and 2
        let param = request.pin_uv_auth_param.as_deref();
        let param = self.param(param, request.pin_uv_auth_protocol, &REGISTRATION, &prompt, operation)?;

        // step 3
        let algorithm = self.choose_algorithm(request)?;

        // step 5
        self.check_uv_option(request.options, param.as_ref(), &REGISTRATION)?;
        let discoverable = request.options.rk.unwrap_or(self.has(Defect::Discoverable));
        if discoverable && (!self.config.discoverable || self.has(Defect::McRk)) {
            return refuse(Status::UNSUPPORTED_OPTION, "rk");
        }
        if request.options.rk == Some(false) && self.has(Defect::McRkFalse) {
            return refuse(Status::UNSUPPORTED_OPTION, "rk, though false");
        }
        if request.options.up == Some(false) && !self.has(Defect::McUp) {
            return refuse(Status::INVALID_OPTION, "up is false");
        }
        if request.options.up == Some(true) && self.has(Defect::McUpTrue) {
            return refuse(Status::INVALID_OPTION, "up is true");
        }

        // steps 6 to 8
        if param.is_none() && self.needs_verification(discoverable) && !self.has(Defect::TokenRequired) {
            return self.uv_wanted();
        }

        // step 9
        if request.enterprise_attestation.is_some() && !self.has(Defect::McEnterprise) {
            return refuse(Status::INVALID_PARAMETER, "enterprise attestation is not supported");
        }

        // steps 10 and 11
        let param = param.filter(|_| self.is_protected());
        if let Some(param) = &param {
            self.verify_param(param, &request.client_data_hash, &REGISTRATION, &request.rp.id)?;
        }
        let user_verified = param.is_some();

        // step 12
        let rp_id_hash = sha256(request.rp.id.as_bytes());
        if self.is_excluded(request, &rp_id_hash, user_verified) {
            if !self.token_has_presence(param.as_ref()) {
                self.ask(&prompt, operation);
            }
            return refuse(Status::CREDENTIAL_EXCLUDED, "one of excludeList");
        }

        // step 14
        self.touch_for_registration(param.as_ref(), &prompt, operation)?;

        // step 15
        let creation = Creation::process(&self.config, request.extensions.as_ref())?;

        // steps 16 to 18
        let key = match self.has(Defect::McFreshKey) {
            false => generate(algorithm, self.env.rng.as_mut()),
            true => generate(algorithm, &mut SeededRng::new([0; 32])),
        };
        let key = key.map_err(internal)?;
        let material =
            Material { rp_id: &request.rp.id, rp_id_hash: &rp_id_hash, key: &key, cred_protect: creation.cred_protect };
        let mut credential_id = if discoverable {
            self.keep(&material, request)?
        } else {
            self.vault.seal(&material, self.env.rng.as_mut()).map_err(internal)?
        };
        if self.has(Defect::McCredentialId) {
            credential_id.resize(1024, 0);
        }
        self.remember_rp(&request.rp.id);

        // step 19 and §6.1.3
        let extensions = creation.outputs();
        let mut auth_data = Vec::with_capacity(256);
        auth_data.extend(if self.has(Defect::McRpIdHash) { sha256_parts(&[]) } else { rp_id_hash });
        auth_data.push(
            AT | self.backup_flags()
                | if self.has(Defect::McFlags) { 0 } else { UP }
                | if user_verified && !self.has(Defect::McTokenUv) { UV } else { 0 }
                | if extensions.is_empty() { 0 } else { ED },
        );
        auth_data.extend(self.initial_count().to_be_bytes());
        auth_data.extend(self.config.aaguid.as_bytes());
        auth_data.extend(u16::try_from(credential_id.len()).unwrap_or_default().to_be_bytes());
        auth_data.extend(&credential_id);
        let public_key = key.cose_key().to_cbor();
        auth_data.extend(if self.has(Defect::McKeyCanonical) { reversed(&public_key) } else { public_key });
        auth_data.extend(extensions);
        let wants_none = request.attestation_formats_preference.as_deref().is_some_and(|formats| formats == ["none"]);
        if wants_none {
            return Ok(attestation::none(&auth_data));
        }
        let attested = if self.has(Defect::McAttestation) { [0; 32] } else { request.client_data_hash };
        self.config.attestation.reply(&key, &auth_data, &attested).map_err(internal)
    }

    /// §6.1.2 step 3
    fn choose_algorithm(&self, request: &Request) -> Result<i64, CommandError> {
        let supported = |alg| self.config.algorithms.contains(&alg).then_some(alg);
        defect::params::read(&self.config.defects, &request.pub_key_cred_params).choose(supported)
    }

    /// The flags BE and BS.
    pub(crate) fn backup_flags(&self) -> u8 {
        self.config.backup.flags() | if self.has(Defect::BackupState) { BS } else { 0 }
    }

    fn check_limits(&self, request: &Request) -> Result<(), CommandError> {
        if request.user.id.len() > USER_ID_LENGTH {
            return refuse(Status::INVALID_LENGTH, "user.id is longer than 64 bytes");
        }
        let excluded = request.exclude_list.as_ref().map_or(0, Vec::len);
        if excluded > usize::from(self.config.limits.credential_count_in_list) {
            return refuse(Status::LIMIT_EXCEEDED, "excludeList is longer than maxCredentialCountInList");
        }
        Ok(())
    }

    /// §6.1.2 steps 6 to 8, for a request without parameter.
    fn needs_verification(&self, discoverable: bool) -> bool {
        let not_required = self.config.make_cred_uv_not_rqd && !self.config.always_uv;
        match (self.config.always_uv, self.is_protected()) {
            (true, _) => true,
            (false, true) => discoverable || !not_required,
            (false, false) => false,
        }
    }

    /// §6.1.2 step 12
    fn is_excluded(&self, request: &Request, rp_id_hash: &[u8; 32], user_verified: bool) -> bool {
        let mut listed = request.exclude_list.iter().flatten();
        if self.has(Defect::ExcludeList) || self.has(Defect::ExcludeUnknown) {
            return self.has(Defect::ExcludeUnknown) && listed.next().is_some();
        }
        listed
            .filter(|entry| entry.kind == PUBLIC_KEY || self.has(Defect::ExcludeType))
            .filter_map(|entry| self.denoted(&entry.id, &request.rp.id, rp_id_hash, Defect::ExcludeOtherRp))
            .any(|found| {
                found.cred_protect != CredProtect::Required || user_verified || self.has(Defect::CredProtectExclude)
            })
    }

    fn touch_for_registration(
        &mut self,
        param: Option<&Param<'_>>,
        prompt: &Prompt,
        operation: &Operation,
    ) -> Result<(), CommandError> {
        if !self.token_has_presence(param) {
            self.require_touch(prompt, operation)?;
        }
        if !self.has(Defect::McTokenSpent) {
            self.spend_tokens();
        }
        Ok(())
    }

    fn keep(&mut self, material: &Material<'_>, request: &Request) -> Result<Vec<u8>, CommandError> {
        let full = self.state.credentials.len() >= usize::from(self.config.limits.discoverable_credentials);
        if full && !self.state.has_account(material.rp_id, &request.user.id) {
            return refuse(Status::KEY_STORE_FULL, "no room for another discoverable credential");
        }
        if !self.has(Defect::Overwrite) {
            self.state.forget(material.rp_id, &request.user.id);
        }
        if self.has(Defect::OverwriteOtherRp) {
            self.state.credentials.retain(|kept| kept.user_id.0 != request.user.id);
        }
        let id = self.state.keep(material, &request.user, self.env.rng.as_mut());
        self.save()?;
        Ok(id)
    }
}
