//! What to do about each code. A family shares its advice where the remedy is the same.

/// What to do about a check or a reason with this id; nothing for a code that nobody has.
pub fn of(code: &str) -> Option<&'static str> {
    let exact = EXACT.iter().find(|(id, _)| *id == code);
    let family = || {
        let fitting = FAMILIES.iter().filter(|(start, _)| code.starts_with(start));
        fitting.max_by_key(|(start, _)| start.len())
    };
    exact.or_else(family).map(|(_, advice)| *advice)
}

/// Ids with advice of their own.
pub const EXACT: &[(&str, &str)] = &[
    ("credential_type", "Send `type` as navigator.credentials gave it: it is always \"public-key\"."),
    (
        "id_not_raw_id",
        "Send `id` as the unpadded base64url of `rawId`; do not encode it a second time or fill in an id of your own.",
    ),
    (
        "credential_not_allowed",
        "The user chose a credential outside allowCredentials: check that the options list this user's ids, decoded from base64url into bytes.",
    ),
    (
        "credential_unknown",
        "The store has no credential under this raw id: compare the bytes, not differently encoded texts, and check that the registration was saved in this environment.",
    ),
    (
        "user_handle_missing",
        "Register the credential as discoverable (residentKey required), or name the user and allowCredentials before asking.",
    ),
    (
        "user_handle_mismatch",
        "The passkey belongs to another account than the one that was identified: compare user.id as bytes, and use the same id at registration and lookup.",
    ),
    (
        "credential_not_owned",
        "Look the credential up under the account that the user handle names, and store user.id with the credential.",
    ),
    (
        "client_data_type",
        "The response went to the wrong endpoint: webauthn.create belongs to registration, webauthn.get to authentication.",
    ),
    (
        "challenge_mismatch",
        "Keep the challenge of the latest options in the session and verify against it; look for a second options request, another session, or the challenge being encoded twice.",
    ),
    ("challenge_reused", "Ask for new options before each attempt, and make sure that the page does not submit twice."),
    (
        "challenge_other_ceremony",
        "Keep the challenges of registration and authentication apart, and answer each at its own endpoint.",
    ),
    (
        "challenge_expired",
        "Fetch the options right before calling navigator.credentials, and let the challenge live at least as long as the ceremony's timeout.",
    ),
    (
        "origin_mismatch",
        "Configure the server with the exact origin that the page has in the browser (scheme, host and port, no trailing slash), or open the page under the expected one.",
    ),
    (
        "cross_origin_unexpected",
        "The ceremony ran in an iframe of another origin: run it at top level, or configure the server to expect framed use.",
    ),
    (
        "top_origin_unexpected",
        "Add the embedding page's origin to the top origins that the server expects, or do not embed the page there.",
    ),
    ("payment_data", "Ask for the payment extension in the options, and send client data of the type payment.get."),
    ("payment_mismatch", "Show the user the same payee, amount and instrument as the server is about to confirm."),
    (
        "token_binding",
        "Token binding is obsolete: let the client leave tokenBinding out, or send a status of present or supported with an id.",
    ),
    (
        "assertion_attested_data",
        "The authenticator set AT in an assertion: update its firmware, or the software that forges the authenticator data.",
    ),
    (
        "rp_id_hash_mismatch",
        "Configure the server with the RP ID that the page asked for (rp.id or rpId; by default the page's host): a host name without scheme or port.",
    ),
    (
        "user_not_present",
        "The authenticator did not ask for a touch: do not use a silent response, and take mediation \"conditional\" into account where it creates.",
    ),
    (
        "user_not_verified",
        "Ask for userVerification \"required\" in the options of the browser as well, or accept \"preferred\" at the server where a touch is enough.",
    ),
    (
        "backup_state_without_eligibility",
        "The flags contradict each other (BS without BE): report it to the passkey provider, and do not alter the authenticator data on the way.",
    ),
    (
        "backup_eligibility_changed",
        "Compare with the BE flag that was stored at registration; where none was kept store it as unknown instead of false.",
    ),
    (
        "backup_policy",
        "Use an authenticator of the wanted kind (device-bound or synced), or relax the server's backup policy.",
    ),
    (
        "algorithm_not_offered",
        "Put the credential's algorithm into pubKeyCredParams and into the server's list; the two must be the same.",
    ),
    (
        "credential_algorithm_unsupported",
        "Offer algorithms that the server can verify: ES256 (-7) and RS256 (-257) at least.",
    ),
    ("rsa_key_too_short", "Use an RSA key of 2048 bits or more, or ES256."),
    (
        "attestation_type_not_allowed",
        "Ask for attestation \"direct\" or \"enterprise\" where the server wants a certificate, or accept none and self attestation.",
    ),
    (
        "metadata_attestation_type",
        "The model's metadata knows no such attestation: update the metadata BLOB, and treat the authenticator as not genuine if it stays.",
    ),
    (
        "metadata_algorithm",
        "The model's metadata knows no such algorithm: update the metadata BLOB, and treat the authenticator as not genuine if it stays.",
    ),
    ("credential_id_too_long", "The credential id must not exceed 1023 bytes: choose another authenticator."),
    (
        "id_not_in_authenticator_data",
        "Send `rawId` unchanged: it must be the credential id inside the authenticator data.",
    ),
    (
        "credential_already_registered",
        "Send the user's credentials in excludeCredentials, and offer a sign-in instead of another registration.",
    ),
    (
        "signature_invalid",
        "Verify with the public key stored at registration for this id, over authenticatorData followed by SHA-256 of the clientDataJSON bytes as received; never over JSON that was parsed and written again.",
    ),
    (
        "sign_count_not_increased",
        "Another copy of the key may be in use, or the stored counter was not updated atomically: look at the last sign-ins, and keep zero as the sign of no counter.",
    ),
    ("extension_unsolicited", "Ask for the extension in the options, or ignore outputs that were not asked for."),
    (
        "extension_output",
        "Send the extension outputs as getClientExtensionResults gave them, binary members as base64url text.",
    ),
    (
        "cred_protect_level",
        "The authenticator did not protect the credential as demanded: set enforceCredentialProtectionPolicy, or use a model with credProtect.",
    ),
    ("min_pin_length", "Have the PIN lengthened, and put the RP ID on the authenticator's minPinLengthRPIDs list."),
    ("prf_output", "Ask for prf with the inputs that the response is to answer, and encode the outputs as base64url."),
    (
        "large_blob_output",
        "Ask for largeBlob in the form that fits the ceremony: support at registration; read or write, with one allowed credential, at authentication.",
    ),
    (
        "browser_bound_signature",
        "Verify the browser-bound signature with the key stored at registration over the untouched client data, and register again where that key was lost.",
    ),
    (
        "none_statement_empty",
        "With fmt \"none\" attStmt is the empty map: do not strip or rewrite attestation statements by hand.",
    ),
    ("root_in_x5c", "Leave the root certificate out of x5c; the verifier has it among its trust anchors."),
    (
        "attested_credential_data_missing",
        "A registration needs attested credential data: set the AT flag and append AAGUID, id and key, or check that an assertion was not sent as registration.",
    ),
    (
        "android_safetynet_deprecated",
        "SafetyNet has been shut down: let the device register anew with Android Key Attestation, or ask for no attestation.",
    ),
    (
        "credential_not_json",
        "Send one JSON text: JSON.stringify(credential.toJSON()), not the object's toString or a form field.",
    ),
    ("credential_not_object", "Send the credential itself as a JSON object, not a list or a string that holds it."),
    (
        "client_data_not_json",
        "Send the clientDataJSON bytes as they came: the base64url of the bytes, not of a hexadecimal or decoded text.",
    ),
    (
        "credential_extension_results_missing",
        "Send clientExtensionResults too: credential.toJSON() has it, else call getClientExtensionResults().",
    ),
    (
        "path_untrusted",
        "Add the manufacturer's root to the trust anchors (--anchors, or the FIDO metadata), or accept attestation without a known root.",
    ),
    (
        "path_expired",
        "The certificate's time is over: check the server's clock, and whether the device needs another attestation certificate.",
    ),
    ("path_not_yet_valid", "Check the server's clock: the certificate is not valid yet."),
];

