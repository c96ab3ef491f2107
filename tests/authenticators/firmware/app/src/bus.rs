//! A USB peripheral with one endpoint each way, each a queue of reports.

use std::collections::VecDeque;
use std::sync::Mutex;

use usb_device::bus::{PollResult, UsbBus};
use usb_device::endpoint::{EndpointAddress, EndpointType};
use usb_device::{Result, UsbDirection, UsbError};

/// Reports that have arrived and reports that are to leave.
#[derive(Default)]
pub struct QueueBus {
    endpoints: usize,
    arrived: Mutex<VecDeque<[u8; 64]>>,
    leaving: Mutex<VecDeque<Vec<u8>>>,
}

impl QueueBus {
    /// A report of the host.
    pub fn arrive(&self, report: [u8; 64]) {
        self.arrived.lock().expect("nobody panics").push_back(report);
    }

    /// The next report for the host.
    pub fn leave(&self) -> Option<Vec<u8>> {
        self.leaving.lock().expect("nobody panics").pop_front()
    }
}

impl UsbBus for QueueBus {
    fn alloc_ep(
        &mut self,
        direction: UsbDirection,
        address: Option<EndpointAddress>,
        _kind: EndpointType,
        _max_packet_size: u16,
        _interval: u8,
    ) -> Result<EndpointAddress> {
        Ok(address.unwrap_or_else(|| {
            self.endpoints += 1;
            EndpointAddress::from_parts(self.endpoints, direction)
        }))
    }

    fn enable(&mut self) {}

    fn reset(&self) {}

    fn set_device_address(&self, _address: u8) {}

    fn write(&self, _endpoint: EndpointAddress, report: &[u8]) -> Result<usize> {
        self.leaving.lock().expect("nobody panics").push_back(report.to_vec());
        Ok(report.len())
    }

    fn read(&self, _endpoint: EndpointAddress, buffer: &mut [u8]) -> Result<usize> {
        let report = self.arrived.lock().expect("nobody panics").pop_front().ok_or(UsbError::WouldBlock)?;
        let length = report.len().min(buffer.len());
        buffer[..length].copy_from_slice(&report[..length]);
        Ok(length)
    }

    fn set_stalled(&self, _endpoint: EndpointAddress, _stalled: bool) {}

    fn is_stalled(&self, _endpoint: EndpointAddress) -> bool {
        false
    }

    fn suspend(&self) {}

    fn resume(&self) {}

    fn poll(&self) -> PollResult {
        PollResult::None
    }
}
