//! Distinguished names, RFC 5280 4.1.2.4.

use assay_protocol::tree::der::write;

/// A name: one attribute a relative distinguished name, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name(pub Vec<Attribute>);

/// One part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What it tells.
    pub kind: AttributeKind,
    /// The ASN.1 string type that holds it.
    pub string: StringKind,
    /// The text.
    pub value: String,
}

/// The attributes that 8.2.1 of WebAuthn speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// C
    Country,
    /// O
    Organization,
    /// OU
    OrganizationalUnit,
    /// CN
    CommonName,
}

/// ASN.1 string types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringKind {
    /// PrintableString
    Printable,
    /// UTF8String
    Utf8,
    /// IA5String
    Ia5,
}

impl Name {
    /// The subject that WebAuthn L3 8.2.1 asks of a packed attestation certificate.
    pub fn attestation(common_name: &str) -> Self {
        Self::of("Authenticator Attestation", common_name)
    }

    /// A name in the lab's house.
    pub fn of(unit: &str, common_name: &str) -> Self {
        Self(vec![
            Attribute::new(AttributeKind::Country, StringKind::Printable, "CH"),
            Attribute::new(AttributeKind::Organization, StringKind::Utf8, "Assay Test Lab"),
            Attribute::new(AttributeKind::OrganizationalUnit, StringKind::Utf8, unit),
            Attribute::new(AttributeKind::CommonName, StringKind::Utf8, common_name),
        ])
    }

    /// Takes an attribute away.
    pub fn remove(&mut self, kind: AttributeKind) {
        self.0.retain(|attribute| attribute.kind != kind);
    }

    /// Gives an attribute another text.
    pub fn set(&mut self, kind: AttributeKind, value: &str) {
        for attribute in self.0.iter_mut().filter(|attribute| attribute.kind == kind) {
            value.clone_into(&mut attribute.value);
        }
    }

    /// Gives an attribute another string type.
    pub fn set_string(&mut self, kind: AttributeKind, string: StringKind) {
        for attribute in self.0.iter_mut().filter(|attribute| attribute.kind == kind) {
            attribute.string = string;
        }
    }

    /// The name in DER.
    pub fn to_der(&self) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = self.0.iter().map(Attribute::to_der).collect();
        write::sequence(&parts)
    }
}

impl Attribute {
    /// An attribute.
    pub fn new(kind: AttributeKind, string: StringKind, value: &str) -> Self {
        Self { kind, string, value: value.to_owned() }
    }

    fn to_der(&self) -> Vec<u8> {
        let kind = match self.kind {
            AttributeKind::Country => 6,
            AttributeKind::Organization => 10,
            AttributeKind::OrganizationalUnit => 11,
            AttributeKind::CommonName => 3,
        };
        let value = match self.string {
            StringKind::Printable => write::printable_string(&self.value),
            StringKind::Utf8 => write::utf8_string(&self.value),
            StringKind::Ia5 => write::ia5_string(&self.value),
        };
        write::set(&[write::sequence(&[write::oid(&[2, 5, 4, kind]), value])])
    }
}
