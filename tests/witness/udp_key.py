"""A key behind UDP, as python-fido2 wants its devices: one 64-byte datagram is one report."""

import socket

from fido2.hid import CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor


class Udp(CtapHidConnection):
    def __init__(self, host, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((host, port))
        self.socket.settimeout(10)

    def read_packet(self):
        return self.socket.recv(64)

    def write_packet(self, data):
        self.socket.send(data.ljust(64, b"\0"))

    def close(self):
        self.socket.close()


def open_key(host, port):
    path = f"udp:{host}:{port}"
    descriptor = HidDescriptor(path, 0x1209, 0xF1D0, 64, 64, "udp", None)
    return CtapHidDevice(descriptor, Udp(host, int(port)))
