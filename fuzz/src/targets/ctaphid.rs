//! CTAPHID: reports into the device's machine, and messages split and put together again.

use std::time::Duration;

use assay_authenticator_sim::device::{Action, Device};
use assay_protocol::ctaphid::{Assembler, Command, Event, Frame, InitResponse, KeepAlive, MAX_MESSAGE, REPORT, split};

/// The input is reports, the last one padded; the first byte of each also moves the clock.
pub(super) fn run(input: &[u8]) {
    let mut device = Device::new();
    let mut assembler = Assembler::default();
    let mut now = Duration::ZERO;
    for bytes in input.chunks(REPORT).take(256) {
        let mut report = [0; REPORT];
        report.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        let frame = Frame::parse(&report);
        assert_eq!(Frame::parse(&frame.to_report()), frame);

        let step = assembler.accept(&frame);
        assembler = step.next;
        if let Event::Message(message) = step.event {
            assert!(message.payload.len() <= MAX_MESSAGE);
        }
        if let Assembler::Partial { payload, total, .. } = &assembler {
            assert!(payload.len() < *total && *total <= MAX_MESSAGE);
        }

        now += Duration::from_millis(u64::from(report.first().copied().unwrap_or_default()));
        let mut actions = device.accept(&report, now);
        actions.extend(device.tick(now, KeepAlive::PROCESSING));
        if actions.iter().any(|action| matches!(action, Action::Start(_))) && frame.cid().is_multiple_of(2) {
            actions.extend(device.finish(&[0x00, 0xa0], now));
        }
        let most = MAX_MESSAGE.div_ceil(REPORT - 5) + 4;
        assert!(actions.len() <= most, "{} actions after one report", actions.len());
    }
    let _ = InitResponse::parse(input);
    if let Ok(reports) = split(1, Command::PING, input) {
        let mut assembler = Assembler::default();
        let mut whole = None;
        for report in &reports {
            let step = assembler.accept(&Frame::parse(report));
            assembler = step.next;
            whole = Some(step.event);
        }
        assert!(matches!(whole, Some(Event::Message(message)) if message.payload == input), "split and not joined");
    } else {
        assert!(input.len() > MAX_MESSAGE);
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let reports = |cid, cmd, payload: &[u8]| split(cid, cmd, payload).unwrap_or_default().concat();
    let init = reports(0xffff_ffff, Command::INIT, &[1, 2, 3, 4, 5, 6, 7, 8]);
    let ping = reports(1, Command::PING, &[0x5a; 200]);
    let cbor = reports(1, Command::CBOR, &[0x04]);
    let cancel = reports(1, Command::CANCEL, &[]);
    let wink = reports(1, Command::WINK, &[]);
    vec![
        [init.clone(), ping.clone()].concat(),
        [init.clone(), cbor.clone(), cancel, init.clone()].concat(),
        [init.clone(), wink, cbor.clone(), cbor].concat(),
        [init, ping.get(..REPORT).unwrap_or_default().to_vec(), ping].concat(),
    ]
}
