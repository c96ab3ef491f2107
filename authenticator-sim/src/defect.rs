//! Deliberate defects: what a virtual key can be told to do wrong, one thing each, so that a suite
//! can be seen to notice. A key without any has nothing to do with this module but a look at an
//! empty set.
//!
//! A defect of a refusal or of a duty is a guard where that is written. What cannot be written so
//! is in [`request`], where a key reads more, or less, into a message than there is, and in
//! [`reply`], where it spoils what it was about to say; [`u2f`] is both for CTAP1.

#[macro_use]
mod management;
pub(crate) mod params;
pub(crate) mod reply;
pub(crate) mod request;
#[cfg(test)]
mod tests;
pub(crate) mod u2f;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a key has of them.
pub type Defects = BTreeSet<Defect>;

/// What is known of a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefectInfo {
    /// The stable slug, which is what a suite's cases claim to notice.
    pub id: &'static str,
    /// The clause that the key then breaks.
    pub clause: &'static str,
    /// What the key then does: a sentence without its subject.
    pub summary: &'static str,
}

macro_rules! defects {
    ($($variant:ident = $id:literal, $clause:literal, $summary:literal;)*) => {
        /// A deliberate defect.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Defect { $(#[doc = concat!("It ", $summary, " (", $clause, ").")] $variant,)* }

        impl Defect {
            /// Every defect, in the order of the text.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Slug, clause and summary.
            pub const fn info(self) -> DefectInfo {
                match self {
                    $(Self::$variant => DefectInfo { id: $id, clause: $clause, summary: $summary },)*
                }
            }
        }
    };
}

