"""A security key for each test: copy this file beside your tests.

Needs `assay` on the PATH (or in ASSAY) and `pip install pytest fido2`.
"""

import json
import os
import socket
import subprocess

import pytest
from fido2.hid import CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor


class Udp(CtapHidConnection):
    """One datagram of 64 bytes is one report."""

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


@pytest.fixture
def security_key(request):
    """A new key: of CTAP 2.3, or `@pytest.mark.key("sim+persona:biometric")`, or one that is wrong in one way."""
    mark = request.node.get_closest_marker("key")
    key = mark.args[0] if mark else "sim+persona:ctap-2.3"
    command = [os.environ.get("ASSAY", "assay"), "key", "serve", key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        try:
            host, port = json.loads(served.stdout.readline())["address"].rsplit(":", 1)
            descriptor = HidDescriptor("udp", 0x1209, 0xF1D0, 64, 64, "udp", None)
            with CtapHidDevice(descriptor, Udp(host, int(port))) as device:
                yield device
        finally:
            served.kill()


def pytest_configure(config):
    config.addinivalue_line("markers", "key(name): which key the security_key fixture serves")
