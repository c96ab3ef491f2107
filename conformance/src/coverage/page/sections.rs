//! From a reference to the text and the section that it stands in.

/// A section of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// The text.
    pub(super) text: &'static str,
    /// The section's number, where it has one.
    pub(super) number: String,
    /// What it is about.
    pub(super) title: String,
    /// Its place in the text.
    pub(super) rank: Vec<u32>,
}

/// The section of a reference such as `WebAuthn L3 7.1 step 9; 13.5.9`: the first that it names.
pub(super) fn section(reference: &str) -> Section {
    for (prefix, text, titles) in TEXTS {
        let Some(rest) = reference.strip_prefix(prefix) else { continue };
        let rest = rest.trim_start_matches([':', ' ']);
        let first = rest.split([' ', ';']).next().unwrap_or_default();
        // The longest number that has a title of its own.
        let titled = titles.iter().filter(|(number, _)| {
            first.strip_prefix(number).is_some_and(|more| more.is_empty() || more.starts_with('.'))
        });
        return match titled.max_by_key(|(number, _)| number.len()) {
            Some((number, title)) => {
                Section { text, number: (*number).to_owned(), title: (*title).to_owned(), rank: rank(number) }
            }
            None if first.starts_with(|c: char| c.is_ascii_digit()) => {
                Section { text, number: first.to_owned(), title: String::new(), rank: rank(first) }
            }
            // DBSC's sections have anchors instead of numbers, some with the kind of section in front.
            None => {
                let kinds = ["algo-", "format-", "header-"];
                let name = kinds.iter().find_map(|kind| first.strip_prefix(kind)).unwrap_or(first);
                Section { text, number: String::new(), title: name.replace('-', " "), rank: Vec::new() }
            }
        };
    }
    Section { text: "Other texts", number: String::new(), title: reference.to_owned(), rank: Vec::new() }
}

fn rank(number: &str) -> Vec<u32> {
    number.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// A text's name in references, its name, and the sections that the map tells apart.
type Text = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const TEXTS: [Text; 4] = [
    (
        "WebAuthn L3",
        "Web Authentication, Level 3",
        &[
            ("2", "Conformance"),
            ("4", "Terms"),
            ("5", "The API"),
            ("6", "The authenticator model"),
            ("7.1", "Registering a credential"),
            ("7.2", "Verifying an assertion"),
            ("8", "Attestation formats"),
            ("9", "Extensions"),
            ("10", "Defined extensions"),
            ("13", "Security"),
            ("14", "Privacy"),
            ("16", "Test vectors"),
        ],
    ),
    (
        "CTAP 2.3",
        "Client to Authenticator Protocol, 2.3",
        &[
            ("6.1", "makeCredential"),
            ("6.2", "getAssertion"),
            ("6.3", "getNextAssertion"),
            ("6.4", "getInfo"),
            ("6.5", "clientPIN"),
            ("6.6", "reset"),
            ("6.7", "bioEnrollment"),
            ("6.8", "credentialManagement"),
            ("6.9", "selection"),
            ("6.10", "largeBlobs"),
            ("6.11", "config"),
            ("7", "Features"),
            ("8", "Message encoding"),
            ("10", "CTAP1 and U2F"),
            ("11.2", "USB HID"),
            ("12", "Extensions"),
        ],
    ),
    ("DBSC", "Device Bound Session Credentials", &[]),
    ("Attestation policy", "Attestation policy (ours)", &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_find_their_sections() {
        for (reference, text, number, title) in [
            ("WebAuthn L3 7.1 step 9; 13.5.9", "Web Authentication, Level 3", "7.1", "Registering a credential"),
            ("WebAuthn L3 10.1.1", "Web Authentication, Level 3", "10", "Defined extensions"),
            ("WebAuthn L3 99.1", "Web Authentication, Level 3", "99.1", ""),
            ("CTAP 2.3 6.10", "Client to Authenticator Protocol, 2.3", "6.10", "largeBlobs"),
            ("CTAP 2.3 6.1.2 step 3", "Client to Authenticator Protocol, 2.3", "6.1", "makeCredential"),
            ("DBSC format-jwt; server-considerations", "Device Bound Session Credentials", "", "jwt"),
            ("Attestation policy: rules", "Attestation policy (ours)", "", "rules"),
            ("RFC 8785 3", "Other texts", "", "RFC 8785 3"),
        ] {
            let found = section(reference);
            assert_eq!((found.text, &*found.number, &*found.title), (text, number, title), "{reference}");
        }
    }
}
