//! The TCG's registry of TPM vendors (TCG Vendor ID Registry, version 1.06).

/// Identifier and name, by identifier.
pub const VENDORS: [(u32, &str); 27] = [
    (0x414d_4400, "AMD"),
    (0x414e_5400, "Ant Group"),
    (0x4154_4d4c, "Atmel"),
    (0x4252_434d, "Broadcom"),
    (0x4353_434f, "Cisco"),
    (0x464c_5953, "Flyslice Technologies"),
    (0x474f_4f47, "Google"),
    (0x4849_5349, "Huawei"),
    (0x4850_4500, "HPE"),
    (0x4850_4900, "HPI"),
    (0x4942_4d00, "IBM"),
    (0x4946_5800, "Infineon"),
    (0x494e_5443, "Intel"),
    (0x4c45_4e00, "Lenovo"),
    (0x4d53_4654, "Microsoft"),
    (0x4e53_4d20, "National Semiconductor"),
    (0x4e54_4300, "Nuvoton Technology"),
    (0x4e54_5a00, "Nationz"),
    (0x5143_4f4d, "Qualcomm"),
    (0x524f_4343, "Fuzhou Rockchip"),
    (0x534d_5343, "SMSC"),
    (0x534d_534e, "Samsung"),
    (0x534e_5300, "Sinosun"),
    (0x5354_4d20, "STMicroelectronics"),
    (0x5458_4e00, "Texas Instruments"),
    (0x5745_4300, "Winbond"),
    // Not the TCG's: the TPMs that FIDO's conformance tools pretend to be.
    (0xffff_f1d0, "FIDO Alliance, for tests"),
];

/// The vendor that a manufacturer attribute names: `id:` and eight hexadecimal digits.
pub fn named(manufacturer: &str) -> Option<&'static str> {
    let digits = manufacturer.strip_prefix("id:")?;
    if digits.len() != 8 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let id = u32::from_str_radix(digits, 16).ok()?;
    VENDORS.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}
