//! Servers that are too strict, forgetful or careless with their options: what the positive cases
//! have to notice.

use std::ops::Range;

use assay::lab::every_algorithm;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url;
use assay_protocol::cose::alg;
use assay_protocol::tree::cbor;
use serde_json::Value;

use super::mutant::{Cases, Change, Defect, Options, Seen};

/// Every defect of this kind.
pub(super) fn defects() -> Vec<Defect> {
    let refusing = REFUSING.iter().map(|(name, cases, looks_bad)| Defect {
        name: format!("refuses {name}"),
        cases: Cases::Ending(cases),
        change: Change::Refuses(*looks_bad),
    });
    let asking = ASKING.iter().map(|(name, cases, asked)| Defect {
        name: format!("refuses {name}"),
        cases: Cases::Ending(cases),
        change: Change::RefusesAsked(*asked),
    });
    let spoiling = SPOILING.iter().map(|(name, cases, spoil)| Defect {
        name: (*name).to_owned(),
        cases: Cases::Ending(cases),
        change: Change::Spoils(*spoil),
    });
    let after_failure = Defect {
        name: "refuses whoever failed before".to_owned(),
        cases: Cases::Ending(&["counter/untouched-by-failure"]),
        change: Change::RefusesAfterFailure,
    };
    let to_strangers = Defect {
        name: "offers options to unknown users".to_owned(),
        cases: Cases::Ending(&["options/authentication/unknown-user"]),
        change: Change::OffersToStrangers,
    };
    let unasked =
        Defect { cases: Cases::Ending(&["challenge/registration-unasked"]), ..Defect::overlooks("challenge_unknown") };
    let as_text = Defect {
        name: "serves its related origins as text".to_owned(),
        cases: Cases::Ending(&["options/related-origins/document"]),
        change: Change::ServesAsText,
    };
    let refusing = refusing.chain(every_algorithm().into_iter().flat_map(unsupported));
    refusing.chain(asking).chain(spoiling).chain([after_failure, unasked, to_strangers, as_text]).collect()
}

/// Servers that offer an algorithm and then will not have it.
fn unsupported(number: i64) -> Vec<Defect> {
    let name = alg::name(number).unwrap();
    let section = format!("algorithm-{}", name.to_lowercase());
    let of = |what, change, ids: &[&str]| Defect {
        name: format!("refuses {what} by {name} ({number})"),
        cases: Cases::Exactly(ids.iter().map(|id| id.replace("ALGORITHM", &section)).collect()),
        change,
    };
    let credentials = &["registration/ALGORITHM/none", "registration/ALGORITHM/packed-self"];
    let mut defects = vec![
        of("credentials", Change::RefusesCredentials(number), credentials),
        of("signatures", Change::RefusesSignatures(number), &["authentication/ALGORITHM/signed"]),
    ];
    if number != alg::RS1 {
        defects.push(of("certificates", Change::RefusesStatements(number), &["registration/ALGORITHM/packed"]));
    }
    // These are asked about by name, above and by every other case.
    if [alg::ES256, alg::EDDSA, alg::RS256].contains(&number) { Vec::new() } else { defects }
}

