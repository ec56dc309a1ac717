"""The calendar in memory keeps the contract: what is tried on it holds for the real ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.connectors.memory.owner import MemoryOwner
from tests.contract.booking import WriterContract
from tests.contract.calendar import CalendarContract


class TestMemory(CalendarContract, WriterContract):
    @pytest.fixture
    def make(self) -> Callable[[], MemoryOwner]:
        return MemoryOwner
