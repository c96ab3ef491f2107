use assay_protocol::base64url;
use serde_json::json;

use crate::draft::ClientDataDraft;
use crate::json::Json;

edits! {
    /// Edits of the collected client data (WebAuthn L3 5.8.1).
    pub enum ClientDataEdit on ClientDataDraft {
        TypeMissing = "client-data-type-missing", Wrong, "`type` is missing", |d| d.members.remove("type");
        TypeNotString = "client-data-type-not-string", Wrong, "`type` is a number", |d| d.members.set("type", 1);
        TypeEmpty = "client-data-type-empty", Wrong, "`type` is empty", |d| d.members.set("type", "");
        TypeOtherCeremony = "client-data-type-other-ceremony", Wrong, "`type` names the other ceremony", other_ceremony;
        TypeUnknown = "client-data-type-unknown", Wrong, "`type` is no ceremony's", |d| d.members.set("type", "webauthn.other");
        TypePayment = "client-data-type-payment", Wrong, "`type` is that of a payment", |d| d.members.set("type", "payment.get");
        TypeCase = "client-data-type-case", Wrong, "`type` is in upper case", type_case;

        ChallengeMissing = "client-data-challenge-missing", Wrong, "`challenge` is missing", |d| d.members.remove("challenge");
        ChallengeNotString = "client-data-challenge-not-string", Wrong, "`challenge` is a number", |d| d.members.set("challenge", 1);
        ChallengeEmpty = "client-data-challenge-empty", Wrong, "`challenge` is empty", |d| d.members.set("challenge", "");
        ChallengeOther = "client-data-challenge-other", Wrong, "`challenge` differs in one bit", challenge_other;
        ChallengeTruncated = "client-data-challenge-truncated", Wrong, "`challenge` lacks its last byte", challenge_truncated;
        ChallengeExtended = "client-data-challenge-extended", Wrong, "`challenge` has one byte more", challenge_extended;
        ChallengePadded = "client-data-challenge-padded", Wrong, "`challenge` is padded with `=`", challenge_padded;
        ChallengeNotBase64url = "client-data-challenge-not-base64url", Wrong, "`challenge` is not base64url", |d| d.members.set("challenge", "*** not base64url ***");
        ChallengeHex = "client-data-challenge-hex", Wrong, "`challenge` is in hexadecimal", challenge_hex;

        OriginMissing = "client-data-origin-missing", Wrong, "`origin` is missing", |d| d.members.remove("origin");
        OriginNotString = "client-data-origin-not-string", Wrong, "`origin` is a number", |d| d.members.set("origin", 1);
        OriginEmpty = "client-data-origin-empty", Wrong, "`origin` is empty", |d| d.members.set("origin", "");
        OriginOther = "client-data-origin-other", Wrong, "`origin` is somebody else's", |d| d.members.set("origin", "https://evil.example");
        OriginOpaque = "client-data-origin-opaque", Wrong, "`origin` is the opaque origin `null`", |d| d.members.set("origin", "null");
        OriginOtherScheme = "client-data-origin-other-scheme", Wrong, "`origin` has http where https is right, or https for http", other_scheme;
        OriginOtherPort = "client-data-origin-other-port", Wrong, "`origin` has another port", |d| origin(d, |s, h, _| format!("{s}{h}:4433"));
        OriginSubdomain = "client-data-origin-subdomain", Wrong, "`origin` is a subdomain of the right host", |d| origin(d, |s, h, p| format!("{s}sub.{h}{p}"));
        OriginParent = "client-data-origin-parent", Wrong, "`origin` is the right host without its first label", |d| origin(d, |s, h, p| format!("{s}{}{p}", h.split_once('.').map_or("", |(_, rest)| rest)));
        OriginSuffix = "client-data-origin-suffix", Wrong, "`origin` goes on where the right one ends", |d| origin(d, |s, h, p| format!("{s}{h}.evil.example{p}"));
        OriginPrefix = "client-data-origin-prefix", Wrong, "`origin` only ends like the right one", |d| origin(d, |s, h, p| format!("{s}evil-{h}{p}"));
        OriginUserInfo = "client-data-origin-user-info", Wrong, "`origin` holds the right host as user name", |d| origin(d, |s, h, _| format!("{s}{h}@evil.example"));
        OriginTrailingDot = "client-data-origin-trailing-dot", Wrong, "`origin` has a dot after the host", |d| origin(d, |s, h, p| format!("{s}{h}.{p}"));
        OriginTrailingSlash = "client-data-origin-trailing-slash", Wrong, "`origin` ends in a slash", |d| origin(d, |s, h, p| format!("{s}{h}{p}/"));
        OriginPath = "client-data-origin-path", Wrong, "`origin` has a path", |d| origin(d, |s, h, p| format!("{s}{h}{p}/login"));
        OriginUpperCase = "client-data-origin-upper-case", Wrong, "`origin` has its host in upper case", |d| origin(d, |s, h, p| format!("{s}{}{p}", h.to_uppercase()));
        OriginWithoutScheme = "client-data-origin-without-scheme", Wrong, "`origin` is the bare host", |d| origin(d, |_, h, p| format!("{h}{p}"));

        CrossOriginTrue = "client-data-cross-origin-true", Wrong, "`crossOrigin` is true where nobody expects it", |d| d.members.set("crossOrigin", true);
        CrossOriginNotBoolean = "client-data-cross-origin-not-boolean", Wrong, "`crossOrigin` is a text", |d| d.members.set("crossOrigin", "false");
        CrossOriginMissing = "client-data-cross-origin-missing", Harmless, "`crossOrigin` is left out", |d| d.members.remove("crossOrigin");
        TopOriginUnexpected = "client-data-top-origin-unexpected", Wrong, "framed by a page that nobody expects", top_origin;
        TopOriginAlone = "client-data-top-origin-alone", Wrong, "`topOrigin` though `crossOrigin` is false", |d| d.members.set("topOrigin", "https://evil.example");
        TopOriginNotString = "client-data-top-origin-not-string", Wrong, "`topOrigin` is a number", |d| d.members.set("topOrigin", 1);
        TokenBindingNotObject = "client-data-token-binding-not-object", Debated, "`tokenBinding` is a text", |d| d.members.set("tokenBinding", "supported");
        TokenBindingStatusMissing = "client-data-token-binding-status-missing", Debated, "`tokenBinding` has no status", |d| d.members.set("tokenBinding", json!({}));
        TokenBindingStatusUnknown = "client-data-token-binding-status-unknown", Debated, "`tokenBinding` has an unknown status", |d| d.members.set("tokenBinding", json!({"status": "perhaps"}));
        TokenBindingSupported = "client-data-token-binding-supported", Harmless, "a well-formed `tokenBinding`", |d| d.members.set("tokenBinding", json!({"status": "supported"}));

        DuplicateType = "client-data-duplicate-type", Wrong, "`type` twice, the wrong one first", |d| d.members.push_front("type", "webauthn.other");
        DuplicateChallenge = "client-data-duplicate-challenge", Wrong, "`challenge` twice, the wrong one first", |d| d.members.push_front("challenge", "AAAA");
        DuplicateOrigin = "client-data-duplicate-origin", Wrong, "`origin` twice, the wrong one first", |d| d.members.push_front("origin", "https://evil.example");
        DuplicateEscaped = "client-data-duplicate-escaped", Wrong, "`origin` twice, once with its name in escapes", duplicate_escaped;

        Bom = "client-data-bom", Harmless, "a byte order mark before the text", |d| d.finish = Some(|text| [&[0xef, 0xbb, 0xbf], text.as_slice()].concat());
        UnknownMember = "client-data-unknown-member", Harmless, "a member that the specification does not know", |d| d.members.push("new_keys_may_be_added_here", "do not compare clientDataJSON against a template");
        Reordered = "client-data-reordered", Harmless, "the members in reverse order", |d| d.members.0.reverse();
        WhiteSpace = "client-data-white-space", Harmless, "white space around the object", |d| d.finish = Some(|text| [b" \r\n\t", text.as_slice(), b"\n"].concat());
        Escaped = "client-data-escaped", Harmless, "the origin written in JSON escapes", escaped;

        NotJson = "client-data-not-json", Wrong, "not JSON", |d| d.finish = Some(|_| b"type=webauthn.create".to_vec());
        NotObject = "client-data-not-object", Wrong, "a JSON array around the object", |d| d.finish = Some(|text| [b"[", text.as_slice(), b"]"].concat());
        Empty = "client-data-empty", Wrong, "no bytes at all", |d| d.finish = Some(|_| Vec::new());
        Truncated = "client-data-truncated", Wrong, "the closing brace is missing", |d| d.finish = Some(super::wire::one_byte_less);
        TrailingText = "client-data-trailing-text", Wrong, "a second object follows", |d| d.finish = Some(|text| [text.as_slice(), b"{}"].concat());
        InvalidUtf8 = "client-data-invalid-utf8", Wrong, "a member whose text is not UTF-8", |d| d.finish = Some(|text| [text.get(..text.len().saturating_sub(1)).unwrap_or_default(), b",\"bad\":\"\xff\"}"].concat());
        LoneSurrogate = "client-data-lone-surrogate", Debated, "a member whose text is half a surrogate pair", |d| d.members.push("bad", Json::Raw("\"\\ud800\"".to_owned()));
        Nested = "client-data-nested", Debated, "a member nested a thousand levels deep", |d| d.members.push("deep", Json::Raw(format!("{}{}", "[".repeat(1000), "]".repeat(1000))));
        Utf16 = "client-data-utf16", Wrong, "the text in UTF-16", |d| d.finish = Some(|text| String::from_utf8_lossy(&text).encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
}

fn other_ceremony(draft: &mut ClientDataDraft) {
    let other = match draft.members.text("type") {
        Some("webauthn.create") => "webauthn.get",
        _ => "webauthn.create",
    };
    draft.members.set("type", other);
}

fn type_case(draft: &mut ClientDataDraft) {
    let upper = draft.members.text("type").unwrap_or_default().to_uppercase();
    draft.members.set("type", upper);
}

fn challenge_other(draft: &mut ClientDataDraft) {
    let mut challenge = draft.challenge.clone();
    if let Some(last) = challenge.last_mut() {
        *last ^= 1;
    }
    draft.members.set("challenge", base64url::encode(&challenge));
}

fn challenge_truncated(draft: &mut ClientDataDraft) {
    let mut challenge = draft.challenge.clone();
    challenge.pop();
    draft.members.set("challenge", base64url::encode(&challenge));
}

fn challenge_extended(draft: &mut ClientDataDraft) {
    let challenge = [draft.challenge.as_slice(), &[0]].concat();
    draft.members.set("challenge", base64url::encode(&challenge));
}

fn challenge_padded(draft: &mut ClientDataDraft) {
    let mut text = base64url::encode(&draft.challenge);
    let padding = (4 - text.len() % 4) % 4;
    text.push_str("=".repeat(padding.max(1)).as_str());
    draft.members.set("challenge", text);
}

fn challenge_hex(draft: &mut ClientDataDraft) {
    let text: String = draft.challenge.iter().map(|byte| format!("{byte:02x}")).collect();
    draft.members.set("challenge", text);
}

fn origin(draft: &mut ClientDataDraft, make: fn(&str, &str, &str) -> String) {
    let (scheme, host, port) = draft.origin_parts();
    let origin = make(scheme, host, port);
    draft.members.set("origin", origin);
}

fn other_scheme(draft: &mut ClientDataDraft) {
    let (scheme, host, port) = draft.origin_parts();
    let other = if scheme == "https://" { "http://" } else { "https://" };
    let origin = format!("{other}{host}{port}");
    draft.members.set("origin", origin);
}

fn top_origin(draft: &mut ClientDataDraft) {
    draft.members.set("crossOrigin", true);
    draft.members.set("topOrigin", "https://evil.example");
}

fn duplicate_escaped(draft: &mut ClientDataDraft) {
    draft.finish = Some(|text| {
        let rest = text.get(1..).unwrap_or_default();
        [br#"{"\u006frigin":"https://evil.example","#, rest].concat()
    });
}

fn escaped(draft: &mut ClientDataDraft) {
    let escapes: String = draft.origin.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    draft.members.set("origin", Json::Raw(format!("\"{escapes}\"")));
}
