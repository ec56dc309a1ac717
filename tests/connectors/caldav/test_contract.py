"""The CalDAV connector keeps the contract on two real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.connectors.caldav.owner import DavOwner
from tests.contract.calendar import CalendarContract, LoginContract, PlaceContract, WriterContract
from tests.servers.caldav import CalDavServer
from tests.servers.lossy import LossyProxy


class OnAServer(CalendarContract, PlaceContract, WriterContract):
    @pytest.fixture
    def server(self) -> CalDavServer:
        raise NotImplementedError

    @pytest.fixture
    def make(self, server: CalDavServer) -> Iterator[Callable[[], DavOwner]]:
        with ExitStack() as stack:
            proxy = stack.enter_context(LossyProxy(server.port))

            def owner() -> DavOwner:
                made = DavOwner(server, proxy)
                stack.callback(made.close)
                return made

            yield owner


class TestRadicale(OnAServer, LoginContract):
    @pytest.fixture
    def server(self, radicale: CalDavServer) -> CalDavServer:
        return radicale


class TestXandikos(OnAServer):
    @pytest.fixture
    def server(self, xandikos: CalDavServer) -> CalDavServer:
        return xandikos
