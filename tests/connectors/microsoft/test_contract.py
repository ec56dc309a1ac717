"""The Microsoft connector keeps the contract on a strict double of Graph."""

from __future__ import annotations

import pytest

from connectors.base import Capability
from tests.connectors.microsoft.owner import MicrosoftOwner
from tests.contract.booking import EventsContract
from tests.contract.calendar import CalendarContract, LoginContract

pytestmark = pytest.mark.xdist_group("microsoft")


class TestMicrosoft(CalendarContract, LoginContract, EventsContract):
    def test_it_says_what_it_can_do(self, owner: MicrosoftOwner) -> None:
        assert owner.writer().capabilities == Capability.WRITE | Capability.TOKEN
        assert owner.reader(book=False).capabilities == Capability.TOKEN
