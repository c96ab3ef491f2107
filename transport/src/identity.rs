//! What a plugged-in device says of itself before anybody opens it.

/// Names and numbers of a device that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// USB vendor.
    pub vendor_id: u16,
    /// USB product.
    pub product_id: u16,
    /// Release of the device, in binary-coded decimal.
    pub release: u16,
    /// The manufacturer's name.
    pub manufacturer: String,
    /// The product's name.
    pub product: String,
    /// The serial number; what tells one virtual key from another.
    pub serial_number: String,
}

/// A CTAPHID interface as HID describes it (CTAP 2.3 11.2.8.2): usage page 0xf1d0, usage 0x01, one
/// input and one output report of 64 bytes, without report ids.
pub const REPORT_DESCRIPTOR: [u8; 34] = [
    0x06, 0xd0, 0xf1, // usage page
    0x09, 0x01, // usage
    0xa1, 0x01, // collection: application
    0x09, 0x20, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x81, 0x02, // input
    0x09, 0x21, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02, // output
    0xc0,
];

impl Identity {
    /// A virtual key of this project: a number of pid.codes that firmware without hardware goes by.
    pub fn virtual_key(serial_number: impl Into<String>) -> Self {
        Self {
            vendor_id: 0x1209,
            product_id: 0xf1d0,
            release: 0x0100,
            manufacturer: "Assay".to_owned(),
            product: "Virtual security key".to_owned(),
            serial_number: serial_number.into(),
        }
    }
}
