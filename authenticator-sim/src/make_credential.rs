//! authenticatorMakeCredential (CTAP 2.3 6.1).

#[cfg(test)]
mod tests;

use assay_mint::statement::Subject;
use assay_protocol::ctap2::make_credential::Request;
use assay_protocol::ctap2::{CommandError, PUBLIC_KEY, Status};
use assay_protocol::digest::{sha256, sha256_parts};

use crate::attestation::Extras;
use crate::authenticator::{Authenticator, internal, refuse};
use crate::credential::{CredProtect, Material, UserVerified, generate, new_id, random};
use crate::defect::reply::reversed;
use crate::defect::{self, Defect};
use crate::env::{Prompt, Purpose, SeededRng};
use crate::extensions::Creation;
use crate::operation::Operation;
use crate::state::{Change, Secret, StoredCredential};
use crate::user_verification::{Param, REGISTRATION};

/// The longest user handle.
const USER_ID_LENGTH: usize = 64;

/// Bytes of a `largeBlobKey`.
const LARGE_BLOB_KEY: usize = 32;

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
        let mut uv = self.wants_uv(request.options, param.as_ref(), &REGISTRATION)?;
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
        if request.options.up == Some(true) && (self.has(Defect::McUpTrue) || self.config.is_of_2_0()) {
            return refuse(Status::INVALID_OPTION, "up is true");
        }

        // step 6
        let passed_over = if self.is_protected() { Defect::AlwaysUvMc } else { Defect::AlwaysUvNoPin };
        if self.always_uv() && !self.has(passed_over) {
            if !self.is_protected() {
                return self.uv_wanted();
            }
            uv |= param.is_none() && self.has_uv();
            if param.is_none() && !uv {
                return self.uv_wanted();
            }
        }
        // steps 7 and 8
        let not_required = self.config.make_cred_uv_not_rqd && !discoverable;
        if param.is_none() && !uv && self.is_protected() && !not_required && !self.has(Defect::TokenRequired) {
            return self.puat_wanted();
        }

        // step 9
        let enterprise = self.enterprise(request)?;

        // steps 10 and 11
        let param = param.filter(|_| self.is_protected());
        if let Some(param) = &param {
            self.verify_param(param, &request.client_data_hash, &REGISTRATION, &request.rp.id)?;
        } else if uv {
            self.verify_built_in(&REGISTRATION, &request.rp.id, operation)?;
        }
        let user_verified = param.is_some() || uv;
        let interaction = uv && self.uv_is_interaction();

        // step 12
        let rp_id_hash = sha256(request.rp.id.as_bytes());
        if self.is_excluded(request, &rp_id_hash, user_verified) {
            if !interaction && !self.token_has_presence(param.as_ref()) {
                self.ask(&prompt, operation);
            }
            return refuse(Status::CREDENTIAL_EXCLUDED, "one of excludeList");
        }

        // steps 13 and 14
        if !interaction {
            self.touch_for_registration(param.as_ref(), &prompt, operation)?;
        }

        // step 15
        let method = self.method(param.is_some(), uv);
        let creation = Creation::process(self, request, discoverable, method)?;

        // steps 16 to 18
        let generated = match self.has(Defect::McFreshKey) {
            false => generate(algorithm, self.env.rng.as_mut()),
            true => generate(algorithm, &mut SeededRng::new([0; 32])),
        };
        let generated = generated.map_err(internal)?;
        let material = Material {
            generated: &generated,
            cred_protect: creation.cred_protect,
            third_party_payment: creation.third_party_payment,
        };
        let mut extras = Extras::default();
        if creation.large_blob_key {
            let length = if self.has(Defect::LbkLength) { LARGE_BLOB_KEY / 2 } else { LARGE_BLOB_KEY };
            let key = random(length, self.env.rng.as_mut()).0;
            extras.large_blob_key = Some(if self.has(Defect::LbkOneEach) { vec![0; length] } else { key });
        }
        let mut credential_id = if discoverable {
            self.keep(&material, request, creation.cred_blob.as_deref(), extras.large_blob_key.as_deref())?
        } else {
            self.vault.seal(&rp_id_hash, &material, self.env.rng.as_mut()).map_err(internal)?
        };
        if self.has(Defect::LbkRegistered) {
            extras.large_blob_key = None;
        }
        if self.has(Defect::McCredentialId) {
            credential_id.resize(1024, 0);
        }
        self.remember_rp(&request.rp.id);

        // step 19 and §6.1.3
        let verified = if user_verified { UserVerified::Yes } else { UserVerified::No };
        let extensions = creation.outputs(self, &credential_id, verified)?;
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
        let public_key = generated.key.cose_key().to_cbor();
        auth_data.extend(if self.has(Defect::McKeyCanonical) { reversed(&public_key) } else { public_key });
        auth_data.extend(extensions);
        let attested = if self.has(Defect::McAttestation) { [0; 32] } else { request.client_data_hash };
        let subject = Subject {
            key: &generated.key,
            credential_id: &credential_id,
            auth_data: &auth_data,
            client_data_hash: &attested,
        };
        let preference = request.attestation_formats_preference.as_deref().unwrap_or_default();
        let attestation = match self.config.enterprise.as_ref().filter(|_| enterprise) {
            // What tells one device from another has no other format; `none` can convey nothing.
            Some(own) if preference != ["none"] => {
                extras.enterprise = !self.has(Defect::EpAtt);
                &own.attestation
            }
            _ => self.config.choose_attestation(preference),
        };
        attestation.reply(&subject, &extras).map_err(internal)
    }

    /// §6.1.2 step 9: is the attestation to tell which device it is?
    fn enterprise(&self, request: &Request) -> Result<bool, CommandError> {
        let enabled = self.state.device.policy.enterprise;
        let Some(wanted) = request.enterprise_attestation.filter(|_| !self.config.is_of_2_0()) else {
            return Ok(enabled && self.has(Defect::EpNotAsked));
        };
        let enabled = enabled || self.has(Defect::EpDisabled);
        let Some(own) = self.config.enterprise.as_ref().filter(|_| enabled) else {
            if self.has(Defect::McEnterprise) {
                return Ok(false);
            }
            return refuse(Status::INVALID_PARAMETER, "enterprise attestation is not supported, or not enabled");
        };
        let listed = own.rp_ids.contains(&request.rp.id);
        match wanted {
            1 => Ok(listed || self.has(Defect::EpVendor)),
            2 => Ok(own.platform_managed || listed),
            _ if self.has(Defect::EpValue) => Ok(false),
            _ => refuse(Status::INVALID_OPTION, "enterpriseAttestation is neither 1 nor 2"),
        }
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

    /// §6.1.2 step 12
    fn is_excluded(&self, request: &Request, rp_id_hash: &[u8; 32], user_verified: bool) -> bool {
        let mut listed = request.exclude_list.iter().flatten();
        if self.has(Defect::ExcludeList) || self.has(Defect::ExcludeUnknown) {
            return self.has(Defect::ExcludeUnknown) && listed.next().is_some();
        }
        listed
            .filter(|entry| entry.kind == PUBLIC_KEY || self.has(Defect::ExcludeType))
            .filter_map(|entry| self.denoted(&entry.id, &request.rp.id, rp_id_hash, Defect::ExcludeOtherRp))
            .any(|found| match found.cred_protect {
                CredProtect::Required if user_verified => !self.has(Defect::CredProtectExcludeVerified),
                CredProtect::Required => self.has(Defect::CredProtectExclude),
                CredProtect::OptionalWithList => user_verified || !self.has(Defect::CredProtectExcludeTwo),
                CredProtect::Optional => true,
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

    fn keep(
        &mut self,
        material: &Material<'_>,
        request: &Request,
        cred_blob: Option<&[u8]>,
        large_blob_key: Option<&[u8]>,
    ) -> Result<Vec<u8>, CommandError> {
        let (rp, user) = (&request.rp, &request.user);
        let replaced = self.state.credentials.of_account(&rp.id, &user.id);
        if self.remaining_credentials() == 0 && replaced.is_empty() {
            return refuse(Status::KEY_STORE_FULL, "no room for another discoverable credential");
        }
        let mut changes = Vec::new();
        if !self.has(Defect::Overwrite) {
            changes.extend(replaced.into_iter().map(Change::Remove));
        }
        if self.has(Defect::OverwriteOtherRp) {
            let others = self.state.credentials.iter().filter(|kept| kept.user_id.0 == user.id);
            changes.extend(others.map(|kept| Change::Remove(kept.id.clone())));
        }
        let id = new_id(self.env.rng.as_mut());
        changes.push(Change::Put(Box::new(StoredCredential {
            id: id.clone(),
            rp_id: rp.id.clone(),
            rp_name: rp.name.clone(),
            user_id: Secret(user.id.clone()),
            user_name: user.name.clone(),
            user_display_name: user.display_name.clone(),
            alg: material.generated.key.alg(),
            private_key: Secret(material.generated.secret.clone()),
            cred_protect: material.cred_protect.number(),
            sign_count: 0,
            cred_blob: cred_blob.map(|blob| Secret(blob.to_vec())),
            large_blob_key: large_blob_key.map(|key| Secret(key.to_vec())),
            third_party_payment: material.third_party_payment,
        })));
        if !self.has(Defect::EncStateRegistration) {
            changes.push(Change::CredStoreState(random(16, self.env.rng.as_mut())));
        }
        self.commit(changes)?;
        Ok(id.0)
    }
}
