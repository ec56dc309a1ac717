"""Free and busy of many colleagues by one request for twenty, and nobody unseen counts as free."""

from __future__ import annotations

import pytest

from agent.core.observation import Busy
from agent.core.timespan import DAY, Span
from connectors.microsoft import schedule
from tests.connectors.microsoft.owner import MicrosoftOwner, times
from tests.contract.owners import TEN, WINDOW, at
from tests.servers.microsoft.stage import event

pytestmark = pytest.mark.xdist_group("microsoft")


def test_colleagues_are_read_twenty_at_a_time(owner: MicrosoftOwner) -> None:
    colleagues = [owner.stage.account() for _ in range(20)]
    owner.act("POST", "/me/events", event(*times(at(TEN))), by=colleagues[-1].address)
    everybody = [owner.person.address, *(each.address for each in colleagues)]
    found = schedule.busy(owner.reader()._graph, everybody, WINDOW)
    assert found.pop(colleagues[-1].address) == (Busy(at(TEN)),)
    assert set(found.values()) == {()}
    assert owner.stage.server.calls()["methods"]["calendar.getSchedule"] == 2


@pytest.mark.parametrize(("state", "blocks"), [("free", False), ("workingElsewhere", False), ("oof", True)])
def test_states_mean_what_they_mean_elsewhere(owner: MicrosoftOwner, state: str, blocks: bool) -> None:
    owner.act("POST", "/me/events", event(*times(at(TEN)), showAs=state))
    found = schedule.busy(owner.reader()._graph, [owner.person.address], WINDOW)
    assert found == {owner.person.address: (Busy(at(TEN)),) if blocks else ()}


def test_who_cannot_be_seen_is_unknown_and_not_free(owner: MicrosoftOwner) -> None:
    closed = owner.stage.account()
    owner.stage.server.ask("PUT", f"/accounts/{closed.address}/mailbox", {"schedule_error": "ErrorNoFreeBusyAccess"})
    found = schedule.busy(owner.reader()._graph, [closed.address, "nobody@elsewhere.example"], WINDOW)
    assert found == {closed.address: None, "nobody@elsewhere.example": None}


def test_a_long_window_is_asked_for_in_parts(owner: MicrosoftOwner) -> None:
    far = at(TEN + 100 * DAY)
    owner.act("POST", "/me/events", event(*times(far)))
    found = schedule.busy(owner.reader()._graph, [owner.person.address], Span(WINDOW.start, WINDOW.start + 120 * DAY))
    assert found == {owner.person.address: (Busy(far),)}
