//! A CTAPHID key as a USB device, without any I/O: transfers go in, answers come out, reports are
//! taken and given (USB 2.0 9.4, HID 1.11 7.2).

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use super::descriptor;
use super::packet::{Moved, Packet, Reply, Status, Submit, Transfer};
use crate::identity::{Identity, REPORT_DESCRIPTOR};
use crate::reports::Report;

/// Reports that wait for a host to ask: more than the longest message has. After that the oldest
/// is lost, as in hardware.
const CAPACITY: usize = 256;

/// Requests that may wait for a report; a kernel keeps one.
const PATIENCE: usize = 64;

/// The number of both interrupt endpoints.
const REPORTS: u32 = 1;

/// The device.
#[derive(Debug)]
pub struct Gadget {
    identity: Identity,
    configuration: u8,
    /// Transfers that wait for a report to the host.
    asked: VecDeque<Asked>,
    /// Reports to the host that nobody has asked for yet.
    outgoing: VecDeque<Report>,
    /// Reports to the device that nobody has taken yet.
    incoming: VecDeque<Report>,
}

#[derive(Debug)]
struct Asked {
    number: u32,
    length: usize,
}

/// The setup packet of a control transfer (USB 2.0 9.3).
struct Setup {
    request_type: u8,
    request: u8,
    value: [u8; 2],
    length: usize,
}

impl Gadget {
    /// A device that is just plugged in.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            configuration: 0,
            asked: VecDeque::new(),
            outgoing: VecDeque::new(),
            incoming: VecDeque::new(),
        }
    }

    /// Takes in one packet.
    #[must_use]
    pub fn accept(&mut self, packet: Packet) -> Option<Reply> {
        match packet {
            Packet::Unlink { number, transfer } => {
                let before = self.asked.len();
                self.asked.retain(|asked| asked.number != transfer);
                let status = if self.asked.len() < before { Status::ABORTED } else { Status::OK };
                Some(Reply::Unlink { number, status })
            }
            Packet::Submit(submit) => match submit.endpoint {
                0 => Some(self.control(submit)),
                REPORTS => self.interrupt(submit),
                _ => Some(stall(&submit)),
            },
        }
    }

    /// Gives the host a report: at once where it has asked, else when it asks.
    #[must_use]
    pub fn send(&mut self, report: &Report) -> Option<Reply> {
        if let Some(asked) = self.asked.pop_front() {
            return Some(give(&asked, report));
        }
        if self.outgoing.len() >= CAPACITY {
            self.outgoing.pop_front();
        }
        self.outgoing.push_back(*report);
        None
    }

    /// The oldest report of the host that was not taken yet.
    pub fn take(&mut self) -> Option<Report> {
        self.incoming.pop_front()
    }

    fn interrupt(&mut self, submit: Submit) -> Option<Reply> {
        match submit.transfer {
            Transfer::In(length) => {
                let asked = Asked { number: submit.number, length };
                if let Some(report) = self.outgoing.pop_front() {
                    return Some(give(&asked, &report));
                }
                if self.asked.len() >= PATIENCE {
                    return Some(Reply::Submit {
                        number: asked.number,
                        status: Status::STALL,
                        moved: Moved::In(vec![]),
                    });
                }
                self.asked.push_back(asked);
                None
            }
            Transfer::Out(data) => {
                let length = data.len();
                // A short packet is none of CTAPHID's; the bus took it all the same.
                self.incoming.extend(Report::try_from(data).ok());
                Some(Reply::Submit { number: submit.number, status: Status::OK, moved: Moved::Out(length) })
            }
        }
    }

    fn control(&mut self, submit: Submit) -> Reply {
        let setup = Setup::read(submit.setup);
        let answer = match &submit.transfer {
            Transfer::In(_) => self.tell(&setup).map(|mut data| {
                data.truncate(setup.length);
                Moved::In(data)
            }),
            Transfer::Out(data) => self.obey(&setup, data).map(|()| Moved::Out(data.len())),
        };
        match (answer, submit.transfer) {
            (Some(Moved::In(data)), Transfer::In(room)) if data.len() > room => {
                Reply::Submit { number: submit.number, status: Status::OVERFLOW, moved: Moved::In(vec![]) }
            }
            (Some(moved), _) => Reply::Submit { number: submit.number, status: Status::OK, moved },
            (None, transfer) => stall(&Submit { transfer, ..submit }),
        }
    }

    /// What is asked of the device.
    fn tell(&self, setup: &Setup) -> Option<Vec<u8>> {
        let [index, kind] = setup.value;
        match (setup.request_type, setup.request) {
            // GET_DESCRIPTOR, of the device
            (0x80, 0x06) => match kind {
                descriptor::DEVICE => Some(descriptor::device(&self.identity)),
                descriptor::CONFIGURATION if index == 0 => Some(descriptor::configuration()),
                descriptor::STRING => descriptor::string(&self.identity, index),
                _ => None,
            },
            // GET_DESCRIPTOR, of the interface
            (0x81, 0x06) => match kind {
                descriptor::HID => Some(descriptor::hid()),
                descriptor::REPORT => Some(REPORT_DESCRIPTOR.to_vec()),
                _ => None,
            },
            // GET_STATUS: powered by the bus, nothing halted
            (0x80..=0x82, 0x00) => Some(vec![0, 0]),
            // GET_CONFIGURATION
            (0x80, 0x08) => Some(vec![self.configuration]),
            // GET_INTERFACE, GET_IDLE
            (0x81, 0x0a) | (0xa1, 0x02) => Some(vec![0]),
            _ => None,
        }
    }

    /// What the device is told; none where it does not.
    fn obey(&mut self, setup: &Setup, data: &[u8]) -> Option<()> {
        match (setup.request_type, setup.request, setup.value) {
            // SET_ADDRESS is the controller's own business.
            (0x00, 0x05, _) => Some(()),
            // SET_CONFIGURATION
            (0x00, 0x09, [value @ (0 | descriptor::CONFIGURATION_VALUE), 0]) => {
                self.configuration = value;
                Some(())
            }
            // SET_INTERFACE, to the only setting
            (0x01, 0x0b, [0, 0]) => Some(()),
            // CLEAR_FEATURE of an endpoint: it is not halted any more
            (0x02, 0x01, [0, 0]) => Some(()),
            // SET_IDLE: reports are sent when there are any
            (0x21, 0x0a, _) => Some(()),
            // SET_REPORT, of an output report
            (0x21, 0x09, [0, 2]) => {
                self.incoming.push_back(Report::try_from(data).ok()?);
                Some(())
            }
            _ => None,
        }
    }
}

impl Setup {
    fn read(bytes: [u8; 8]) -> Self {
        let [request_type, request, low, high, _, _, short, long] = bytes;
        let length = usize::from(u16::from_le_bytes([short, long]));
        Self { request_type, request, value: [low, high], length }
    }
}

fn give(asked: &Asked, report: &Report) -> Reply {
    let (status, data) = match asked.length >= report.len() {
        true => (Status::OK, report.to_vec()),
        false => (Status::OVERFLOW, Vec::new()),
    };
    Reply::Submit { number: asked.number, status, moved: Moved::In(data) }
}

fn stall(submit: &Submit) -> Reply {
    let moved = match submit.transfer {
        Transfer::In(_) => Moved::In(Vec::new()),
        Transfer::Out(_) => Moved::Out(0),
    };
    Reply::Submit { number: submit.number, status: Status::STALL, moved }
}
