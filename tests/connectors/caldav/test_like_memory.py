"""Whatever is done in whatever order, a real server and the calendar in memory end the same way.

Services are tried on the one in memory; this is why that is enough.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agent.core.observation import Answer, OwnEvent
from agent.core.timespan import DAY
from connectors.base import CalendarWriter
from connectors.errors import ConnectorError
from tests.connectors.caldav.owner import DavOwner
from tests.connectors.memory.owner import MemoryOwner
from tests.contract.owners import TEN, WINDOW, AnsweringOwner, at, invitation, known
from tests.servers.caldav import CalDavServer
from tests.servers.lossy import LossyProxy

UIDS = ("first@attune", "second@attune")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "update", "stale-update", "remove", "stale-remove", "move", "answer", "delete"]),
        st.sampled_from(UIDS),
        st.integers(0, 5),
    ),
    min_size=6,
    max_size=14,
)


class Played:
    """One calendar on which steps are played, and the versions that a service would remember."""

    def __init__(self, owner: AnsweringOwner) -> None:
        self.owner = owner
        self.calendar: CalendarWriter = owner.writer()
        self.known: dict[str, OwnEvent] = {}
        self.sequence = 0

    def play(self, step: str, uid: str, day: int) -> str:
        """Do one thing; say how it ended."""
        self.sequence += 1
        wanted = invitation(self.sequence, TEN + day * DAY, uid=uid)
        seen = self.calendar.find(uid)
        event = self.known.get(uid) if step.startswith("stale") else seen
        try:
            if step == "create":
                self.known[uid] = known(self.calendar.create(wanted), wanted)
            elif event is None or (seen is None and not step.startswith("stale")):
                return "nothing to do"
            elif step.endswith("update"):
                self.known.setdefault(uid, known(self.calendar.update(wanted, event), wanted))
            elif step.endswith("remove"):
                self.calendar.remove(event)
            else:
                self._by_hand(step, uid, day)
        except ConnectorError as error:
            return type(error).__name__
        return "done"

    def state(self) -> object:
        """What is there to be seen, without the servers' own names and versions."""
        reading = self.calendar.read(WINDOW, frozenset(UIDS))
        own = sorted((e.uid, e.span, e.answer, e.cancelled, e.sequence) for e in reading.own)
        return reading.busy, own, [self.owner.titles(uid) for uid in UIDS]

    def _by_hand(self, step: str, uid: str, day: int) -> None:
        if step == "move":
            self.owner.move(uid, at(TEN + day * DAY + 7, 20))
        elif step == "answer":
            # Never back to none: some versions are digests, and the same contents are the same version again.
            self.owner.answer(uid, (Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED)[day % 3])
        else:
            self.owner.delete(uid)


def play_both(server: CalDavServer, steps: list[tuple[str, str, int]]) -> None:
    with LossyProxy(server.port) as proxy:
        real, remembered = Played(owner := DavOwner(server, proxy)), Played(MemoryOwner())
        try:
            for step in [("create", uid, 0) for uid in UIDS] + steps:
                assert real.play(*step) == remembered.play(*step), step
                assert real.state() == remembered.state(), step
        finally:
            owner.close()


RUNS = settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink takes minutes on a server
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@RUNS
@given(STEPS)
def test_radicale_does_as_memory_does(radicale: CalDavServer, steps: list[tuple[str, str, int]]) -> None:
    play_both(radicale, steps)


@RUNS
@given(STEPS)
def test_xandikos_does_as_memory_does(xandikos: CalDavServer, steps: list[tuple[str, str, int]]) -> None:
    play_both(xandikos, steps)
