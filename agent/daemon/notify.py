"""Tells systemd where the daemon is (sd_notify(3)); without systemd it is silent."""

from __future__ import annotations

import socket


class Notifier:
    """Sends state lines to the socket that the service manager named, if it named one."""

    def __init__(self, address: str | None) -> None:
        self._address = "\0" + address[1:] if address and address.startswith("@") else address

    def send(self, *lines: str) -> None:
        """Send lines such as ``READY=1`` or ``STATUS=…``. A service manager that went away is no reason to stop."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            try:
                client.sendto("\n".join(lines).encode(), self._address)
            except OSError:
                return