type Refusing = (&'static str, &'static [&'static str], fn(&Seen) -> bool);

const REFUSING: &[Refusing] = &[
    ("fmt none", &["registration/accepted/none"], |s| s.fmt() == "none"),
    ("packed self attestation", &["registration/accepted/packed-self"], |s| s.fmt() == "packed" && s.x5c().is_empty()),
    ("packed attestation with certificates", &["registration/accepted/packed"], |s| {
        s.fmt() == "packed" && !s.x5c().is_empty()
    }),
    ("fmt fido-u2f", &["registration/accepted/fido-u2f"], |s| s.fmt() == "fido-u2f"),
    ("fmt android-key", &["registration/accepted/android-key"], |s| s.fmt() == "android-key"),
    ("fmt android-safetynet", &["registration/accepted/android-safetynet"], |s| s.fmt() == "android-safetynet"),
    ("fmt apple", &["registration/accepted/apple"], |s| s.fmt() == "apple"),
    ("fmt compound", &["registration/accepted/compound"], |s| s.fmt() == "compound"),
    ("keys for more than signing", &["android-key/purpose-both"], |s| s.certificate_has(&[0x31, 6, 2, 1, 2, 2, 1, 3])),
    ("keys in a chip of their own", &["android-key/strong-box"], |s| s.certificate_has(&[0x01, 0x2c, 10, 1, 2])),
    ("Keymaster 2", &["android-key/version-1"], |s| s.certificate_has(&[2, 1, 1, 10, 1, 1, 2, 1, 1, 10, 1, 1])),
    ("Keymaster 4.1", &["android-key/version-4"], |s| s.certificate_has(&[2, 1, 4, 10, 1, 1, 2, 1, 4, 10, 1, 1])),
    ("KeyMint 4", &["android-key/version-400"], |s| s.certificate_has(&[2, 2, 1, 0x90, 10, 1, 1])),
    ("the second voice first", &["compound/reversed"], |s| s.first_part_has(b"second voice")),
    ("fmt tpm", &["registration/accepted/tpm"], |s| s.fmt() == "tpm" && s.algorithm() == Some(alg::ES256)),
    ("TPMs with RSA keys", &["registration/accepted/tpm-rsa"], |s| {
        s.fmt() == "tpm" && s.algorithm() == Some(alg::RS256)
    }),
    ("TPM keys that are bound to a scheme", &["tpm/pub-area-scheme", "tpm-rsa/tpm-pub-area-scheme"], |s| {
        // After type, nameAlg, objectAttributes, an empty policy and no symmetric algorithm.
        s.tpm("pubArea", 12..14).is_some_and(|scheme| scheme == [0, 0x14] || scheme == [0, 0x18])
    }),
    ("TPM keys that are bound to a policy", &["tpm/pub-area-policy"], |s| {
        s.tpm("pubArea", 8..10).is_some_and(|size| size != [0, 0])
    }),
    ("names by SHA-1", &["tpm/name-alg-sha1"], |s| s.tpm("pubArea", 2..4).is_some_and(|hash| hash == [0, 0x04])),
    ("names by SHA-384", &["tpm/name-alg-sha384"], |s| s.tpm("pubArea", 2..4).is_some_and(|hash| hash == [0, 0x0c])),
    ("names by SHA-512", &["tpm/name-alg-sha512"], |s| s.tpm("pubArea", 2..4).is_some_and(|hash| hash == [0, 0x0d])),
    ("a TPM's exponent that is not zero", &["tpm-rsa/tpm-pub-area-exponent-explicit"], |s| {
        s.tpm("pubArea", 16..20).is_some_and(|exponent| s.algorithm() == Some(alg::RS256) && exponent != [0; 4])
    }),
    ("certifications without a qualified signer", &["tpm/qualified-name-empty"], |s| {
        s.tpm("certInfo", 6..8).is_some_and(|size| size == [0, 0])
    }),
    ("certifications without a safe clock", &["tpm/clock-unsafe"], |s| {
        s.tpm("certInfo", 92..93).is_some_and(|safe| safe == [0])
    }),
    ("TPMs named in one relative distinguished name", &["tpm-certificate/name-together"], |s| {
        // The second attribute follows the first with no SET between them.
        s.fmt() == "tpm" && s.certificate_has(&[b"id:53544D20".as_slice(), &[0x30]].concat())
    }),
    ("TPMs named in another order", &["tpm-certificate/name-order"], |s| {
        s.fmt() == "tpm" && s.certificate_has(&[b"id:00010002".as_slice(), &[0x31]].concat())
    }),
    ("extended key usages beside a TPM's", &["tpm-certificate/usage-more"], |s| {
        s.fmt() == "tpm" && s.certificate_has(&[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x15, 0x24])
    }),
    ("TPM certificates that name no model", &["tpm-certificate/certificate-aaguid-missing"], |s| {
        s.fmt() == "tpm" && !s.certificate_has(&[0x82, 0xe5, 0x1c, 0x01, 0x01, 0x04])
    }),
    ("Ed25519 credentials", &["registration/accepted/ed25519"], |s| s.algorithm() == Some(alg::EDDSA)),
    ("RS256 credentials", &["registration/accepted/rs256"], |s| s.algorithm() == Some(alg::RS256)),
    ("Ed25519 signatures", &["authentication/accepted/ed25519"], |s| {
        s.is_authentication() && s.algorithm() == Some(alg::EDDSA)
    }),
    ("RS256 signatures", &["authentication/accepted/rs256"], |s| {
        s.is_authentication() && s.algorithm() == Some(alg::RS256)
    }),
    ("new credentials with BE", &["registration/accepted/backup-eligible"], |s| !s.is_authentication() && s.flag(0x08)),
    ("authentications with BE", &["authentication/accepted/backup-eligible"], |s| {
        s.is_authentication() && s.flag(0x08)
    }),
    ("BS", &["accepted/backed-up", "accepted/now-backed-up"], |s| s.flag(0x10)),
    ("a new credential that counts", &["registration/accepted/counting"], |s| {
        !s.is_authentication() && s.sign_count() > 0
    }),
    ("an authentication that counts", &["authentication/accepted/counting"], |s| {
        s.is_authentication() && s.sign_count() > 0
    }),
    (
        "every authentication",
        &["authentication/accepted/es256", "authentication/accepted/fido-u2f"],
        Seen::is_authentication,
    ),
    ("an authentication with a counter of zero", &["accepted/counter-stays-zero"], |s| {
        s.is_authentication() && s.sign_count() == 0
    }),
    ("a counter that jumps", &["accepted/counter-jumps"], |s| s.sign_count() > 1_000_000),
    ("an authentication without a user handle", &["accepted/without-user-handle"], |s| {
        s.is_authentication() && s.json.pointer("/response/userHandle").is_none_or(|handle| handle == "")
    }),
    ("a credential without rawId", &["fido-rest/envelope-raw-id-missing"], |s| s.json.get("rawId").is_none()),
    ("a credential without extension results", &["fido-rest/envelope-extension-results-missing"], |s| {
        ["clientExtensionResults", "getClientExtensionResults"].iter().all(|name| s.json.get(name).is_none())
    }),
    ("an empty user handle", &["envelope/user-handle-empty"], |s| {
        s.json.pointer("/response/userHandle").is_some_and(|handle| handle == "")
    }),
    ("a registration without transports", &["envelope/transports-missing"], |s| {
        !s.is_authentication() && s.json.pointer("/response/transports").is_none()
    }),
    ("unknown members of the credential", &["envelope/unknown-member"], |s| s.unknown_member(&s.json, CREDENTIAL)),
    ("members of the credential in another order", &["envelope/reordered"], |s| {
        first_member(&s.json).is_some_and(|name| name != "id")
    }),
    ("an unknown attachment", &["envelope/attachment-unknown"], |s| {
        s.json
            .get("authenticatorAttachment")
            .and_then(Value::as_str)
            .is_some_and(|kind| !["platform", "cross-platform"].contains(&kind))
    }),
    ("an unknown transport", &["envelope/transports-unknown"], |s| {
        s.json
            .pointer("/response/transports")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .any(|kind| !["usb", "nfc", "ble", "internal", "hybrid", "smart-card"].iter().any(|known| kind == known))
    }),
    (
        "client extension outputs",
        &[
            "envelope/extension-result-unknown",
            "envelope/extension-result-app-id",
            "envelope/extension-result-prf",
            "extensions/solicited-where-no-others-are-wanted",
            "extensions/prf-disabled",
            "extensions/prf-one-result",
            "extensions/large-blob-read",
            "extensions/appid-used",
            "payment/browser-bound",
        ],
        |s| {
            ["clientExtensionResults", "getClientExtensionResults"]
                .iter()
                .filter_map(|name| s.json.get(name)?.as_object())
                .any(|outputs| !outputs.is_empty())
        },
    ),
    ("a byte order mark", &["client-data/bom"], |s| s.client_data.starts_with(b"\xef\xbb\xbf")),
    ("unknown members of the client data", &["client-data/unknown-member"], |s| {
        s.unknown_member(&s.collected(), COLLECTED)
    }),
    ("client data in another order", &["client-data/reordered"], |s| {
        first_member(&s.collected()).is_some_and(|name| name != "type")
    }),
    ("white space in the client data", &["client-data/white-space"], |s| {
        s.client_data.iter().any(u8::is_ascii_whitespace)
    }),
    ("escapes in the client data", &["client-data/escaped"], |s| s.client_data.contains(&b'\\')),
    ("client data without crossOrigin", &["client-data/cross-origin-missing"], |s| {
        s.collected().get("crossOrigin").is_none()
    }),
    ("a token binding", &["client-data/token-binding-supported"], |s| s.collected().get("tokenBinding").is_some()),
    ("UV clear", &["authenticator-data-user-not-verified"], |s| !s.flag(0x04)),
    ("reserved flag 1", &["reserved-bit-1"], |s| s.flag(0x02)),
    ("reserved flag 5", &["reserved-bit-5"], |s| s.flag(0x20)),
    ("long credential ids", &["credential-id-longest"], |s| s.attested(|attested| attested.credential_id.len() > 512)),
    (
        "extension data",
        &[
            "extensions/unsolicited",
            "extensions/unknown",
            "extensions/cred-protect-as-demanded",
            "extensions/min-pin-length-as-wanted",
        ],
        |s| s.flag(0x80),
    ),
    ("a large s", &["signature-high-s", "signature/high-s"], Seen::has_large_s),
    ("critical basic constraints", &["certificate/basic-constraints-critical"], |s| {
        s.certificate_has(&[0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff])
    }),
    ("a firmware version", &["certificate/firmware"], |s| s.certificate_has(&[0x82, 0xe5, 0x1c, 0x01, 0x01, 0x05])),
    ("unknown certificate extensions", &["certificate/unknown-extension"], |s| {
        s.certificate_has(&[0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xb2, 0x03, 0x01])
    }),
    ("certificates without an AAGUID", &["certificate/aaguid-missing"], |s| {
        s.fmt() == "packed" && !s.x5c().is_empty() && !s.certificate_has(&[0x82, 0xe5, 0x1c, 0x01, 0x01, 0x04])
    }),
    ("two intermediates", &["path/subordinate"], |s| s.x5c().len() > 2),
    ("frames", &["policy/framed-where-expected"], |s| s.collected().get("crossOrigin") == Some(&Value::Bool(true))),
    ("topOrigin", &["policy/framed-by-an-expected-page"], |s| s.collected().get("topOrigin").is_some()),
    ("UP clear", &["policy/nobody-present-where-conditional", "conditional/nobody-present"], |s| !s.flag(0x01)),
    ("confirmations of payments", &["payment/as-shown"], |s| s.collected().get("payment").is_some()),
    ("related origins", &["related-origins/listed"], |s| {
        s.collected().get("origin").and_then(Value::as_str) == Some(assay::lab::RELATED_ORIGIN)
    }),
    ("a path of one certificate", &["accepted/batch-as-anchor"], |s| s.x5c().len() == 1),
];

type Asking = (&'static str, &'static [&'static str], fn(&Value) -> bool);

const ASKING: &[Asking] = &[
    ("self attestation although it was asked for", &["policy/self-where-self-is-required"], |asked| {
        asked
            .get("attestation_types")
            .and_then(Value::as_array)
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "self"))
    }),
    ("BS although it was asked for", &["policy/backed-up-where-backed-up"], |asked| {
        asked.get("backup").is_some_and(|wanted| wanted == "backed_up")
    }),
    ("a response without the outputs that were asked for", &["accepted/extension-passed-over"], |asked| {
        asked
            .get("extensions")
            .and_then(Value::as_object)
            .is_some_and(|extensions| extensions.contains_key("credProps"))
    }),
    ("whoever was not named before", &["authentication/accepted/usernameless"], |asked| {
        asked.get("username") == Some(&Value::Null)
    }),
];

type Spoiling = (&'static str, &'static [&'static str], fn(&mut Options<'_>));

const SPOILING: &[Spoiling] = &[
    ("gives the same challenge for every registration", &["options/registration/challenge-fresh"], |options| {
        creation(options, |created| created.challenge = vec![7; 32])
    }),
    ("gives the same challenge for every authentication", &["options/authentication/challenge-fresh"], |options| {
        if let Options::Request(asked) = options {
            asked.challenge = vec![7; 32]
        }
    }),
    ("gives challenges of eight bytes for registrations", &["options/registration/challenge-length"], |options| {
        creation(options, |created| created.challenge.truncate(8))
    }),
    ("gives challenges of eight bytes for authentications", &["options/authentication/challenge-length"], |options| {
        if let Options::Request(asked) = options {
            asked.challenge.truncate(8)
        }
    }),
    ("gives an empty user id", &["options/registration/user-id-length"], |options| {
        creation(options, |created| created.user.id.clear())
    }),
    ("uses the name as the user id", &["options/registration/user-id-anonymous"], |options| {
        creation(options, |created| created.user.id = created.user.name.clone().into_bytes())
    }),
    ("gives another user id each time", &["options/registration/user-id-stable"], |options| {
        creation(options, |created| created.user.id = created.challenge.clone())
    }),
    ("gives another RP ID", &["options/registration/rp-id"], |options| {
        creation(options, |created| created.rp.id = Some("elsewhere.example".to_owned()))
    }),
    ("excludes nothing", &["options/registration/exclude-credentials"], |options| {
        creation(options, |created| created.exclude_credentials.clear())
    }),
    ("offers RS1 alone", &["options/registration/algorithms"], |options| {
        creation(options, |created| {
            created.pub_key_cred_params = vec![assay_protocol::webauthn::Parameter::new(alg::RS1)]
        })
    }),
    ("gives one second", &["options/registration/timeout"], |options| {
        creation(options, |created| created.timeout = Some(1000))
    }),
    ("forgets what a registration asked for", &["options/registration/echo"], |options| {
        creation(options, |created| created.attestation = "none".to_owned())
    }),
    ("forgets what an authentication asked for", &["options/authentication/echo"], |options| {
        if let Options::Request(asked) = options {
            asked.user_verification = None;
        }
    }),
    ("allows nothing", &["options/authentication/allow-credentials"], |options| {
        if let Options::Request(asked) = options {
            asked.allow_credentials.clear()
        }
    }),
    ("forgets hints", &["options/registration/hints", "options/authentication/hints"], |options| match options {
        Options::Creation(created) => created.authenticator_selection = None,
        Options::Request(asked) => asked.hints.clear(),
    }),
    ("forgets formats", &["options/registration/attestation-formats"], |options| {
        creation(options, |created| created.attestation_formats.clear())
    }),
    ("forgets transports", &["options/authentication/transports"], |options| {
        if let Options::Request(asked) = options {
            asked.allow_credentials.iter_mut().for_each(|allowed| allowed.transports.clear())
        }
    }),
];

const CREDENTIAL: &[&str] = &[
    "id",
    "rawId",
    "type",
    "response",
    "authenticatorAttachment",
    "clientExtensionResults",
    "getClientExtensionResults",
];
const COLLECTED: &[&str] = &["type", "challenge", "origin", "crossOrigin", "topOrigin", "tokenBinding"];

fn creation(options: &mut Options<'_>, change: impl FnOnce(&mut assay_protocol::webauthn::CreationOptions)) {
    if let Options::Creation(created) = options {
        change(created);
    }
}

fn first_member(json: &Value) -> Option<&str> {
    json.as_object()?.keys().next().map(String::as_str)
}

impl Seen {
    pub(super) fn is_authentication(&self) -> bool {
        self.json.pointer("/response/signature").is_some()
    }

    fn unknown_member(&self, json: &Value, known: &[&str]) -> bool {
        json.as_object().is_some_and(|members| members.keys().any(|name| !known.contains(&name.as_str())))
    }

    fn collected(&self) -> Value {
        let text = self.client_data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.client_data);
        serde_json::from_slice(text).unwrap_or_default()
    }

    fn member(&self, name: &str) -> Option<Vec<u8>> {
        base64url::decode(self.json.pointer(&format!("/response/{name}"))?.as_str()?).ok()
    }

    fn object(&self) -> Option<AttestationObject> {
        AttestationObject::parse(&self.member("attestationObject")?).ok()
    }

    fn fmt(&self) -> String {
        self.object().map(|object| object.fmt).unwrap_or_default()
    }

    fn x5c(&self) -> Vec<Vec<u8>> {
        let list = |object: AttestationObject| {
            let list = object.att_stmt.get_text("x5c")?.as_array()?.to_vec();
            Some(list.iter().filter_map(cbor::Node::as_bytes).map(<[u8]>::to_vec).collect())
        };
        self.object().and_then(list).unwrap_or_default()
    }

    /// A part of one of the structures of a TPM.
    fn tpm(&self, name: &str, part: Range<usize>) -> Option<Vec<u8>> {
        let object = self.object().filter(|object| object.fmt == "tpm")?;
        Some(object.att_stmt.get_text(name)?.as_bytes()?.get(part)?.to_vec())
    }

    fn certificate_has(&self, part: &[u8]) -> bool {
        self.x5c().first().is_some_and(|leaf| leaf.windows(part.len()).any(|window| window == part))
    }

    /// Of a compound statement.
    fn first_part_has(&self, text: &[u8]) -> bool {
        let leaf = |object: AttestationObject| {
            let part = object.att_stmt.as_array()?.first()?.get_text("attStmt")?;
            part.get_text("x5c")?.as_array()?.first()?.as_bytes().map(<[u8]>::to_vec)
        };
        self.object().and_then(leaf).is_some_and(|leaf| leaf.windows(text.len()).any(|window| window == text))
    }

    fn data(&self) -> Vec<u8> {
        self.object().map(|object| object.auth_data).or_else(|| self.member("authenticatorData")).unwrap_or_default()
    }

    fn flag(&self, bit: u8) -> bool {
        self.data().get(32).is_some_and(|flags| flags & bit != 0)
    }

    fn sign_count(&self) -> u32 {
        self.data().get(33..37).map_or(0, |count| count.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
    }

    fn attested(
        &self,
        holds: impl FnOnce(&assay_protocol::authenticator_data::AttestedCredentialData) -> bool,
    ) -> bool {
        AuthenticatorData::parse(&self.data())
            .ok()
            .and_then(|data| data.attested)
            .is_some_and(|attested| holds(&attested))
    }

    /// The algorithm of the credential that a registration brings.
    pub(super) fn credential_algorithm(&self) -> Option<i64> {
        let data = AuthenticatorData::parse(&self.data()).ok()?;
        data.attested.map(|attested| attested.credential_public_key.alg)
    }

    /// The algorithm of a statement with certificates.
    pub(super) fn certified_algorithm(&self) -> Option<i64> {
        let object = self.object().filter(|_| !self.x5c().is_empty())?;
        object.att_stmt.get_text("alg")?.as_int()
    }

    /// The algorithm of a registration, or what the length of a signature tells.
    fn algorithm(&self) -> Option<i64> {
        match (self.credential_algorithm(), self.member("signature").map(|signature| signature.len())) {
            (Some(registered), _) => Some(registered),
            (None, Some(64)) => Some(alg::EDDSA),
            (None, Some(256)) => Some(alg::RS256),
            _ => None,
        }
    }

    /// DER of two integers, the second of which needs a leading zero or begins above one half.
    fn has_large_s(&self) -> bool {
        let statement =
            || self.object().and_then(|object| object.att_stmt.get_text("sig")?.as_bytes().map(<[u8]>::to_vec));
        let signature = statement().or_else(|| self.member("signature")).unwrap_or_default();
        let s_at = signature.get(3).map_or(0, |r| 4 + usize::from(*r));
        signature.get(s_at..s_at + 3).is_some_and(|head| head == [0x02, 0x21, 0x00])
    }
}
