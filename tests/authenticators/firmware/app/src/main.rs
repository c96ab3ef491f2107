//! The FIDO application of Nitrokey 3 and Solo 2 (crate `fido-authenticator`), with the firmware's own CTAPHID
//! (crate `usbd-ctaphid`), on a computer: reports of 64 bytes on standard input and output. Everything is in
//! memory and every touch is given, so that each process is a key as it comes from the factory.

mod bus;

use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use ctaphid_dispatch::app::App;
use ctaphid_dispatch::{Channel, DEFAULT_MESSAGE_SIZE, Dispatch};
use fido_authenticator::{Authenticator, Config, Conforming, FirmwareVersion, LargeBlobsConfig};
use ref_swap::OptionRefSwap;
use trussed::backend::BackendId;
use trussed::pipe::{ServiceEndpoint, TrussedChannel};
use trussed::platform::{Platform as _, UserInterface};
use trussed::service::Service;
use trussed::types::CoreContext;
use trussed::types::ui::Status;
use trussed::virt::{self, StoreConfig};
use trussed::{ClientImplementation, platform};
use trussed_core::InterruptFlag;
use trussed_core::types::Location;
use trussed_core::types::consent::Level;
use trussed_core::types::reboot::To;
use trussed_staging::virt::{BackendIds, Dispatcher};
use usb_device::bus::UsbBusAllocator;
use usb_device::class::UsbClass as _;
use usb_device::device::{UsbDeviceBuilder, UsbVidPid};
use usbd_ctaphid::CtapHid;
use usbd_ctaphid::types::Status as HidStatus;

use crate::bus::QueueBus;

/// How often CTAPHID looks at its clock, as a USB interrupt would have it do.
const TICK: Duration = Duration::from_millis(1);

/// How often a host hears that the key still works.
const KEEP_ALIVE: Duration = Duration::from_millis(100);

static INTERRUPT: InterruptFlag = InterruptFlag::new();
static WAITING: AtomicBool = AtomicBool::new(false);

/// Somebody who touches the key whenever it asks, long enough for a reset.
struct Willing(Status);

impl UserInterface for Willing {
    fn check_user_presence(&mut self) -> Level {
        Level::Strong
    }

    fn set_status(&mut self, status: Status) {
        WAITING.store(matches!(status, Status::WaitingForUserPresence), Ordering::SeqCst);
        self.0 = status;
    }

    fn status(&self) -> Status {
        self.0
    }

    fn refresh(&mut self) {}

    fn uptime(&mut self) -> Duration {
        Duration::ZERO
    }

    fn reboot(&mut self, _to: To) -> ! {
        std::process::exit(0)
    }

    fn wink(&mut self, _duration: Duration) {}
}

/// Tells the service that there is something to do; the one that comes with Trussed sleeps a millisecond each time.
struct Bell(Sender<()>);

impl platform::Syscall for Bell {
    fn syscall(&mut self) {
        self.0.send(()).expect("the service listens");
    }
}

fn main() {
    virt::with_platform(StoreConfig::ram(), |mut platform| {
        platform.user_interface().set_inner(Box::new(Willing(Status::Idle)));
        static BACKENDS: [BackendId<BackendIds>; 2] = [BackendId::Custom(BackendIds::StagingBackend), BackendId::Core];
        let channel = TrussedChannel::new();
        let (requester, responder) = channel.split().expect("the channel's two ends");
        let context = CoreContext::with_interrupt("fido".try_into().expect("a path"), Some(&INTERRUPT));
        let mut endpoints = vec![ServiceEndpoint::new(responder, context, &BACKENDS)];
        let (bell, rung) = mpsc::channel();
        let client: ClientImplementation<'_, Bell, Dispatcher> =
            ClientImplementation::new(requester, Bell(bell), Some(&INTERRUPT));
        let mut service = Service::with_dispatch(platform, Dispatcher::default());
        thread::scope(|scope| {
            scope.spawn(move || {
                while rung.recv().is_ok() {
                    service.process(&mut endpoints);
                }
            });
            serve(&mut Authenticator::new(client, Conforming {}, config()), &read());
        });
    });
}

fn config() -> Config {
    Config {
        max_msg_size: DEFAULT_MESSAGE_SIZE,
        skip_up_timeout: None,
        max_resident_credential_count: Some(100),
        large_blobs: Some(LargeBlobsConfig { location: Location::Internal, max_size: 4096 }),
        nfc_transport: false,
        ccid_transport: false,
        firmware_version: Some(FirmwareVersion::new(1)),
        credential_id_version: None,
        long_touch_for_reset: true,
        fido2_up_timeout: None,
    }
}

/// The reports of the host, until it is gone.
fn read() -> Receiver<[u8; 64]> {
    let (sender, reports) = mpsc::channel();
    thread::spawn(move || {
        let (mut stdin, mut report) = (std::io::stdin().lock(), [0; 64]);
        while stdin.read_exact(&mut report).is_ok() && sender.send(report).is_ok() {}
    });
    reports
}

fn serve<A: App<'static> + Send>(authenticator: &mut A, reports: &Receiver<[u8; 64]>) -> ! {
    let allocator = UsbBusAllocator::new(QueueBus::default());
    let channel: Channel<DEFAULT_MESSAGE_SIZE> = Channel::new();
    let (requester, responder) = channel.split().expect("the channel's two ends");
    let cancel: &'static OptionRefSwap<'static, InterruptFlag> = Box::leak(Box::new(OptionRefSwap::new(None)));
    let mut hid = CtapHid::with_interrupt(&allocator, requester, Some(cancel), 0).implements_ctap1().implements_ctap2();
    let device = UsbDeviceBuilder::new(&allocator, UsbVidPid(0x20a0, 0x42b2)).build();
    let bus = device.bus();
    let (to_device, to_host) = (hid.pipe().read_address(), hid.pipe().write_address());
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut dispatch = Dispatch::with_interrupt(responder, Some(cancel));
            loop {
                if !dispatch.poll(&mut [authenticator]) {
                    thread::sleep(Duration::from_micros(300));
                }
            }
        });
        let (began, mut keep_alive) = (Instant::now(), None::<Instant>);
        loop {
            match reports.recv_timeout(TICK) {
                Ok(report) => {
                    bus.arrive(report);
                    hid.endpoint_out(to_device);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::process::exit(0),
            }
            hid.check_timeout(u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX));
            hid.check_for_app_response();
            if let HidStatus::ReceivedData(_) = hid.did_start_processing() {
                keep_alive = Some(Instant::now() + KEEP_ALIVE);
            }
            if keep_alive.is_some_and(|due| Instant::now() >= due) {
                keep_alive = match hid.send_keepalive(WAITING.load(Ordering::SeqCst)) {
                    HidStatus::ReceivedData(_) => Some(Instant::now() + KEEP_ALIVE),
                    HidStatus::Idle => None,
                };
            }
            while let Some(report) = bus.leave() {
                let mut stdout = std::io::stdout().lock();
                if stdout.write_all(&report).and_then(|()| stdout.flush()).is_err() {
                    std::process::exit(0);
                }
                hid.endpoint_in_complete(to_host);
            }
        }
    })
}