with_management! { defects:
    HidInitNonce = "ctaphid_init_nonce", "CTAP 2.3 11.2.9.1.3", "answers every INIT but the first with a nonce of its own";
    HidInitChannel = "ctaphid_init_channel", "CTAP 2.3 11.2.9.1.3", "gives everybody the same channel";
    HidInitVersion = "ctaphid_init_version", "CTAP 2.3 11.2.9.1.3", "says that it speaks CTAPHID version 1";
    HidInitCbor = "ctaphid_init_cbor", "CTAP 2.3 11.2.9.1.3", "does not own up to CBOR";
    HidInitLength = "ctaphid_init_length", "CTAP 2.3 11.2.9.1.3", "takes a nonce of any length";
    HidInitAborts = "ctaphid_init_aborts", "CTAP 2.3 11.2.9.1.3", "refuses INIT where a continuation was due";
    HidInitSameChannel = "ctaphid_init_same_channel", "CTAP 2.3 11.2.9.1.3", "gives out a new channel to whoever has one";
    HidInitUndisturbing = "ctaphid_init_undisturbing", "CTAP 2.3 11.2.5", "forgets a message when somebody else asks for a channel";
    HidPing = "ctaphid_ping", "CTAP 2.3 11.2.9.1.4", "answers PING with nothing in it";
    HidPingEmpty = "ctaphid_ping_empty", "CTAP 2.3 11.2.9.1.4", "refuses an empty PING";
    HidPingContinued = "ctaphid_ping_continued", "CTAP 2.3 11.2.9.1.4", "spoils a payload from its second report on";
    HidFullReport = "ctaphid_full_report", "CTAP 2.3 11.2.4", "waits for more after a first report that is just full";
    HidFullContinuation = "ctaphid_full_continuation", "CTAP 2.3 11.2.4", "waits for more after a continuation that is just full";
    HidLengthHigh = "ctaphid_length_high", "CTAP 2.3 11.2.4", "reads the low byte of a length only";
    HidSequenceWrap = "ctaphid_sequence_wrap", "CTAP 2.3 11.2.4", "counts the continuations of an answer to sixteen, then from zero again";
    HidPadding = "ctaphid_padding", "CTAP 2.3 11.2.4", "takes for payload what pads a report";
    HidLength = "ctaphid_length", "CTAP 2.3 11.2.4", "waits for messages longer than any";
    HidSequence = "ctaphid_sequence", "CTAP 2.3 11.2.4", "takes continuations in any order";
    HidNotContinued = "ctaphid_not_continued", "CTAP 2.3 11.2.5", "begins anew where a continuation was due";
    HidStrayContinuation = "ctaphid_stray_continuation", "CTAP 2.3 11.2.5", "answers a continuation that belongs to nothing";
    HidBusy = "ctaphid_busy", "CTAP 2.3 11.2.5", "lets another channel push a message aside";
    HidBusyKept = "ctaphid_busy_kept", "CTAP 2.3 11.2.5", "says that it is busy, and forgets with what";
    HidTimeout = "ctaphid_timeout", "CTAP 2.3 11.2.5", "waits for ever for the rest of a message";
    HidChannelZero = "ctaphid_channel_zero", "CTAP 2.3 11.2.4", "serves channel 0";
    HidChannelBroadcast = "ctaphid_channel_broadcast", "CTAP 2.3 11.2.4", "serves more than INIT on the broadcast channel";
    HidChannelUnknown = "ctaphid_channel_unknown", "CTAP 2.3 11.2.5", "serves channels that it never gave out";
    HidUnknownCommand = "ctaphid_unknown_command", "CTAP 2.3 11.2.9.1.6", "answers commands that it does not know";
    HidMsg = "ctaphid_msg", "CTAP 2.3 11.2.9.1.1", "answers CTAP1 messages, of which it says that it has none";
    HidMsgEmpty = "ctaphid_msg_empty", "CTAP 2.3 11.2.9.1.1", "takes a CTAP1 message without an APDU";
    HidCborEmpty = "ctaphid_cbor_empty", "CTAP 2.3 11.2.9.1.2", "takes a CBOR message without a command";
    HidCancelIdle = "ctaphid_cancel_idle", "CTAP 2.3 11.2.9.1.5", "answers CANCEL";
    HidCancel = "ctaphid_cancel", "CTAP 2.3 11.2.9.1.5", "goes on with a command that is cancelled";
    HidCancelOther = "ctaphid_cancel_other", "CTAP 2.3 11.2.9.1.5", "has its commands cancelled by other channels";
    HidKeepAlive = "ctaphid_keep_alive", "CTAP 2.3 11.2.9.1.7", "shows no sign of life while it works";
    HidKeepAliveStatus = "ctaphid_keep_alive_status", "CTAP 2.3 11.2.9.1.7", "says that it is processing where it waits for a touch";
    HidBusyWorking = "ctaphid_busy_working", "CTAP 2.3 11.2.5", "calls other channels invalid while it works";
    HidInitWorking = "ctaphid_init_working", "CTAP 2.3 11.2.9.1.3", "says that it is busy to INIT on the channel that it works for";
    HidWink = "ctaphid_wink", "CTAP 2.3 11.2.9.2.1", "offers WINK and does not know it";

    UnknownCommand = "ctap_unknown_command", "CTAP 2.3 8.1", "says OK to commands that it does not have";
    UnknownParameter = "ctap_unknown_parameter", "CTAP 2.3 8", "refuses parameters that it does not know";
    CborMinimal = "ctap_cbor_minimal", "CTAP 2.3 8", "takes integers and lengths in longer forms than needed";
    CborOrder = "ctap_cbor_order", "CTAP 2.3 8", "takes the members of a map in any order";
    CborIndefinite = "ctap_cbor_indefinite", "CTAP 2.3 8", "takes maps without a length";
    CborDuplicate = "ctap_cbor_duplicate", "CTAP 2.3 8", "takes the first of two members with one key";
    CborTrailing = "ctap_cbor_trailing", "CTAP 2.3 8", "ignores what follows the parameters";
    CborTruncated = "ctap_cbor_truncated", "CTAP 2.3 8.2", "reads on in zeros where a request ends early";
    CborUtf8 = "ctap_cbor_utf8", "CTAP 2.3 8", "takes texts that are no UTF-8";
    CborTag = "ctap_cbor_tag", "CTAP 2.3 8", "passes over tags";
    CborNesting = "ctap_cbor_nesting", "CTAP 2.3 8", "follows a request to any depth";

    InfoCanonical = "ctap_info_canonical", "CTAP 2.3 8", "sorts its options by the alphabet";
    InfoRepeated = "ctap_info_repeated", "CTAP 2.3 6.4", "says something else of itself each time";
    InfoAaguidAttested = "ctap_info_aaguid_attested", "CTAP 2.3 6.1.2", "names another AAGUID than it attests";
    InfoVersions = "ctap_info_versions", "CTAP 2.3 6.4", "lists FIDO_2_2, which was never defined";
    InfoAaguid = "ctap_info_aaguid", "CTAP 2.3 6.4", "names an AAGUID of fifteen bytes";
    InfoOptions = "ctap_info_options", "CTAP 2.3 6.4", "writes an option as 1";
    InfoMaxMsgSize = "ctap_info_max_msg_size", "CTAP 2.3 6.4", "says that 1023 bytes are its limit";
    InfoPinProtocols = "ctap_info_pin_protocols", "CTAP 2.3 6.4", "lists no PIN/UV auth protocol";
    InfoAlgorithms = "ctap_info_algorithms", "CTAP 2.3 6.4", "lists an algorithm twice";
    InfoTransports = "ctap_info_transports", "CTAP 2.3 6.4", "lists no transport in the list that it gives";
    InfoLimits = "ctap_info_limits", "CTAP 2.3 6.4", "says that lists may have no entry";
    InfoMinPinLength = "ctap_info_min_pin_length", "CTAP 2.3 6.4", "says that three characters make a PIN";

    McRpIdHash = "ctap_mc_rp_id_hash", "CTAP 2.3 6.1.2", "registers for the hash of the RP's name";
    McFlags = "ctap_mc_flags", "CTAP 2.3 6.1.2", "registers without the flag UP";
    McAttestation = "ctap_mc_attestation", "CTAP 2.3 6.1.2 step 19", "attests to another client data hash";
    McCredentialId = "ctap_mc_credential_id", "WebAuthn L3 6.5.1", "makes credential ids of 1024 bytes";
    McCanonical = "ctap_mc_canonical", "CTAP 2.3 8", "answers makeCredential with its members in another order";
    McKeyCanonical = "ctap_mc_key_canonical", "CTAP 2.3 8", "writes credential keys with their members in another order";
    McFreshKey = "ctap_mc_fresh_key", "CTAP 2.3 6.1.2 step 16", "makes the same key pair each time";
    McClientDataHash = "ctap_mc_client_data_hash", "CTAP 2.3 6.1.1", "does without clientDataHash";
    McRp = "ctap_mc_rp", "CTAP 2.3 6.1.1", "does without rp";
    McUser = "ctap_mc_user", "CTAP 2.3 6.1.1", "does without user";
    McParams = "ctap_mc_params", "CTAP 2.3 6.1.1", "does without pubKeyCredParams";
    McRpId = "ctap_mc_rp_id", "CTAP 2.3 8.2", "does without rp.id";
    McUserId = "ctap_mc_user_id", "CTAP 2.3 8.2", "does without user.id";
    McTypeClientDataHash = "ctap_mc_type_client_data_hash", "CTAP 2.3 8.2", "passes over a clientDataHash of another type";
    McTypeRp = "ctap_mc_type_rp", "CTAP 2.3 8.2", "passes over an rp of another type";
    McTypeUser = "ctap_mc_type_user", "CTAP 2.3 8.2", "passes over a user of another type";
    McTypeParams = "ctap_mc_type_params", "CTAP 2.3 8.2", "passes over pubKeyCredParams of another type";
    McTypeOption = "ctap_mc_type_option", "CTAP 2.3 8.2", "passes over options that are no booleans";
    McAlgorithm = "ctap_mc_algorithm", "CTAP 2.3 6.1.2 step 3", "makes an ES256 key where nothing that it has is offered";
    McParamsEmpty = "ctap_mc_params_empty", "CTAP 2.3 6.1.2 step 3", "takes an empty list of algorithms for ES256";
    McParamsType = "ctap_mc_params_type", "CTAP 2.3 6.1.2 step 3", "looks at an element's algorithm only, not at its type";
    McParamsMembers = "ctap_mc_params_members", "CTAP 2.3 6.1.2 step 3", "passes over elements without a type";
    McParamsSkipped = "ctap_mc_params_skipped", "CTAP 2.3 6.1.2 step 3", "looks at the first element only";
    McParamsEach = "ctap_mc_params_each", "CTAP 2.3 6.1.2 step 3", "makes an ES256 key where EdDSA is asked for";
    McParamsPreference = "ctap_mc_params_preference", "CTAP 2.3 6.1.2 step 3", "takes the last of the algorithms offered";
    McStepOrder = "ctap_mc_step_order", "CTAP 2.3 6.1.2 step 2", "looks at the algorithms before the protocol";
    McUp = "ctap_mc_up", "CTAP 2.3 6.1.2 step 5.3", "makes a credential though `up` is false";
    McUpTrue = "ctap_mc_up_true", "CTAP 2.3 6.1.2 step 5.3", "refuses `up` even where it is true";
    McUv = "ctap_mc_uv", "CTAP 2.3 6.1.2 step 5.1", "passes over `uv`, which it does not have";
    McUnknownOption = "ctap_mc_unknown_option", "CTAP 2.3 6.1.2 step 5", "refuses options that it does not know";
    McRk = "ctap_mc_rk", "CTAP 2.3 6.1.2 step 5.2", "refuses `rk`, which it offers";
    McRkFalse = "ctap_mc_rk_false", "CTAP 2.3 6.1.2 step 18", "refuses `rk` where it is false";
    McEnterprise = "ctap_mc_enterprise", "CTAP 2.3 6.1.2 step 9.1", "passes over enterpriseAttestation, which it does not have";
    McUnknownExtension = "ctap_mc_unknown_extension", "CTAP 2.3 12", "echoes extensions that it does not know";
    ExcludeList = "ctap_exclude_list", "CTAP 2.3 6.1.2 step 12", "passes over excludeList";
    ExcludeUnknown = "ctap_exclude_unknown", "CTAP 2.3 6.1.2 step 12", "is stopped by any entry of excludeList";
    ExcludeOtherRp = "ctap_exclude_other_rp", "CTAP 2.3 6.1.2 step 12", "is stopped by the credentials of other RPs";
    ExcludeType = "ctap_exclude_type", "CTAP 2.3 6.1.2 step 12", "looks at an entry's id only, not at its type";
    ExcludeMembers = "ctap_exclude_members", "CTAP 2.3 8.2", "passes over entries of excludeList without an id";
    McPinProtocolMissing = "ctap_mc_pin_protocol_missing", "CTAP 2.3 6.1.2 step 2", "registers by a parameter of no protocol";
    McPinProtocolUnsupported = "ctap_mc_pin_protocol_unsupported", "CTAP 2.3 6.1.2 step 2", "registers by a parameter of a protocol that it does not have";

    GaRpIdHash = "ctap_ga_rp_id_hash", "CTAP 2.3 6.2.2", "signs for the hash of nothing";
    GaFlags = "ctap_ga_flags", "CTAP 2.3 6.2.2", "signs without the flag UP";
    GaSignature = "ctap_ga_signature", "CTAP 2.3 6.2.2 step 13", "signs the authenticator data alone";
    GaCanonical = "ctap_ga_canonical", "CTAP 2.3 8", "answers getAssertion with its members in another order";
    GaCredential = "ctap_ga_credential", "CTAP 2.3 6.2.2", "does not say which of several credentials has signed";
    GaCounter = "ctap_ga_counter", "WebAuthn L3 6.1.1", "counts to one";
    GaRpId = "ctap_ga_rp_id", "CTAP 2.3 6.2.1", "does without rpId";
    GaClientDataHash = "ctap_ga_client_data_hash", "CTAP 2.3 6.2.1", "does without clientDataHash";
    GaTypeRpId = "ctap_ga_type_rp_id", "CTAP 2.3 8.2", "passes over an rpId of another type";
    GaTypeClientDataHash = "ctap_ga_type_client_data_hash", "CTAP 2.3 8.2", "passes over a clientDataHash of another type";
    GaTypeAllowList = "ctap_ga_type_allow_list", "CTAP 2.3 8.2", "passes over an allowList of another type";
    GaUv = "ctap_ga_uv", "CTAP 2.3 6.2.2 step 4", "passes over `uv`, which it does not have";
    GaRk = "ctap_ga_rk", "CTAP 2.3 6.2.2 step 4", "passes over `rk`";
    GaUnknownOption = "ctap_ga_unknown_option", "CTAP 2.3 6.2.2 step 4", "refuses options that it does not know";
    GaUnknownExtension = "ctap_ga_unknown_extension", "CTAP 2.3 12", "refuses extensions that it does not know";
    GaUp = "ctap_ga_up", "CTAP 2.3 6.2.2 step 9", "says that somebody was there though nobody was asked";
    GaPinProtocolMissing = "ctap_ga_pin_protocol_missing", "CTAP 2.3 6.2.2 step 2", "signs by a parameter of no protocol";
    GaPinProtocolUnsupported = "ctap_ga_pin_protocol_unsupported", "CTAP 2.3 6.2.2 step 2", "signs by a parameter of a protocol that it does not have";
    AllowList = "ctap_allow_list", "CTAP 2.3 6.2.2 step 7", "looks at the first entry of allowList only";
    AllowType = "ctap_allow_type", "CTAP 2.3 6.2.2 step 7", "looks at an entry's id only, not at its type";
    AllowMembers = "ctap_allow_members", "CTAP 2.3 8.2", "passes over entries of allowList without an id";
    AllowNumber = "ctap_allow_number", "CTAP 2.3 6.2.2 step 11", "counts its credentials where an allowList is given";
    BackupState = "ctap_backup_state", "WebAuthn L3 6.1.3", "says that a credential is backed up that never can be";
    BackupEligible = "ctap_backup_eligible", "WebAuthn L3 6.1.3", "says one thing of a credential's backup at registration and another at sign-in";
    CredentialLookup = "ctap_credential_lookup", "CTAP 2.3 6.2.2 step 7", "does not look at the last bit of a credential id";
    RpBinding = "ctap_rp_binding", "CTAP 2.3 6.2.2 step 7", "lends its credentials to other RPs";
    Discoverable = "ctap_discoverable", "CTAP 2.3 6.1.2 step 18", "makes every credential discoverable";
    DiscoverableRp = "ctap_discoverable_rp", "CTAP 2.3 6.2.2 step 7", "finds the discoverable credentials of every RP";
    DiscoverableUser = "ctap_discoverable_user", "CTAP 2.3 6.2.2 step 12.3", "does not say whose a discoverable credential is";
    UserName = "ctap_user_name", "CTAP 2.3 6.2.2 step 12.3", "tells names to whoever asks";
    NumberOfCredentials = "ctap_number_of_credentials", "CTAP 2.3 6.2.2 step 12.2", "counts one credential too few";
    NewestFirst = "ctap_newest_first", "CTAP 2.3 6.2.2 step 12.2", "begins with the oldest credential";
    Overwrite = "ctap_overwrite", "CTAP 2.3 6.1.2 step 17", "keeps both credentials of one account";
    OverwriteOtherRp = "ctap_overwrite_other_rp", "CTAP 2.3 6.1.2 step 17", "overwrites what a user of the same id has at another RP";
    NextNumber = "ctap_next_number", "CTAP 2.3 6.3 step 4", "counts its credentials in every answer";
    NextExhausted = "ctap_next_exhausted", "CTAP 2.3 6.3 step 2", "says NO_CREDENTIALS past the last one";
    NextWithoutState = "ctap_next_without_state", "CTAP 2.3 6.3 step 1", "says NO_CREDENTIALS where there is nothing to continue";
    NextAfterList = "ctap_next_after_list", "CTAP 2.3 6.2.2 step 11", "signs once more after an allowList";
    NextState = "ctap_next_state", "CTAP 2.3 6", "forgets the client data hash when another command comes between";

    CredProtectOutput = "ctap_cred_protect_output", "CTAP 2.3 12.1", "does not say which protection it gives";
    CredProtectRequired = "ctap_cred_protect_required", "CTAP 2.3 6.2.2 step 7", "signs at level 3 without user verification";
    CredProtectListed = "ctap_cred_protect_listed", "CTAP 2.3 6.2.2 step 7", "takes level 2 for level 3";
    CredProtectUnlisted = "ctap_cred_protect_unlisted", "CTAP 2.3 6.2.2 step 7", "finds credentials of level 2 without an allowList";
    CredProtectExclude = "ctap_cred_protect_exclude", "CTAP 2.3 6.1.2 step 12.2", "betrays credentials of level 3 to whoever excludes them";
    CredProtectNotAsked = "ctap_cred_protect_not_asked", "CTAP 2.3 12.1", "tells a level of protection that nobody asks for";
    CredProtectLevel = "ctap_cred_protect_level", "CTAP 2.3 12.1", "says that it gives whatever level it is asked for";
    CredProtectTwoVerified = "ctap_cred_protect_two_verified", "CTAP 2.3 6.2.2 step 7", "finds credentials of level 2 by an allowList alone";
    CredProtectThreeVerified = "ctap_cred_protect_three_verified", "CTAP 2.3 6.2.2 step 7", "never signs at level 3";
    CredProtectExcludeTwo = "ctap_cred_protect_exclude_two", "CTAP 2.3 6.1.2 step 12.2", "takes level 2 for level 3 in excludeList";
    CredProtectExcludeVerified = "ctap_cred_protect_exclude_verified", "CTAP 2.3 6.1.2 step 12.2", "passes over credentials of level 3 in excludeList whoever asks";
    HmacSecretOutput = "ctap_hmac_secret_output", "CTAP 2.3 12.7", "does not say that it has hmac-secret";
    HmacSecretStable = "ctap_hmac_secret_stable", "CTAP 2.3 12.7", "answers one salt differently each time";
    HmacSecretSalt = "ctap_hmac_secret_salt", "CTAP 2.3 12.7", "answers every salt alike";
    HmacSecretSecond = "ctap_hmac_secret_second", "CTAP 2.3 12.7", "answers one salt where there are two";
    HmacSecretCredential = "ctap_hmac_secret_credential", "CTAP 2.3 12.7", "has one secret for all credentials";
    HmacSecretUv = "ctap_hmac_secret_uv", "CTAP 2.3 12.7", "has one secret with and without user verification";
    HmacSecretUp = "ctap_hmac_secret_up", "CTAP 2.3 12.7", "answers a salt without a touch";
    HmacSecretAuth = "ctap_hmac_secret_auth", "CTAP 2.3 12.7", "does not verify saltAuth";
    HmacSecretLength = "ctap_hmac_secret_length", "CTAP 2.3 12.7", "takes salts of any length";
    HmacSecretProtocol = "ctap_hmac_secret_protocol", "CTAP 2.3 12.7", "takes a protocol that it does not have for protocol two";
    HmacSecretProtocolOne = "ctap_hmac_secret_protocol_one", "CTAP 2.3 12.7", "spoils its answers by protocol one";
    HmacSecretProtocolAbsent = "ctap_hmac_secret_protocol_absent", "CTAP 2.3 12.7", "takes protocol two for meant where none is named";
    HmacSecretNeedsKeyAgreement = "ctap_hmac_secret_needs_key_agreement", "CTAP 2.3 12.7", "reads keyAgreement as zeros where hmac-secret has none";
    HmacSecretNeedsSalt = "ctap_hmac_secret_needs_salt", "CTAP 2.3 12.7", "reads saltEnc as zeros where hmac-secret has none";
    HmacSecretNeedsAuth = "ctap_hmac_secret_needs_auth", "CTAP 2.3 12.7", "reads saltAuth as zeros where hmac-secret has none";
    HmacSecretNext = "ctap_hmac_secret_next", "CTAP 2.3 6.3", "answers the salts of the first account alone";
    HmacSecretMcSecret = "ctap_hmac_secret_mc_secret", "CTAP 2.3 12.8", "answers salts at registration by another secret";
    HmacSecretMcUv = "ctap_hmac_secret_mc_uv", "CTAP 2.3 12.8", "answers salts at registration as if nobody had been verified";
    HmacSecretMcAlone = "ctap_hmac_secret_mc_alone", "CTAP 2.3 12.8", "answers salts at registration without hmac-secret";
    CredBlobOutput = "ctap_cred_blob_output", "CTAP 2.3 12.2", "does not say whether it keeps a blob";
    CredBlobKept = "ctap_cred_blob_kept", "CTAP 2.3 12.2", "says that it keeps a blob, and does not";
    CredBlobAll = "ctap_cred_blob_all", "CTAP 2.3 12.2", "says of every blob that it is kept";
    CredBlobTooLong = "ctap_cred_blob_too_long", "CTAP 2.3 12.2", "refuses a registration whose blob is too long";
    CredBlobNone = "ctap_cred_blob_none", "CTAP 2.3 12.2", "says nothing where a credential has no blob";
    CredBlobOwn = "ctap_cred_blob_own", "CTAP 2.3 12.2", "tells the newest blob whoever signs";
    CredBlobNotAsked = "ctap_cred_blob_not_asked", "CTAP 2.3 12", "tells blobs to those who do not ask";
    PaymentKept = "ctap_payment_kept", "CTAP 2.3 12.9", "forgets that a credential is for payments";
    PaymentAll = "ctap_payment_all", "CTAP 2.3 12.9", "says of every credential that it is for payments";
    PinComplexityOutput = "ctap_pin_complexity_output", "CTAP 2.3 12.6", "tells the opposite of its rules for PINs";
    PinComplexityUnlisted = "ctap_pin_complexity_unlisted", "CTAP 2.3 12.6", "tells every RP of its rules for PINs";
    UvmForm = "ctap_uvm_form", "WebAuthn L2 10.3", "tells a method of verification without its protections";
    UvmMethod = "ctap_uvm_method", "WebAuthn L2 10.3", "says that somebody was there where a user was verified";
    ExtensionType = "ctap_extension_type", "CTAP 2.3 8.2", "passes over extensions whose input is of another type";

    PinKeyAgreement = "ctap_pin_key_agreement", "CTAP 2.3 6.5.5.4", "names ES256 as the algorithm of its key agreement";
    PinCanonical = "ctap_pin_canonical", "CTAP 2.3 8", "writes its key agreement key in another order";
    PinProtocol = "ctap_pin_protocol", "CTAP 2.3 6.5.5.4", "takes a protocol that it does not have for its own";
    PinProtocolOne = "ctap_pin_protocol_one", "CTAP 2.3 6.5.6", "lists protocol one and spoils its tokens";
    PinSubcommand = "ctap_pin_subcommand", "CTAP 2.3 8.1", "calls a subcommand that does not exist a wrong parameter";
    SetPin = "ctap_set_pin", "CTAP 2.3 6.5.5.5", "says that no PIN is set when one is";
    SetPinTwice = "ctap_set_pin_twice", "CTAP 2.3 6.5.5.5 step 3", "sets a PIN over the one that is set";
    SetPinParam = "ctap_set_pin_param", "CTAP 2.3 6.5.5.5 step 5", "sets a PIN by a parameter that does not verify";
    PlatformKey = "ctap_platform_key", "CTAP 2.3 6.5.5.5 step 4", "goes on with a platform key that is no point of the curve";
    PinBlock = "ctap_pin_block", "CTAP 2.3 6.5.5.5 step 7", "takes a PIN that is not padded";
    PinLength = "ctap_pin_length", "CTAP 2.3 6.5.5.5 step 9", "takes a PIN however short";
    PinCodePoints = "ctap_pin_code_points", "CTAP 2.3 6.5.1", "counts a PIN in bytes";
    PinLongest = "ctap_pin_longest", "CTAP 2.3 6.5.1", "refuses a PIN of 63 bytes";
    PinTooLong = "ctap_pin_too_long", "CTAP 2.3 6.5.5.5 step 8", "takes a PIN of 64 bytes";
    ChangePin = "ctap_change_pin", "CTAP 2.3 6.5.5.6", "says that it has changed the PIN, and has not";
    ChangePinParam = "ctap_change_pin_param", "CTAP 2.3 6.5.5.6 step 5", "changes the PIN by a parameter that does not verify";
    ChangePinParamCost = "ctap_change_pin_param_cost", "CTAP 2.3 6.5.5.6 step 5", "takes a try for a parameter that does not verify";
    ChangePinRetries = "ctap_change_pin_retries", "CTAP 2.3 6.5.5.6 step 6", "lets a PIN be tried for nothing by changing it";
    ChangePinTokens = "ctap_change_pin_tokens", "CTAP 2.3 6.5.5.6", "honours tokens of the PIN before";
    PinRetriesMax = "ctap_pin_retries_max", "CTAP 2.3 6.5.2.2", "gives nine tries";
    PinRetries = "ctap_pin_retries", "CTAP 2.3 6.5.5.7.2 step 8", "lets wrong PINs be tried for nothing";
    PinRetriesRestored = "ctap_pin_retries_restored", "CTAP 2.3 6.5.5.7.2 step 10", "gives no try back for the right PIN";
    KeyAgreementRenewed = "ctap_key_agreement_renewed", "CTAP 2.3 6.5.5.7.2 step 9", "keeps its key agreement key after a wrong PIN";
    PinAuthBlocked = "ctap_pin_auth_blocked", "CTAP 2.3 6.5.2.2", "lets wrong PINs be tried without a pause";
    PinAuthBlockedRight = "ctap_pin_auth_blocked_right", "CTAP 2.3 6.5.2.2", "takes the right PIN though it is blocked";
    PinNotSet = "ctap_pin_not_set", "CTAP 2.3 6.5.5.7.2", "calls a PIN wrong where none is set";
    McTokenUv = "ctap_mc_token_uv", "CTAP 2.3 6.1.2 step 11", "registers without the flag UV by a token that verifies";
    GaTokenUv = "ctap_ga_token_uv", "CTAP 2.3 6.2.2 step 6.1", "signs without the flag UV by a token that verifies";
    TokenRequired = "ctap_token_required", "CTAP 2.3 6.1.2 step 7", "makes discoverable credentials without a token";
    McTokenParam = "ctap_mc_token_param", "CTAP 2.3 6.1.2 step 11.1", "registers by a parameter that does not verify";
    GaTokenParam = "ctap_ga_token_param", "CTAP 2.3 6.2.2 step 6.1", "signs by a parameter that does not verify";
    McTokenPermission = "ctap_mc_token_permission", "CTAP 2.3 6.1.2 step 11.1", "registers by a token without that permission";
    GaTokenPermission = "ctap_ga_token_permission", "CTAP 2.3 6.2.2 step 6.1", "signs by a token without that permission";
    McTokenRp = "ctap_mc_token_rp", "CTAP 2.3 6.1.2 step 11.1", "registers by another RP's token";
    GaTokenRp = "ctap_ga_token_rp", "CTAP 2.3 6.2.2 step 6.1", "signs by another RP's token";
    McTokenSpent = "ctap_mc_token_spent", "CTAP 2.3 6.1.2 step 14", "registers as often as you like by one token";
    GaTokenSpent = "ctap_ga_token_spent", "CTAP 2.3 6.2.2 step 9", "signs as often as you like by one token";
    GaTokenSilent = "ctap_ga_token_silent", "CTAP 2.3 6.2.2 step 9", "spends a token without a touch";
    TokenReset = "ctap_token_reset", "CTAP 2.3 6.5.5.7.2 step 13", "honours tokens from before the last one";
    TokenBinding = "ctap_token_binding", "CTAP 2.3 6.2.2 step 6.1", "does not bind a token to the RP that uses it first";
    PermissionsZero = "ctap_permissions_zero", "CTAP 2.3 6.5.5.7.2 step 3", "gives a token for nothing";
    PermissionsUnknown = "ctap_permissions_unknown", "CTAP 2.3 6.5.5.7.2", "gives a token for what it cannot do";
    LegacyToken = "ctap_legacy_token", "CTAP 2.3 6.5.5.7.1", "does not know getPinToken";
    LegacyPermissions = "ctap_legacy_permissions", "CTAP 2.3 6.5.5.7.1 step 3", "passes over permissions in getPinToken";
    EmptyParamNoPin = "ctap_empty_param_no_pin", "CTAP 2.3 6.1.2 step 1", "takes an empty parameter for none";
    EmptyParamPinSet = "ctap_empty_param_pin_set", "CTAP 2.3 6.1.2 step 1", "answers an empty parameter as CTAP 2.0 did";
    PinNeedsSubcommand = "ctap_pin_needs_subcommand", "CTAP 2.3 6.5.5", "takes a request without subCommand for getPINRetries";
    AgreementNeedsProtocol = "ctap_agreement_needs_protocol", "CTAP 2.3 6.5.5.4", "agrees by protocol one where none is named";
    SetNeedsProtocol = "ctap_set_needs_protocol", "CTAP 2.3 6.5.5.5 step 1", "sets a PIN by protocol two where none is named";
    SetNeedsKeyAgreement = "ctap_set_needs_key_agreement", "CTAP 2.3 6.5.5.5 step 1", "reads keyAgreement as zeros where setPIN has none";
    SetNeedsParam = "ctap_set_needs_param", "CTAP 2.3 6.5.5.5 step 1", "reads pinUvAuthParam as zeros where setPIN has none";
    SetNeedsNewPin = "ctap_set_needs_new_pin", "CTAP 2.3 6.5.5.5 step 1", "reads newPinEnc as zeros where setPIN has none";
    ChangeNeedsKeyAgreement = "ctap_change_needs_key_agreement", "CTAP 2.3 6.5.5.6 step 1", "reads keyAgreement as zeros where changePIN has none";
    ChangeNeedsParam = "ctap_change_needs_param", "CTAP 2.3 6.5.5.6 step 1", "reads pinUvAuthParam as zeros where changePIN has none";
    ChangeNeedsNewPin = "ctap_change_needs_new_pin", "CTAP 2.3 6.5.5.6 step 1", "reads newPinEnc as zeros where changePIN has none";
    ChangeNeedsPinHash = "ctap_change_needs_pin_hash", "CTAP 2.3 6.5.5.6 step 1", "reads pinHashEnc as zeros where changePIN has none";
    LegacyNeedsPinHash = "ctap_legacy_needs_pin_hash", "CTAP 2.3 6.5.5.7.1 step 1", "reads pinHashEnc as zeros where getPinToken has none";
    TokenNeedsKeyAgreement = "ctap_token_needs_key_agreement", "CTAP 2.3 6.5.5.7.2 step 1", "reads keyAgreement as zeros where a token is asked for without";
    TokenNeedsPinHash = "ctap_token_needs_pin_hash", "CTAP 2.3 6.5.5.7.2 step 1", "reads pinHashEnc as zeros where a token is asked for without";
    TokenNeedsPermissions = "ctap_token_needs_permissions", "CTAP 2.3 6.5.5.7.2 step 1", "gives every permission where none is asked for";
    TokenNeedsRpId = "ctap_token_needs_rp_id", "CTAP 2.3 6.5.5.7.2 step 1", "gives tokens for no RP in particular";

    UvNotSetUp = "ctap_uv_not_set_up", "CTAP 2.3 6.5.5.7.3 step 5", "asks for a finger where none is enrolled";
    UvTokenNeedsProtocol = "ctap_uv_token_needs_protocol", "CTAP 2.3 6.5.5.7.3 step 1", "gives a token by built-in user verification by protocol two where none is named";
    UvTokenNeedsKeyAgreement = "ctap_uv_token_needs_key_agreement", "CTAP 2.3 6.5.5.7.3 step 1", "reads keyAgreement as zeros where a token by built-in user verification is asked for without";
    UvTokenNeedsPermissions = "ctap_uv_token_needs_permissions", "CTAP 2.3 6.5.5.7.3 step 1", "gives by built-in user verification every permission where none is asked for";
    UvEnrollmentToken = "ctap_uv_enrollment_token", "CTAP 2.3 6.5.5.7.3 step 4", "says uvBioEnroll, and gives no such token";
    UvRetriesMax = "ctap_uv_retries_max", "CTAP 2.3 6.5.2.2", "gives twenty-six tries of built-in user verification";
    UvAnybody = "ctap_uv_anybody", "CTAP 2.3 6.5.3.1", "verifies any finger";
    UvRetriesFree = "ctap_uv_retries_free", "CTAP 2.3 6.5.3.1 step 5", "lets fingers be tried for nothing";
    UvBlocked = "ctap_uv_blocked", "CTAP 2.3 6.5.5.7.3 step 7", "does not say that built-in user verification is blocked";
    UvRestored = "ctap_uv_restored", "CTAP 2.3 6.5.2.2", "gives no try of built-in user verification back for the right PIN";

    BioModality = "ctap_bio_modality", "CTAP 2.3 6.7.2", "has a modality that there is not";
    BioSensorInfo = "ctap_bio_sensor_info", "CTAP 2.3 6.7.3", "has a kind of sensor that there is not";
    BioModalityMissing = "ctap_bio_modality_missing", "CTAP 2.3 6.7.3", "takes fingerprints for meant where no modality is named";
    BioModalityUnknown = "ctap_bio_modality_unknown", "CTAP 2.3 6.7", "takes any modality for fingerprints";
    BioCancelIdle = "ctap_bio_cancel_idle", "CTAP 2.3 6.7.5", "refuses to cancel where nothing is to be cancelled";
    BioSubcommand = "ctap_bio_subcommand", "CTAP 2.3 8.1", "calls an unknown subcommand of bio enrollment a wrong parameter";
    BioPreview = "ctap_bio_preview", "CTAP 2.3 6.7", "offers the prototype of bio enrollment and does not know it";
    BioEnrolled = "ctap_bio_enrolled", "CTAP 2.3 6.7.4", "forgets a finger with its last sample";
    BioRemaining = "ctap_bio_remaining", "CTAP 2.3 6.7.4", "does not count good samples";
    BioHalf = "ctap_bio_half", "CTAP 2.3 6.7.4", "says that a finger is enrolled as soon as its enrolment has begun";
    BioCancel = "ctap_bio_cancel", "CTAP 2.3 6.7.5", "goes on with an enrolment that is cancelled";
    BioBegunAnew = "ctap_bio_begun_anew", "CTAP 2.3 6.7.4", "does not look at which template a sample is for";
    BioNothingBegun = "ctap_bio_nothing_begun", "CTAP 2.3 6.7.4", "takes a sample that is for nothing";
    BioListed = "ctap_bio_listed", "CTAP 2.3 6.7.6", "lists fingers without the last byte of their ids";
    BioNone = "ctap_bio_none", "CTAP 2.3 6.7.6", "lists no fingers where there are none, and says OK";
    BioNamed = "ctap_bio_named", "CTAP 2.3 6.7.7", "says that it has named a finger, and has not";
    BioNameLength = "ctap_bio_name_length", "CTAP 2.3 6.7.7", "takes names of any length";
    BioUnknown = "ctap_bio_unknown", "CTAP 2.3 6.7.7", "says OK to changes of fingers that it does not know";
    BioRemoved = "ctap_bio_removed", "CTAP 2.3 6.7.8", "says that it has removed a finger, and has not";
    BioNeedsTemplate = "ctap_bio_needs_template", "CTAP 2.3 6.7", "reads templateId as empty where there is none";
    BioNeedsName = "ctap_bio_needs_name", "CTAP 2.3 6.7.7", "reads templateFriendlyName as empty where there is none";
    BioParamMissing = "ctap_bio_param_missing", "CTAP 2.3 6.7", "lets anybody enrol, list, name and remove fingers";
    BioTokenParam = "ctap_bio_token_param", "CTAP 2.3 6.7", "has fingers managed by a parameter that does not verify";
    BioTokenPermission = "ctap_bio_token_permission", "CTAP 2.3 6.7", "has fingers managed by a token without that permission";

    U2fVersion = "ctap_u2f_version", "CTAP 2.3 10", "answers VERSION with U2F_V1";
    U2fReserved = "ctap_u2f_reserved", "CTAP 2.3 10", "begins a registration with 0x04";
    U2fAttestation = "ctap_u2f_attestation", "CTAP 2.3 10", "attests to another challenge at REGISTER";
    U2fFreshKey = "ctap_u2f_fresh_key", "CTAP 2.3 10", "registers the same key each time";
    U2fSignature = "ctap_u2f_signature", "CTAP 2.3 10", "signs the challenge before the application";
    U2fPresence = "ctap_u2f_presence", "CTAP 2.3 10", "says after a touch that nobody was there";
    U2fNotEnforced = "ctap_u2f_not_enforced", "CTAP 2.3 10", "waits for a touch that is not to be enforced";
    U2fControl = "ctap_u2f_control", "CTAP 2.3 10", "takes an unknown control byte for 0x03";
    U2fCheckOnly = "ctap_u2f_check_only", "CTAP 2.3 10", "signs where it is only asked what it knows";
    U2fUnknownHandle = "ctap_u2f_unknown_handle", "CTAP 2.3 10", "asks for a touch whatever the key handle";
    U2fHandleWhole = "ctap_u2f_handle_whole", "CTAP 2.3 10", "does not look at the last bit of a key handle";
    U2fApplication = "ctap_u2f_application", "CTAP 2.3 10", "lends its key handles to other applications";
    U2fIns = "ctap_u2f_ins", "CTAP 2.3 10", "takes an unknown instruction for VERSION";
    U2fCla = "ctap_u2f_cla", "CTAP 2.3 10", "does not look at the class";
    U2fRegisterLength = "ctap_u2f_register_length", "CTAP 2.3 10", "reads on in zeros where REGISTER ends early";
    U2fHandleLength = "ctap_u2f_handle_length", "CTAP 2.3 10", "does not look at the length of a key handle";
    U2fApart = "ctap_u2f_apart", "CTAP 2.3 10", "keeps the credentials of CTAP1 apart from those of CTAP2";
    U2fCredProtect = "ctap_u2f_cred_protect", "CTAP 2.3 12.1", "signs by CTAP1 with credentials of level 3";
    U2fAlwaysUv = "ctap_u2f_always_uv", "CTAP 2.3 7.2.4", "goes on with CTAP1 where users are always verified";
    InfoU2f = "ctap_info_u2f", "CTAP 2.3 6.4", "does not list U2F_V2, which it speaks";

    ResetPlain = "ctap_reset_plain", "CTAP 2.3 6.6", "lets credentials that it does not keep outlive a reset";
    ResetDiscoverable = "ctap_reset_discoverable", "CTAP 2.3 6.6", "keeps discoverable credentials over a reset";
    ResetPin = "ctap_reset_pin", "CTAP 2.3 6.6", "keeps the PIN over a reset";
    ResetRetries = "ctap_reset_retries", "CTAP 2.3 6.6", "gives no try back by a reset";
    SelectionTimeout = "ctap_selection_timeout", "CTAP 2.3 6.9", "takes it for a refusal where a selection is not touched";
    CancelStatus = "ctap_cancel_status", "CTAP 2.3 11.2.9.1.5", "takes it for a refusal where a touch is cancelled";
    Untouched = "ctap_untouched", "CTAP 2.3 6.1.2 step 14", "goes on without a touch after a while";
    Selection = "ctap_selection", "CTAP 2.3 6.9", "does not know authenticatorSelection, and says that it speaks CTAP 2.1";
}

impl Defect {
    /// The stable slug.
    pub const fn id(self) -> &'static str {
        self.info().id
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// There is no defect of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDefect(pub String);

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().copied().find(|defect| defect.id() == id);
        known.ok_or_else(|| UnknownDefect(id.to_owned()))
    }
}

impl fmt::Display for UnknownDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no defect {:?}", self.0)
    }
}

impl std::error::Error for UnknownDefect {}
