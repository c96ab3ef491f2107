use crate::draft::AuthenticatorDataDraft;

/// The ED flag.
const ED: u8 = 0x80;

edits! {
    /// Edits of the authenticator's extension outputs (WebAuthn L3 6.1 and 9.5).
    pub enum ExtensionsEdit on AuthenticatorDataDraft {
        Unsolicited = "extensions-unsolicited", Harmless, "an output that nobody asked for", |d| put(d, b"\xa1\x6bhmac-secret\xf5");
        Unknown = "extensions-unknown", Harmless, "an output that nobody knows", |d| put(d, b"\xa1\x6cexample.test\x01");
        Missing = "extensions-missing", Wrong, "the ED flag without extensions", |d| { d.flags |= ED; d.extensions = None; };
        Unflagged = "extensions-unflagged", Wrong, "extensions without the ED flag", |d| { put(d, b"\xa1\x6cexample.test\x01"); d.flags &= !ED; };
        NotMap = "extensions-not-map", Wrong, "an array in the place of the map", |d| put(d, b"\x81\x01");
        NotCbor = "extensions-not-cbor", Wrong, "a reserved byte in the place of the map", |d| put(d, b"\xfc");
        Truncated = "extensions-truncated", Wrong, "the map ends early", |d| put(d, b"\xa1\x6cexample.test");
        DuplicateKey = "extensions-duplicate-key", Wrong, "an output twice", |d| put(d, b"\xa2\x6cexample.test\x01\x6cexample.test\x02");
        NotText = "extensions-not-text", Wrong, "an identifier that is a number", |d| put(d, b"\xa1\x01\x01");
        Order = "extensions-order", Debated, "two outputs against the canonical order", |d| put(d, b"\xa2\x62zz\x01\x61a\x01");
        LongInteger = "extensions-long-integer", Debated, "an output in more bytes than needed", |d| put(d, b"\xa1\x61a\x18\x01");
        Empty = "extensions-empty", Debated, "the ED flag with an empty map", |d| put(d, b"\xa0");
        TrailingItem = "extensions-trailing-item", Wrong, "a second map after the extensions", |d| put(d, b"\xa1\x6cexample.test\x01\xa0");
        CredProtectNotInteger = "extensions-cred-protect-not-integer", Debated, "`credProtect` is a text", |d| put(d, b"\xa1\x6bcredProtect\x612");
        CredProtectUnknown = "extensions-cred-protect-unknown", Debated, "`credProtect` is 9", |d| put(d, b"\xa1\x6bcredProtect\x09");
        MinPinLengthNotInteger = "extensions-min-pin-length-not-integer", Debated, "`minPinLength` is a text", |d| put(d, b"\xa1\x6cminPinLength\x614");
        CredBlobText = "extensions-cred-blob-text", Debated, "`credBlob` is a text", |d| put(d, b"\xa1\x68credBlob\x61b");
        UvmOfTwo = "extensions-uvm-of-two", Debated, "a factor of `uvm` has two numbers", |d| put(d, b"\xa1\x63uvm\x81\x82\x02\x04");
    }
}

fn put(draft: &mut AuthenticatorDataDraft, map: &[u8]) {
    draft.flags |= ED;
    draft.extensions = Some(map.to_vec());
}
