//! Enumerations (WebAuthn L3 5.4.5 to 5.4.8, 5.8). On the wire they are strings, and clients must
//! ignore the ones they do not know, so the views keep the strings.

use std::fmt;
use std::str::FromStr;

/// Declares an enumeration with its strings.
macro_rules! strings {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every value, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The string on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(text: &str) -> Result<Self, Unknown> {
                match text { $($text => Ok(Self::$variant),)* _ => Err(Unknown) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

strings! {
    /// How much the relying party wants the user verified.
    pub enum UserVerification {
        /// The ceremony fails without.
        Required = "required",
        /// If it can be had; also the default.
        Preferred = "preferred",
        /// Better not.
        Discouraged = "discouraged",
    }
}

strings! {
    /// How much the relying party wants a discoverable credential.
    pub enum ResidentKey {
        /// Better not.
        Discouraged = "discouraged",
        /// If it can be had.
        Preferred = "preferred",
        /// The ceremony fails without.
        Required = "required",
    }
}

strings! {
    /// How an authenticator is attached to the client.
    pub enum AuthenticatorAttachment {
        /// Built in.
        Platform = "platform",
        /// Roaming.
        CrossPlatform = "cross-platform",
    }
}

strings! {
    /// What attestation the relying party wants.
    pub enum AttestationConveyance {
        /// None; also what unknown values mean.
        None = "none",
        /// Perhaps anonymised.
        Indirect = "indirect",
        /// As the authenticator gives it.
        Direct = "direct",
        /// One that may identify the device.
        Enterprise = "enterprise",
    }
}

strings! {
    /// A way to reach an authenticator.
    pub enum Transport {
        /// USB.
        Usb = "usb",
        /// NFC.
        Nfc = "nfc",
        /// Bluetooth Low Energy.
        Ble = "ble",
        /// A smart card with contacts.
        SmartCard = "smart-card",
        /// A phone, found over Bluetooth and reached over the network.
        Hybrid = "hybrid",
        /// Built into the client's device.
        Internal = "internal",
    }
}

strings! {
    /// What the relying party expects the user to hold.
    pub enum Hint {
        /// A security key.
        SecurityKey = "security-key",
        /// The device itself.
        ClientDevice = "client-device",
        /// A phone.
        Hybrid = "hybrid",
    }
}

/// The string is none of the enumeration's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a value of this enumeration")
    }
}

impl std::error::Error for Unknown {}
