"""A deployment of two people on a real calendar server and a real mail server, and ``attune`` as its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx

from agent.simulation.servers import free_port, mail_server
from tests.servers.caldav import PASSWORD, USER, CalDavServer, radicale

ATTUNE = Path(sys.executable).parent / "attune"

ATTUNE_YAML = """\
programme: Northwind Mentoring
store: {store}
mail: {{from: "Attune <attune@northwind.example>", smtp: {{host: 127.0.0.1, port: {port}, security: none}}}}
rehearsal: {rehearsal}
"""

POLICY_YAML = """\
messages: {hours: "00:00-24:00", days: daily}
"""

PERSON_YAML = """\
  - id: {name}
    name: Example {name}
    email: {name}@northwind.example
    time_zone: {zone}
    calendars: [{{kind: caldav, url: "{url}", username: {user}, password_file: secret, book: true}}]
    availability: [{{days: daily, from: "00:00", to: "24:00"}}]
    boundaries: [{{label: CANARY-{name}, days: daily, from: "03:00", to: "04:00", strength: hard}}]
"""


@dataclass(frozen=True)
class Deployment:
    """A folder with a running calendar server and mail server."""

    home: Path
    server: CalDavServer
    mails: Path
    calendars: dict[str, str]

    def attune(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, and see that it ends with this exit code and no trace."""
        done = subprocess.run(
            [str(ATTUNE), *arguments, "--home", str(self.home)],
            capture_output=True, text=True, check=False, timeout=60, env=environment(),
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        command = [str(ATTUNE), *arguments, "--home", str(self.home)]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment() | environ)

    def events(self, person: str) -> list[str]:
        """Every resource of a person's calendar, as text."""
        query = (
            '<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><c:calendar-data/>'
            '</d:prop><c:filter><c:comp-filter name="VCALENDAR"/></c:filter></c:calendar-query>'
        )
        answer = httpx.request(
            "REPORT", self.server.url(self.calendars[person]), content=query, auth=self.server.login,
            headers={"Depth": "1", "Content-Type": "application/xml"},
        )  # fmt: skip
        answer.raise_for_status()
        return ["BEGIN:VCALENDAR" + part for part in answer.text.split("BEGIN:VCALENDAR")[1:]]

    def sent(self) -> list[EmailMessage]:
        """Every mail as it arrived."""
        found = (path.read_bytes() for path in sorted(self.mails.glob("*.eml")))
        return [message_from_bytes(data, EmailMessage, policy=policy.default) for data in found]


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("ATTUNE", "NOTIFY"))}


@contextmanager
def running(folder: Path, *, store: str = "sqlite:///attune.db", rehearsal: bool = False) -> Iterator[Deployment]:
    """Write the deployment and run its two servers."""
    home, calendars, mails = folder / "home", folder / "radicale", folder / "mails"
    for each in (home, calendars, mails):
        each.mkdir()
    port = free_port()
    with radicale(calendars) as server, mail_server(mails, port, lambda: datetime.now(UTC)):
        paths = {name: server.make_calendar(name) for name in ("mentor-1", "mentee-1")}
        zones = {"mentor-1": "Europe/Lisbon", "mentee-1": "Pacific/Auckland"}
        people = "".join(
            PERSON_YAML.format(name=name, zone=zones[name], url=server.url(path), user=USER)
            for name, path in paths.items()
        )
        (home / "attune.yaml").write_text(
            ATTUNE_YAML.format(store=store, port=port, rehearsal=str(rehearsal).lower()), encoding="utf-8"
        )
        (home / "policy.yaml").write_text(POLICY_YAML, encoding="utf-8")
        (home / "people.yaml").write_text(
            f"people:\n{people}pairs: [{{id: pair-1, mentor: mentor-1, mentee: mentee-1}}]\n", encoding="utf-8"
        )
        (home / "secret").write_text(PASSWORD + "\n", encoding="utf-8")
        yield Deployment(home, server, mails, paths)
