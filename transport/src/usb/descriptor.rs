//! What a key on USB says of itself: a full-speed device with one configuration of one HID
//! interface, an interrupt endpoint each way (USB 2.0 9.6, HID 1.11 6.2.1, CTAP 2.3 11.2.8).

#[cfg(test)]
mod tests;

use crate::identity::{Identity, REPORT_DESCRIPTOR};

/// The endpoint towards the host.
pub const ENDPOINT_IN: u8 = 0x81;

/// The endpoint towards the device.
pub const ENDPOINT_OUT: u8 = 0x01;

/// The type of a device descriptor.
pub const DEVICE: u8 = 0x01;
/// The type of a configuration descriptor.
pub const CONFIGURATION: u8 = 0x02;
/// The type of a string descriptor.
pub const STRING: u8 = 0x03;
const INTERFACE: u8 = 0x04;
const ENDPOINT: u8 = 0x05;
/// The type of a HID descriptor.
pub const HID: u8 = 0x21;
/// The type of a report descriptor.
pub const REPORT: u8 = 0x22;

/// The number of the only configuration.
pub const CONFIGURATION_VALUE: u8 = 1;

const MANUFACTURER: u8 = 1;
const PRODUCT: u8 = 2;
const SERIAL_NUMBER: u8 = 3;

const REPORT_SIZE: u8 = 64;

/// How often the host asks, in milliseconds.
const INTERVAL: u8 = 5;

/// American English; nobody asks for another.
const LANGUAGE: u16 = 0x0409;

/// A string descriptor has one byte for its length, and two for each unit of UTF-16.
const LONGEST_TEXT: usize = 126;

/// The device descriptor.
pub fn device(identity: &Identity) -> Vec<u8> {
    let mut bytes = vec![18, DEVICE];
    bytes.extend(0x0200_u16.to_le_bytes());
    // The class is the interface's; then the size of control packets.
    bytes.extend([0, 0, 0, 64]);
    for number in [identity.vendor_id, identity.product_id, identity.release] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([MANUFACTURER, PRODUCT, SERIAL_NUMBER, 1]);
    bytes
}

/// The configuration with all that belongs to it.
pub fn configuration() -> Vec<u8> {
    let mut inside = vec![9, INTERFACE, 0, 0, 2, 0x03, 0, 0, 0];
    inside.extend(hid());
    for endpoint in [ENDPOINT_IN, ENDPOINT_OUT] {
        inside.extend([7, ENDPOINT, endpoint, 0x03, REPORT_SIZE, 0, INTERVAL]);
    }
    let total = u16::try_from(9 + inside.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![9, CONFIGURATION];
    bytes.extend(total.to_le_bytes());
    // One interface; no name; powered by the bus; 100 mA.
    bytes.extend([1, CONFIGURATION_VALUE, 0, 0x80, 50]);
    bytes.extend(inside);
    bytes
}

/// The HID descriptor: HID 1.11, no country, one report descriptor.
pub fn hid() -> Vec<u8> {
    let length = u16::try_from(REPORT_DESCRIPTOR.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![9, HID, 0x11, 0x01, 0, 1, REPORT];
    bytes.extend(length.to_le_bytes());
    bytes
}

/// The string descriptor of this index; zero is the list of languages.
pub fn string(identity: &Identity, index: u8) -> Option<Vec<u8>> {
    let units: Vec<u16> = match index {
        0 => vec![LANGUAGE],
        MANUFACTURER => identity.manufacturer.encode_utf16().take(LONGEST_TEXT).collect(),
        PRODUCT => identity.product.encode_utf16().take(LONGEST_TEXT).collect(),
        SERIAL_NUMBER => identity.serial_number.encode_utf16().take(LONGEST_TEXT).collect(),
        _ => return None,
    };
    let mut bytes = vec![u8::try_from(2 + 2 * units.len()).unwrap_or(u8::MAX), STRING];
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    Some(bytes)
}
