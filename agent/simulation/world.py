"""A deployment of its own with people, calendars, servers and a clock: everything that a programme touches.

with World.create(folder, start).running() as world:
    world.step(instant)          # the clock stands there, and people have done what the script says
    … one sweep at that instant, in this process or another …
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar

from agent.clock import RehearsalClock
from agent.resources import data_dir
from agent.simulation.hands import Hands
from agent.simulation.outside.dav import Collection
from agent.simulation.outside.people import Roll, read_roll
from agent.simulation.script import Act, read_script
from agent.simulation.servers import LOOPBACK, calendar_server, free_port, mail_server

SHIPPED_CALENDARS, SHIPPED_MAIL = f"http://{LOOPBACK}:5232/", "port: 1025"


@dataclass
class World:
    """A world in a folder. ``home`` is its deployment; ``acts`` are the records of what people have done so far."""

    folder: Path
    clock: RehearsalClock
    calendar_port: int
    mail_port: int
    logins: Mapping[str, str]
    roll: Roll
    acts: list[dict[str, Any]] = field(default_factory=list)
    _script: list[Act] = field(default_factory=list)
    _to_mend: list[Act] = field(default_factory=list)
    _hands: Hands | None = None

    @classmethod
    def create(cls, folder: Path, start: datetime, data: Path | None = None) -> World:
        """Make a new world in a new folder, after the one that ships; its clock stands at ``start`` (aware UTC)."""
        data = data or data_dir("config") / "demo"
        home, calendars, mail = folder / "home", free_port(), free_port()
        shutil.copytree(data, home, ignore=shutil.ignore_patterns("booking", "acts.yaml"))
        _replace(home / "people.yaml", SHIPPED_CALENDARS, f"http://{LOOPBACK}:{calendars}/")
        _replace(home / "attune.yaml", SHIPPED_MAIL, f"port: {mail}")
        roll = read_roll(home, range(start.year - 1, start.year + 3))
        logins = {person: f"key-of-{person}" for person in roll.people}
        (home / "secrets").mkdir(mode=0o700)
        for person, password in logins.items():
            (home / "secrets" / person).write_text(password + "\n", encoding="utf-8")
        shutil.copytree(data / "booking", folder / "booking")
        script = read_script(data / "acts.yaml")
        return cls(folder, RehearsalClock(start), calendars, mail, logins, roll, _script=script)

    @property
    def home(self) -> Path:
        """The deployment's folder, for ``--home``."""
        return self.folder / "home"

    @property
    def mails(self) -> Path:
        """Where mails are kept as they arrived."""
        return self.folder / "mails"

    @contextmanager
    def running(self) -> Iterator[World]:
        """Run both servers, and fill the calendars where they are still empty."""
        fresh = not (self.folder / "calendars").exists()
        with ExitStack() as stack:
            stack.enter_context(calendar_server(self.folder / "calendars", self.calendar_port, self.logins))
            stack.enter_context(mail_server(self.mails, self.mail_port, self.clock.now))
            collections = {person: self._collection(person) for person in self.roll.people}
            for collection in collections.values():
                stack.callback(collection.close)
            self._hands = Hands(self.roll, collections, self.home)
            if fresh:
                self._furnish(collections)
                self._write_acts()
            yield self

    def next_act(self) -> datetime | None:
        """When somebody does something next."""
        moments = [act.at for act in self._script] + [act.until for act in self._to_mend if act.until]
        return min(moments, default=None)

    def step(self, instant: datetime) -> None:
        """Put the clock at an instant, and let people do what they do until then."""
        self.clock.instant = instant
        for act in [act for act in self._to_mend if act.until and act.until <= instant]:
            self._to_mend.remove(act)
            self.hands.mend(act)
        for act in [act for act in self._script if act.at <= instant]:
            self._script.remove(act)
            self._perform(act, instant)

    def manifest(self, until: datetime, search: list[Path]) -> dict[str, Any]:
        """Everything that a judge may know; ``search`` are the files and folders to look for private texts in."""
        kept = [path for path in self.home.iterdir() if path.name not in {"people.yaml", "calendars", "secrets"}]
        return {
            "until": until.isoformat(),
            "home": str(self.home),
            "mails": str(self.mails),
            "acts": str(self.folder / "acts.json"),
            "logins": dict(self.logins),
            "search": [str(path) for path in (*kept, *search)],
        }

    @property
    def hands(self) -> Hands:
        """What people do their calendars with; only while the world is running."""
        if self._hands is None:
            raise RuntimeError("the world is not running")
        return self._hands

    def _perform(self, act: Act, instant: datetime) -> None:
        record = self.hands.perform(act, instant)
        if record is None:
            self._script.append(act.later())
            return
        self.acts.append(record)
        if act.until is not None:
            self._to_mend.append(act)
        self._write_acts()

    def _write_acts(self) -> None:
        (self.folder / "acts.json").write_text(json.dumps(self.acts, indent=2) + "\n", encoding="utf-8")

    def _collection(self, person: str) -> Collection:
        url = next(c["url"] for c in self.roll.people[person].calendars if c.get("book"))
        return Collection(url, person, self.logins[person])

    def _furnish(self, collections: Mapping[str, Collection]) -> None:
        """Put each person's own appointments into their calendar, one resource for each as CalDAV wants it."""
        for person, collection in collections.items():
            collection.make()
            whole = (self.folder / "booking" / f"{person}.ics").read_text(encoding="utf-8")
            for name, text in resources(whole).items():
                collection.put(f"{name}.ics", text)


def resources(whole: str) -> dict[str, str]:
    """Cut a calendar into one for each UID, a series with its exceptions."""
    cut: dict[str, Any] = {}
    source = Calendar.from_ical(whole)
    for event in source.walk("VEVENT"):
        uid = str(event["UID"])
        if uid not in cut:
            cut[uid] = Calendar()
            cut[uid].add("VERSION", "2.0")
            cut[uid].add("PRODID", str(source["PRODID"]))
            for zone in source.walk("VTIMEZONE"):
                cut[uid].add_component(zone)
        cut[uid].add_component(event)
    return {uid.partition("@")[0]: calendar.to_ical().decode() for uid, calendar in cut.items()}


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(old, new), encoding="utf-8")
