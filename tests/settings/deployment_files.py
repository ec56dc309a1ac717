"""The example deployment of the documentation, and a way to change a word of it."""

from __future__ import annotations

from pathlib import Path

from agent.settings.load import Settings, load
from agent.wiring import connector_models

ATTUNE = """\
programme: Northwind Mentoring
store: sqlite:///attune.db            # or postgresql+psycopg://…
mail: {from: "Attune <attune@northwind.example>", smtp: {host: 127.0.0.1, port: 1025, security: none}}
rehearsal: false                      # true allows --at, for demos and dry runs
"""

POLICY = """\
cadence: {every: 2 weeks, window: 4 days, duration: 45 min}
notice: 24 h                          # nothing is booked or moved later than this
horizon: 6 weeks
grid: 15 min
buffers: {before: 5 min, after: 10 min}
limits: {per_day: 2, per_week: 5}     # Attune's meetings per person, local days and weeks
messages: {hours: "08:00-18:30", days: mon-fri}     # default; each person may set their own
agenda: {send: 48 h before}
follow_up: {send: 2 h after}
holidays: respect                     # or ignore
"""

# Its longest line is the documentation's own.
PEOPLE = """\
people:
  - id: mentor-1
    name: Example Mentor
    email: mentor-1@northwind.example
    time_zone: Europe/Lisbon
    language: pt
    region: PT                        # for holidays
    calendars:
      - {kind: caldav, url: "http://127.0.0.1:5232/mentor-1/work/", username: mentor-1, password_file: secrets/mentor-1, book: true}
      - {kind: ics, path: calendars/mentor-1-team.ics}
    availability:
      - {days: mon-fri, from: "09:00", to: "18:00"}
    boundaries:
      - {label: school run, days: mon-fri, from: "14:45", to: "15:45", strength: hard}
      - {label: early start, days: mon-fri, from: "09:00", to: "10:00", strength: soft, points: 2}
      - {label: half-term, dates: 2027-02-15..2027-02-19, strength: hard}
    messages: {hours: "09:30-17:00"}
    media: [video, phone]
  - id: mentee-1
    name: First Mentee
    email: mentee-1@northwind.example
    time_zone: Asia/Kolkata
    availability: [{days: [mon, wed, fri], from: 10:00, to: 20:00}]
  - id: mentee-2
    name: Second Mentee
    email: mentee-2@northwind.example
    time_zone: America/Sao_Paulo
    language: pt
    availability: [{days: daily, from: "22:00", to: "02:00"}]
  - id: mentee-3
    name: Third Mentee
    email: mentee-3@northwind.example
    time_zone: Europe/London
    region: GB-SCT
    availability: [{from: "12:00", to: "24:00"}]
    media: [phone, video]
    week_starts: sun
pairs:
  - {id: pair-1, mentor: mentor-1, mentee: mentee-1, cadence: {every: 3 weeks}}
circles:
  - {id: first-year, mentor: mentor-1, mentees: [mentee-1, mentee-2, mentee-3]}
"""  # noqa: E501

TEXTS = {"attune.yaml": ATTUNE, "policy.yaml": POLICY, "people.yaml": PEOPLE}


def write(home: Path, *changes: tuple[str, str, str]) -> Path:
    """Write the example with each change made once: a file, what stands there, what to put in its place."""
    texts = dict(TEXTS)
    for file, old, new in changes:
        assert old in texts[file], f"{old!r} is not in {file}"
        texts[file] = texts[file].replace(old, new, 1)
    for file, text in texts.items():
        (home / file).write_text(text, encoding="utf-8")
    return home


def load_from(home: Path) -> Settings:
    """Load whatever stands in a folder."""
    return load(home, connector_models())


def read(home: Path, *changes: tuple[str, str, str]) -> Settings:
    """Write the example with changes, and load it."""
    return load_from(write(home, *changes))
