"""The demo as anybody runs it: every promise kept, the same journal twice, and a page that needs nothing but itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from agent.cli import run
from agent.simulation import exhibit, servers
from agent.simulation.judge import judge

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

ACTS = {"conflict", "decline", "deletion", "move", "spoiled"}


def demo(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command as it is typed."""
    command = [sys.executable, "-m", "agent", "demo", "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What sixteen weeks leave behind."""
    folder: Path = tmp_path_factory.mktemp("demo") / "out"
    done = demo(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_promise_was_kept(out: Path) -> None:
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["as_promised"]
    assert set(report["faults"].values()) == {0}
    assert report["figures"]["meetings held"] >= 30
    assert report["figures"]["times a meeting was moved"] >= 3
    assert report["figures"]["meetings called off"] >= 1
    assert {act["id"] for act in report["acts"]} == ACTS
    held = {meeting["relationship"] for meeting in report["meetings"] if meeting["state"] == "held"}
    assert held == {"pair-1", "pair-2", "pair-3", "first-year"}


def test_the_inconvenient_hour_rotates(out: Path) -> None:
    """Twelve hours apart, a pair meets in the one's evening and in the other's by turns."""
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    hours = [m["when"][0][11:13] for m in report["meetings"] if m["relationship"] == "pair-1" and m["state"] == "held"]
    in_lisbon_by_day = sum(hour < "12" for hour in hours)
    assert 3 <= in_lisbon_by_day <= len(hours) - 3


def test_the_same_world_run_twice_has_the_same_journal(out: Path, tmp_path: Path) -> None:
    assert demo(tmp_path / "again").returncode == 0
    assert (tmp_path / "again" / "journal.json").read_bytes() == (out / "journal.json").read_bytes()


def test_the_journal_it_keeps_is_the_one_the_command_prints(out: Path) -> None:
    command = [sys.executable, "-m", "agent", "journal", "--json", "--home", str(out / "home")]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    assert printed == (out / "journal.json").read_bytes()


def test_no_plan_of_a_whole_programme_was_refused(out: Path) -> None:
    """The check that shares nothing with the search agreed with every booking and every move."""
    events = [entry["event"] for entry in json.loads((out / "journal.json").read_text(encoding="utf-8"))["entries"]]
    assert "booked" in events
    assert "check-failed" not in events


def test_it_keeps_mails_and_events_as_they_are(out: Path) -> None:
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert len(list((out / "mails").glob("*.eml"))) == report["figures"]["mails"]
    held = [m["uid"] for m in report["meetings"] if m["relationship"] == "pair-1" and m["state"] == "held"]
    kept = "".join(path.read_text(encoding="utf-8") for path in (out / "events" / "mentee-1").iterdir())
    assert all(uid in kept for uid in held)


class Addresses(HTMLParser):
    """Collects what a page would fetch or lead to, the pages of the mails inside it included."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.frames: list[dict[str, str | None]] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.scripts += tag == "script"
        self.found += [str(values[name]) for name in ("src", "href", "action", "data") if values.get(name)]
        if tag == "iframe":
            self.frames.append(values)


def test_the_page_needs_nothing_but_itself(out: Path) -> None:
    text = (out / "index.html").read_text(encoding="utf-8")
    page = Addresses()
    page.feed(text)
    outside = [address for address in page.found if re.match(r"(?i)[a-z][a-z0-9+.-]*:|//", address)]
    assert outside == []
    assert page.scripts == 0
    assert not re.search(r"url\(|@import", text.partition("</style>")[0])
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert len(page.frames) == report["figures"]["mails"]
    assert all(frame["sandbox"] == "" and frame["srcdoc"] for frame in page.frames)
    beside = [address for address in page.found if not address.startswith("#")]
    assert all((out / address).exists() for address in beside)


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_fits_its_window(out: Path, width: int) -> None:
    """Only the drawings and tables scroll sideways, each in its own frame."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser)
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.goto((out / "index.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((each, i) => { if (i < 12) each.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        chromium.close()


def test_it_starts_over_where_it_has_been_before_and_nowhere_else(out: Path, tmp_path: Path) -> None:
    """A folder with somebody's work in it is not ours to clear."""
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    refused = demo(tmp_path, "--weeks", "1")
    assert refused.returncode == 2
    assert "no demo has written" in refused.stderr
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("broken", "code"), [(False, 0), (True, 1)])
def test_a_broken_promise_is_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, broken: bool, code: int
) -> None:
    """Whoever runs it in a pipeline looks at nothing else."""

    def verdict(*given: Any) -> dict[str, Any]:
        found = judge(*given)
        if broken:
            found |= {"as_promised": False, "findings": [{"fault": "duplicates", "what": "planted"}]}
        return found

    monkeypatch.setattr(exhibit, "judge", verdict)
    assert run(["demo", "--out", str(tmp_path / "short"), "--weeks", "1"]) == code
    assert ("duplicates: planted" in capsys.readouterr().out) is broken


def test_without_its_servers_it_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(servers, "missing_packages", lambda: ["aiosmtpd", "radicale"])
    assert run(["demo", "--out", str(tmp_path / "x")]) == 1
    assert "pip install 'attune-agent[demo]'" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
