"""A deployment in which a lot happens: pairs that meet every four hours, and people who change their minds."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar, vDatetime

from agent.simulation.outside.appointments import address, components, stretch_of
from agent.simulation.outside.dav import Collection, Item
from agent.simulation.servers import calendar_server, free_port
from tests.kill.recorder import Call, Recorder
from tests.kill.servers import LOOPBACK, mail_server, proxy

PAIRS = 4
LOGIN, PASSWORD = "programme", "secret"

ATTUNE_YAML = """\
programme: Northwind Mentoring
store: "{store}"
mail: {{from: "Attune <attune@northwind.example>", smtp: {{host: 127.0.0.1, port: {port}, security: none}}}}
sweep: 1 min
limits: {{server: 1000000, mailbox: 1000000, mails: 1000000}}
"""
"""Limits that hundreds of lives cannot use up: each fetches twenty calls of a kind, which a kill loses."""

POLICY_YAML = """\
cadence: {every: 4 h, window: 110 min, duration: 5 min}
notice: 2 min
horizon: 14 days
grid: 5 min
buffers: {before: 0 min, after: 0 min}
limits: {per_day: 24, per_week: 100}
messages: {hours: "00:00-24:00", days: daily}
agenda: {send: 10 min before}
follow_up: {send: 1 min after}
"""
"""A window of more starts than people decline of it, and a horizon beyond all that they put off by deleting."""

PERSON_YAML = """\
  - id: {name}
    name: Example {name}
    email: {name}@northwind.example
    time_zone: UTC
    calendars: [{{kind: caldav, url: "{url}", username: programme, password_file: password, book: true}}]
    availability: [{{days: daily, from: "00:00", to: "24:00"}}]
"""

MINE = ("decline", "move", "delete", "answer")
QUIET = frozenset({"answer"})
"""Acts that nothing follows from."""
SOON = 24
"""Steps of five minutes within which people move a meeting: near, so that some are held, and none drifts away."""


@dataclass
class Place:
    """A folder with a deployment, its servers at work, and the people's own access to their calendars."""

    home: Path
    recorder: Recorder
    calendars: dict[str, Collection]
    store: str
    chance: random.Random
    acts: list[Call] = field(default_factory=list)
    """What people did by hand, to which path."""

    @property
    def people(self) -> list[str]:
        return list(self.calendars)

    def act(self) -> str | None:
        """Let somebody do something to one of Attune's meetings that is still to come; what it was."""
        person = self.chance.choice(self.people)
        now = datetime.now(UTC)
        ahead = [item for item in self.calendars[person].items() if _starts(item.text) > now + timedelta(minutes=1)]
        if not ahead:
            return None
        what = self.chance.choice(MINE)
        self._do(what, person, self.chance.choice(ahead), now)
        return what

    def _do(self, what: str, person: str, item: Item, now: datetime) -> None:
        own = self.calendars[person]
        self.acts.append(Call(what, unquote(item.href), time.monotonic()))
        if what == "delete":
            own.delete(item.href)
            return
        calendar = Calendar.from_ical(item.text)
        event: Any = calendar.walk("VEVENT")[0]
        if what == "move":
            start = now.replace(second=0, microsecond=0) + timedelta(minutes=5 * self.chance.randint(1, SOON))
            event["DTSTART"], event["DTEND"] = vDatetime(start), vDatetime(start + timedelta(minutes=5))
        else:
            answer = "DECLINED" if what == "decline" else "ACCEPTED"
            for each in event["ATTENDEE"]:
                if address(each) == f"{person}@northwind.example":
                    each.params["PARTSTAT"] = answer
        own.put(item.href, calendar.to_ical().decode())


def path(person: str, uid: str = "") -> str:
    """Where a person's calendar is on its server, or an event in it."""
    return f"/{LOGIN}/{person}/{uid and f'{uid}.ics'}"


def _starts(text: str) -> datetime:
    return stretch_of(components(text)[0], "UTC").start


@contextmanager
def place(store: str, seed: int, count: int = PAIRS) -> Iterator[Place]:
    """Write the deployment in a folder of its own and run its servers; ``store`` is the database's address."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attune-kill-")))
        (home := folder / "home").mkdir()
        recorder, port, mail = Recorder(), free_port(), free_port()
        stack.enter_context(calendar_server(folder / "calendars", port, {LOGIN: PASSWORD}))
        before = stack.enter_context(proxy(port, recorder, seed))
        stack.enter_context(mail_server(mail, recorder, seed))
        names = [f"{role}-{number}" for number in range(1, count + 1) for role in ("mentor", "mentee")]
        calendars = {name: Collection(f"http://{LOOPBACK}:{port}{path(name)}", LOGIN, PASSWORD) for name in names}
        for collection in calendars.values():
            collection.make()
            stack.callback(collection.close)
        people = (PERSON_YAML.format(name=name, url=f"http://{LOOPBACK}:{before}{path(name)}") for name in names)
        pairs = (f"  - {{id: pair-{n}, mentor: mentor-{n}, mentee: mentee-{n}}}\n" for n in range(1, count + 1))
        files = {
            "attune.yaml": ATTUNE_YAML.format(store=store, port=mail),
            "policy.yaml": POLICY_YAML,
            "people.yaml": f"people:\n{''.join(people)}pairs:\n{''.join(pairs)}",
            "password": PASSWORD + "\n",
        }
        for name, text in files.items():
            (home / name).write_text(text, encoding="utf-8")
        address = store if "postgresql" in store else f"sqlite:///{home / 'attune.db'}"
        yield Place(home, recorder, calendars, address, random.Random(seed))
