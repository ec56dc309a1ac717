"""The composition root: what connectors and settings know of each other, and a deployment ready to use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent import log
from agent.clock import Clock, RehearsalClock, SystemClock
from agent.settings.progress import Passed, silent
from agent.wiring.files import fingerprint
from agent.wiring.parts import close_calendars, open_programme

if TYPE_CHECKING:
    from agent.daemon.loop import Stop
    from agent.daemon.shift import Pace
    from agent.services.part import Part, Swept
    from agent.services.programme import Programme
    from agent.settings.document import Document
    from agent.settings.load import Settings
    from agent.settings.models import ConnectorModels
    from agent.settings.values import Deployment


def connector_models() -> ConnectorModels:
    """Give the settings models of every connector there is."""
    from agent.settings.models import ConnectorModels
    from connectors import registry

    return ConnectorModels(
        calendars=registry.calendar_models(), smtp=registry.smtp_model(), clients=registry.client_models()
    )


def load_settings(
    home: Path,
    instead: Mapping[str, Document] | None = None,
    passed: Passed = silent,
    stopping: Callable[[], bool] = bool,
) -> Settings:
    """Read a deployment folder, with other files ``instead`` of some; a large people.yaml once for each content.

    Raises ``SettingsError`` with every problem, ``HomeNotFound`` where there is none, ``NotRead`` where reading broke
    off, and ``Interrupted`` while ``stopping``.
    """
    from agent.settings.load import PEOPLE, find_home, load
    from agent.wiring.roster import roster_of

    home = find_home(home)
    roster = None if PEOPLE in (instead or {}) else roster_of(home, passed, stopping)
    return load(home, connector_models(), instead, roster)


def load_deployment(
    home: Path,
    now: datetime,
    instead: Mapping[str, Document] | None = None,
    passed: Passed = silent,
    stopping: Callable[[], bool] = bool,
) -> Deployment:
    """Read a deployment folder, as ``load_settings`` does, and give its values."""
    from agent.settings.values import deployment

    return deployment(load_settings(home, instead, passed, stopping), now)


@dataclass
class App:
    """One deployment, open and at work. Its files are read again when they change; mistakes in them change nothing."""

    home: Path
    clock: Clock
    programme: Programme
    _seen: tuple[object, ...]
    _refused: str | None = None
    """What the policy file says, while that is not in force because it was refused."""

    def sweep(self, part: Part | None = None) -> Swept:
        """Take in changed files, then bring everything of a part (None: all) that is due up to date, once."""
        from agent.services.part import WHOLE
        from agent.services.sweep import sweep

        self._take_in_changes()
        return sweep(self.programme, part or WHOLE)

    def take_policy(self, passed: Callable[[int, int], None]) -> None:
        """Take in a policy that has changed since the last run; go on with the last one where it is refused."""
        self.programme = self._with_bearable_policy(self.programme, passed)

    def accept_policy(self) -> None:
        """Take in the policy as it is now, whatever it does. Whoever is at work on this store follows."""
        from agent.services.weigh_policy import take_policy

        take_policy(self.programme, self.recall, accept=True)

    def recall(self, policy: str) -> Deployment:
        """Give the deployment as its files are now, but for a policy that was taken in earlier."""
        from agent.settings.document import recall

        return self.read({"policy.yaml": recall("policy.yaml", policy)})

    def read(self, instead: Mapping[str, Document]) -> Deployment:
        """Read the files as they are now, others in the place of some. Raises ``SettingsError``."""
        return load_deployment(self.home, self.clock.now(), instead)

    @contextmanager
    def changed(self, instead: Mapping[str, Document]) -> Iterator[Programme]:
        """Give the programme as it would be with other files, on the same store, for as long as it is looked at."""
        old = self.programme
        new = open_programme(self.read(instead), old.store, self.clock, old.stopping)
        try:
            yield new
        finally:
            close_calendars(new)

    def next_wake(self) -> datetime | None:
        """Give the next instant at which a sweep finds something to decide or to deliver by itself."""
        from agent.services.sweep import next_wake

        return next_wake(self.programme)

    def next_sweep(self) -> datetime | None:
        """Give the next instant at which a sweep finds anything to do, be it to ask a calendar for changes."""
        from agent.services.sweep import next_sweep

        return next_sweep(self.programme)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only process at work on this store, and take over whatever a dead one had begun."""
        from agent.services.take_over import take_over

        with self.programme.store.exclusive():
            take_over(self.programme)
            yield

    def serve(self, stop: Stop) -> None:
        """Sweep and rest until asked to stop; answer whoever watches, where the files say so."""
        from functools import partial

        from agent.daemon.health import serving
        from agent.daemon.loop import run
        from agent.daemon.notify import Notifier
        from agent.daemon.pulse import Pulse
        from agent.settings.load import notify_socket

        deployment, notifier = self.programme.deployment, Notifier(notify_socket())
        sweep = partial((pulse := Pulse(deployment.sweep)).around, partial(self._sweep_what_is_due, stop))
        with serving(deployment.health, pulse, self.programme.store, self.clock):
            run(sweep, self.next_sweep, every=deployment.sweep, clock=self.clock, stop=stop, notifier=notifier)

    def _sweep_what_is_due(self, stop: Stop) -> Swept:
        """Ask the calendars whose time has come; all of them at first, and where a signal asks to look at the world."""
        from agent.services.part import Part

        return self.sweep(Part(ask_all=stop.asked_to_look()))

    def work(self, stop: Stop, *, number: int = 0, keeper: int = 0, pace: Pace | None = None) -> None:
        """Be one of several workers, until asked to stop; the ``number``-th, from 1, of those that a process keeps."""
        from agent.daemon.health import serving
        from agent.daemon.notify import Notifier
        from agent.daemon.pulse import Pulse
        from agent.daemon.shift import Pace, Site
        from agent.daemon.workers import Worker, orphaned
        from agent.services.survey import survey
        from agent.services.sweep import ask_all, sweep
        from agent.services.take_in import take_in
        from agent.services.take_over import give_up
        from agent.settings.load import notify_socket

        deployment, store = self.programme.deployment, self.programme.store
        pulse = Pulse(deployment.sweep)
        site = Site(
            sweep=lambda part: pulse.around(lambda: sweep(self.programme, part)),
            survey=lambda: survey(self.programme),
            give_up=lambda shards: give_up(self.programme, shards),
            take_in=lambda: take_in(self.programme, self.clock.now()),
            ask_all=lambda: ask_all(self.programme),
            changed=lambda: fingerprint(self.home, self.clock.now()) != self._seen or self._accepted_elsewhere(),
            refresh=self._take_in_changes,
        )
        notifier, gone = Notifier(notify_socket()), orphaned(keeper)
        pace = pace or Pace(settle=deployment.sweep.total_seconds())
        worker = Worker(site, store, self.clock, stop, notifier, pulse.beat, gone, pace)
        with serving(deployment.health and deployment.health.next(number), pulse, store, self.clock):
            worker.work()

    def close(self) -> None:
        """Let go of every connection."""
        close_calendars(self.programme)
        self.programme.store.close()

    def _take_in_changes(self) -> None:
        from agent.settings.errors import SettingsError
        from agent.wiring.roster import Interrupted, NotRead

        seen = fingerprint(self.home, self.clock.now())
        if seen == self._seen and not self._accepted_elsewhere():
            return
        try:
            deployment = load_deployment(self.home, self.clock.now(), stopping=self.programme.stopping)
        except Interrupted:
            return
        except (SettingsError, OSError, NotRead) as error:
            self._seen = seen
            log.logger().error("changed files not taken in", why=type(error).__name__, advice="attune check")
            return
        old = self.programme
        new = open_programme(deployment, old.store, self.clock, old.stopping)
        try:
            self.programme = self._with_bearable_policy(new)
        except BaseException:
            close_calendars(new)
            raise
        self._seen = seen
        close_calendars(old)
        log.logger().info("files taken in", relationships=len(deployment.relationships))

    def _with_bearable_policy(
        self, programme: Programme, passed: Callable[[int, int], None] = lambda _done, _all: None
    ) -> Programme:
        """Take in the policy or, where it is refused, everything but that: what people change binds at once."""
        from agent.services.weigh_policy import PolicyRefused, take_policy

        try:
            take_policy(programme, self.recall, passed=passed)
        except PolicyRefused as refused:
            self._refused = programme.deployment.policy
            told = {"without_slots": f"{refused.weighed.share:.0%}", "advice": "attune plan --policy policy.yaml"}
            since = {"since": refused.since.isoformat()} if refused.since else {}
            log.logger().error("changed policy not taken in", **told, **since)
            return replace(programme, deployment=refused.before)
        self._refused = None
        return programme

    def _accepted_elsewhere(self) -> bool:
        """Whether another process was told to accept the policy that this one refused."""
        from agent.services.weigh_policy import taken_in

        return self._refused is not None and taken_in(self.programme.store) == self._refused