/// Beginnings of ids; the longest that fits speaks.
pub const FAMILIES: &[(&str, &str)] = &[
    (
        "credential_",
        "Send the response as credential.toJSON() gives it: every binary member as unpadded base64url text, none left out, renamed, repeated or turned into {} by JSON.stringify.",
    ),
    (
        "client_data_",
        "Pass the clientDataJSON bytes on untouched: the browser wrote them, and any parsing and writing again breaks them.",
    ),
    (
        "attestation_object_not_canonical",
        "The authenticator, or whoever wrote the object again, does not use CTAP2 canonical CBOR: pass the bytes on untouched, or use a profile that does not ask for it.",
    ),
    (
        "attestation_object_",
        "Pass the attestationObject bytes on untouched and whole; it is one CBOR map with fmt, attStmt and authData, each once.",
    ),
    (
        "authenticator_data_",
        "Pass the authenticator data on untouched: 37 bytes, then what the AT and ED flags announce and nothing else. An odd length points at truncation or a wrong base64 variant.",
    ),
    (
        "credential_public_key_not_canonical",
        "The credential key is not written in CTAP2 canonical CBOR: update the authenticator, or use a profile that does not ask for it.",
    ),
    (
        "extensions_not_canonical",
        "The extension outputs are not written in CTAP2 canonical CBOR: update the authenticator, or use a profile that does not ask for it.",
    ),
    (
        "cose_",
        "The credential public key must be a COSE_Key with exactly the members its algorithm needs; register again with a repaired authenticator, and store the key's bytes untouched.",
    ),
    (
        "options_",
        "Let the server send options in the JSON form of WebAuthn L3 5.1.8, binary members as unpadded base64url.",
    ),
    (
        "signature_",
        "Send the signature as the authenticator made it: ECDSA in DER, not the 64 raw bytes of WebCrypto, and encoded as base64url once.",
    ),
    ("jws_", "Pass the token on as it came: three base64url parts with dots between them and a header with alg."),
    (
        "statement_",
        "The attestation statement lacks a member or has it in another type: update the authenticator, or ask for attestation \"none\".",
    ),
    (
        "certificate_",
        "The attestation certificate cannot be read as X.509 DER: pass x5c on untouched, or ask the manufacturer for a repaired certificate.",
    ),
    (
        "attestation_",
        "The statement is of a kind that cannot be verified here: ask for attestation \"none\", or allow formats and algorithms that the verifier knows.",
    ),
    (
        "packed_certificate_",
        "The packed attestation certificate breaks the profile of WebAuthn 8.2.1: have the manufacturer reissue it, or ask for attestation \"none\".",
    ),
    (
        "packed_",
        "The packed statement was not signed over these very bytes: check that clientDataJSON and attestationObject belong together and reached the server untouched.",
    ),
    (
        "fido_u2f_",
        "The U2F statement needs one P-256 certificate, a P-256 credential, a zero AAGUID and a signature over these bytes: check that nothing was altered, or ask for attestation \"none\".",
    ),
    (
        "tpm_certificate_",
        "The TPM's AIK certificate breaks the profile of WebAuthn 8.3.1: have it reissued by the vendor's CA, or ask for attestation \"none\".",
    ),
    (
        "tpm_",
        "The TPM's statement does not belong to this credential and client data: check that both reached the server untouched, update the TPM's firmware, or ask for attestation \"none\".",
    ),
    (
        "android_key_",
        "The Android key's certificate must carry this challenge and key, with origin and purpose as WebAuthn 8.4 wants them: check the client data's bytes, or ask for attestation \"none\".",
    ),
    (
        "android_safetynet_",
        "SafetyNet has been shut down and this answer does not verify: let the device register anew with Android Key Attestation.",
    ),
    (
        "apple_",
        "Apple's certificate must carry the nonce and key of this registration: check that clientDataJSON and attestationObject belong together, or ask for attestation \"none\".",
    ),
    (
        "compound_",
        "A compound statement holds two or more statements of different formats, none of them compound: repair the authenticator, or ask for attestation \"none\".",
    ),
    (
        "path_",
        "The certificate chain in x5c does not lead to a trust anchor: send it leaf first with every intermediate, and check the issuers, their CA marks and signatures.",
    ),
    (
        "metadata_",
        "Fetch the metadata BLOB anew from its service and check the configured root and the clock; until then keep the last good one.",
    ),
    (
        "entry_",
        "This entry of the metadata is left out: ask the manufacturer to repair it, and treat the model as unknown meanwhile.",
    ),
    (
        "dbsc_registration_header_",
        "Write Secure-Session-Registration as a structured list: (ES256 RS256);path=\"/..\";challenge=\"..\".",
    ),
    (
        "dbsc_registration_",
        "Let the registration endpoint be https on the same site and answer 200 with session instructions, never 403.",
    ),
    (
        "dbsc_challenge_header_",
        "Write Secure-Session-Challenge as structured strings, at refresh with the parameter id.",
    ),
    (
        "dbsc_challenge_",
        "Issue a fresh challenge for each proof and session, and let the proof's jti repeat the latest one.",
    ),
    ("dbsc_response_", "Send the proof in Secure-Session-Response as a structured string, in quotes."),
    ("dbsc_skipped_", "Write Secure-Session-Skipped as a list of tokens, each with its session in the parameter."),
    (
        "dbsc_session_",
        "Name the session in Sec-Secure-Session-Id and in the instructions alike, keep origin, refresh URL and cookie on its site, and begin anew once it has ended.",
    ),
    (
        "dbsc_proof_",
        "Sign the proof as a compact JWS with typ dbsc+jwt, an algorithm that was offered and the key of the session.",
    ),
    (
        "dbsc_jwk_",
        "Carry the public key, and nothing private, as jwk in the registration proof's header, and none at refresh.",
    ),
    (
        "dbsc_instructions_",
        "Answer with session instructions as the format demands: session_identifier, refresh_url, scope and credentials, each of its type.",
    ),
    ("dbsc_bound_cookie_", "Send the cookie that the last refresh set, and refresh before it expires."),
    ("dbsc_authorization_", "Repeat the authorization of the registration header in the proof, unchanged."),
    ("dbsc_audience_", "Set aud to the URL of the endpoint that the proof is sent to."),
    ("dbsc_header_", "Write the session headers as structured fields (RFC 9651), in ASCII."),
    (
        "dbsc_offer_",
        "Offer a session with algorithms as tokens, a path of the same site and a challenge that cannot be guessed.",
    ),
    (
        "dbsc_refresh_",
        "Answer an unsigned refresh with 403 and a challenge that names the session, and a signed one with the bound cookie and the same session's identifier.",
    ),
    ("dbsc_cookie_", "Set the bound cookie with exactly the attributes that the session's credentials name."),
    ("dbsc_attributes_", "Leave Partitioned out of the credential's attributes."),
    ("dbsc_termination_", "End a session by instructions with continue false and its identifier."),
];
