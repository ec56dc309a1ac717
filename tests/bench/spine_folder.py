"""A deployment folder with many pairs in its people.yaml, none of which is due, and a store that has taken them in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from agent.services.take_in import take_in
from agent.store import schema, state_json
from agent.wiring import build
from tests.bench import spine_rows

FAR = datetime(2099, 1, 1, tzinfo=UTC)

ATTUNE = """\
programme: Northwind Mentoring
mail: {{from: "Attune <attune@northwind.example>", smtp: {{host: 127.0.0.1, port: 9, security: none}}}}
health: 127.0.0.1:{port}
"""

PERSON = """\
  - id: {role}-{number}
    name: A {name} {number}
    email: {role}-{number}@northwind.example
    time_zone: {zone}
    language: {language}
    availability:
      - {{days: mon-fri, from: "{start:02}:00", to: "{end}:30"}}
      - {{days: sat, from: "10:00", to: "12:00"}}
    boundaries:
      - {{label: school run, days: mon-fri, from: "14:45", to: "15:45"}}
      - {{days: mon-fri, from: "12:00", to: "13:00", strength: soft, points: {points}}}
"""

PAIR = "  - {{id: pair-{number}, mentor: mentor-{number}, mentee: mentee-{number}, starts: 2099-01-05}}\n"

ZONES = ("Europe/Lisbon", "Asia/Kolkata", "America/Sao_Paulo", "Europe/London", "Africa/Lagos", "Asia/Tokyo")


def write(home: Path, pairs: int, port: int) -> None:
    """Write a folder with so many pairs; nobody has a calendar, which would be asked at the start."""
    home.mkdir()
    (home / "attune.yaml").write_text(ATTUNE.format(port=port), encoding="utf-8")
    (home / "policy.yaml").write_text("", encoding="utf-8")
    with (home / "people.yaml").open("w", encoding="utf-8") as file:
        file.write("people:\n")
        for number in range(pairs):
            file.write(_person("mentor", number, 0) + _person("mentee", number, number // 13))
        file.write("pairs:\n")
        file.writelines(PAIR.format(number=number) for number in range(pairs))


def _person(role: str, number: int, shift: int) -> str:
    return PERSON.format(
        role=role, number=number, name=role.title(), zone=ZONES[(number * 7 + shift) % len(ZONES)],
        language="pt" if number % 5 == 0 else "en", start=7 + number % 4, end=17 + number % 3, points=1 + number % 3,
    )  # fmt: skip


def put_to_sleep(home: Path) -> None:
    """Take everybody in as a sweep would, and give each a meeting to come, long before which nothing is due."""
    with build(home) as app:
        take_in(app.programme, app.clock.now())
        with app.programme.store.begin() as tx:
            asleep = {"wake_at": FAR, "state": state_json.dump(spine_rows.BOOKED), "version": 3}
            tx.execute(schema.relationships.update().values(asleep))