@contextmanager
def build(
    home: Path | None,
    clock: Clock | None = None,
    *,
    at: datetime | None = None,
    stopping: Callable[[], bool] = bool,
    passed: Passed = silent,
) -> Iterator[App]:
    """Open a deployment; ``at`` puts its clock at an instant, which the deployment has to allow (``rehearsal``).

    ``passed`` is told how far reading a large people.yaml has come.
    """
    from agent.settings.load import find_home
    from agent.store import made
    from agent.store.engine import open_store

    log.configure_once()
    found = find_home(home)
    now = (clock or choose_clock(at, rehearsal=True)).now()
    seen = fingerprint(found, now)
    deployment = load_deployment(found, now, passed=passed, stopping=stopping)
    clock = clock or choose_clock(at, rehearsal=deployment.rehearsal)
    store = open_store(deployment.store_url)
    try:
        made.ready(store, deployment.store_url, found)
        app = App(found, clock, open_programme(deployment, store, clock, stopping), seen)
    except BaseException:
        store.close()
        raise
    try:
        yield app
    finally:
        app.close()


def choose_clock(at: datetime | None, *, rehearsal: bool) -> Clock:
    """Give the machine's clock, or one put at an instant. Raises ``NotRehearsing`` where that is not allowed."""
    if at is None:
        return SystemClock()
    if not rehearsal:
        raise NotRehearsing("--at needs `rehearsal: true` in attune.yaml; a programme that runs for real has one clock")
    return RehearsalClock(at)


class NotRehearsing(Exception):
    """The clock of a programme that runs for real cannot be set."""


def has_deployment(home: Path | None = None) -> bool:
    """Whether there is a deployment where none was named."""
    from agent.settings.errors import HomeNotFound
    from agent.settings.load import find_home

    try:
        find_home(home)
    except HomeNotFound:
        return False
    return True
