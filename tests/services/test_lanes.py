"""What is begun before a lane is free: much where that takes no time, and nothing that may have happened already."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.intents import Intent, IntentKind, MailKind
from agent.services.desk import A_MOMENT, AT_MOST, Desk
from agent.services.lanes import Lanes, lanes
from agent.services.part import WHOLE
from agent.store import intents, relationships, schema
from tests.services.stage import NOON, Stage

NAMES = [f"pair-{number}" for number in range(1, 10)]


def at_pace(opened: Lanes, seconds: float) -> Lanes:
    """Lanes whose jobs took so long of late."""
    opened._pace = seconds
    return opened


def begun(stage: Stage, opened: Lanes, mail: MailKind | None = None, *, doubtful: bool = False) -> int:
    """How many of nine events, or mails, all due, are begun with nothing at work; ``doubtful``: they may be there."""
    kind = IntentKind.SEND_MAIL if mail else IntentKind.WRITE_EVENT
    wanted = [Intent(name, 1, 0, kind, "mentor-1", NOON, mail) for name in NAMES]
    with stage.store.begin() as tx:
        relationships.synchronise(tx, dict.fromkeys(NAMES, "t"), NOON + timedelta(days=1))
        intents.add(tx, wanted, NOON)
        if doubtful:
            tx.execute(schema.intents.update().values(status=intents.UNKNOWN, lost=1))
        return len(Desk(stage.programme(), WHOLE, opened)._claim(tx, NOON).effects)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, [])


def test_lanes_that_are_slow_take_one_each(stage: Stage) -> None:
    with lanes(2) as opened:
        assert begun(stage, at_pace(opened, 2 * A_MOMENT)) == 2


def test_lanes_that_are_quick_take_what_they_get_to_in_a_moment(stage: Stage) -> None:
    with lanes(2) as opened:
        assert begun(stage, at_pace(opened, 1e-6)) == len(NAMES)


def test_what_may_have_happened_waits_for_a_free_lane(stage: Stage) -> None:
    with lanes(2) as opened:
        assert begun(stage, at_pace(opened, 1e-6), doubtful=True) == 2


def test_a_mail_waits_for_a_free_lane(stage: Stage) -> None:
    """It cannot be looked up: killed twice before its turn, it would be let be without ever having been sent."""
    with lanes(2) as opened:
        assert begun(stage, at_pace(opened, 1e-6), MailKind.AGENDA) == 2


def test_where_there_is_one_lane_one_is_begun_at_a_time(stage: Stage) -> None:
    with lanes(1) as opened:
        assert begun(stage, at_pace(opened, 1e-6)) == 1


def test_there_is_an_end_to_what_is_begun_ahead() -> None:
    with lanes(2) as opened:
        assert at_pace(opened, 1e-6).within(A_MOMENT, AT_MOST) == 2 * AT_MOST


def test_lanes_know_how_long_their_jobs_take() -> None:
    with lanes(2) as opened:
        opened.submit(lambda: time.sleep(2 * A_MOMENT))
        assert list(opened.finished(5)) == [None]
        assert opened.within(A_MOMENT, AT_MOST) == 2
        assert opened.within(1000 * A_MOMENT, AT_MOST) > 2
