//! A virtual key at a USB port: the kernel enumerates it as it does hardware, descriptors, serial
//! number, endpoints and all, by its USB/IP host controller.
//!
//! [`packet`] is the wire, [`descriptor`] what the device says of itself, [`gadget`] the device, all
//! without any I/O; this file plugs it into `vhci-hcd`.

pub mod descriptor;
pub mod gadget;
pub mod packet;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

#[cfg(target_os = "linux")]
pub use self::linux::UsbReports;

#[cfg(target_os = "linux")]
mod linux;
