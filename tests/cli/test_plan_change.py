"""“attune plan --policy” shows what a change would do and changes nothing; “attune run” refuses a hopeless policy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent import wiring
from agent.cli import run
from agent.cli.options import _instant
from agent.services import weigh_policy
from agent.store import schema
from agent.store.engine import open_store
from tests.cli.test_explain import PEOPLE

FIRST, LATER = "2027-03-01T12:00Z", "2027-03-01T13:00Z"
TOGETHER = PEOPLE.replace('from: "17:30", to: "18:30"', 'from: "14:30", to: "18:30"')
QUOTAS = "quotas"
"""How many calls providers still allow: a call that was made is counted, whoever made it."""


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment after its first sweep: a meeting of each of two pairs is booked, and no mail server answers."""
    folder = tmp_path / "home"
    assert run(["init", str(folder)]) == 0
    attune = folder / "attune.yaml"
    text = attune.read_text(encoding="utf-8").replace("rehearsal: false\n", "", 1)
    attune.write_text(text.replace("smtp.example.org", "127.0.0.1") + "\nrehearsal: true\n", encoding="utf-8")
    (folder / "people.yaml").write_text(TOGETHER, encoding="utf-8")
    assert run(["run", "--once", "--home", str(folder), "--at", FIRST]) == 0
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    return folder


def written(home: Path, old: str, new: str, name: str = "new.yaml", file: str = "policy.yaml") -> Path:
    """One of the files with something changed, beside the deployment."""
    text = (home / file).read_text(encoding="utf-8")
    assert old in text
    target = home.parent / name
    target.write_text(text.replace(old, new), encoding="utf-8")
    return target


def hopeless(home: Path) -> Path:
    """Meetings start at midnight by UTC."""
    return written(home, "grid: 15 min", "grid: 1 day")


def plan(home: Path, *arguments: str) -> int:
    return run(["plan", *arguments, "--home", str(home), "--at", LATER])


def rows(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    store = open_store(f"sqlite:///{home / 'attune.db'}")
    try:
        with store.look() as tx:
            tables = [table for table in schema.metadata.sorted_tables if table.name != QUOTAS]
            return {table.name: list(map(tuple, tx.execute(table.select()))) for table in tables}
    finally:
        store.close()


def test_a_hopeless_policy_is_shown_and_nothing_changes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(home)
    assert before["meetings"]
    assert plan(home, "--policy", str(hopeless(home))) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "meetings booked │ 7 │ 0" in said
    assert "Left without a time" in said
    assert "people's own hours" in said
    assert "would refuse this policy: 2 of 2" in said
    assert "Nothing was sent, and nothing has changed." in said
    assert rows(home) == before


def test_a_policy_that_changes_the_length_alone_shows_that(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many meetings and mails as before: without their length nothing would seem to change."""
    longer = written(home, "duration: 45 min", "duration: 30 min")
    assert plan(home, "--policy", str(longer)) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "meetings booked │ 7 │ 7" in said
    assert "minutes of all meetings │ 405 │ 300" in said
    assert "cadence.duration │ 45 min │ 30 min" in said
    assert "`attune run` would accept this policy: 0 of 2 pairs" in said
    assert "(0 %, refuse_above: 20 %). Nothing was sent" in said


def test_a_policy_that_changes_nothing_is_told_from_one_that_does(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(home, "--policy", str(home / "policy.yaml")) == 0
    said = capsys.readouterr().out
    assert "The policy says what the one in force says." in said
    assert "would accept this policy" in said
    assert "The policy changes" not in said


def test_a_policy_that_cannot_be_compared_would_be_accepted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The meetings of the one in force are longer than a stretch of somebody among the new people."""
    shorter = written(home, "duration: 45 min", "duration: 30 min")
    short = TOGETHER.replace('from: "14:30", to: "18:30"', 'from: "14:30", to: "15:00"')
    (home.parent / "people.yaml").write_text(short, encoding="utf-8")
    assert plan(home, "--policy", str(shorter), "--people", "people.yaml", "--weeks", "2") == 0
    assert "would accept this policy: the one in force does not fit these people" in capsys.readouterr().out


def test_with_other_people_too_the_policy_is_weighed_against_the_one_in_force(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A refusal that is to be expected is foretold, whatever else changes."""
    (home.parent / "people.yaml").write_text(TOGETHER.replace("18:30", "18:00"), encoding="utf-8")
    assert plan(home, "--policy", str(hopeless(home)), "--people", "people.yaml", "--weeks", "2") == 0
    assert "would refuse this policy: 2 of 2 pairs" in capsys.readouterr().out


def test_a_policy_is_weighed_against_the_one_in_force_and_not_the_one_that_ships(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under the one in force nobody has a time, so that nobody can lose one."""
    hopeless(home).replace(home / "policy.yaml")
    assert once(home, "--accept-policy") == 0
    assert plan(home, "--policy", str(home / "policy.yaml"), "--weeks", "2") == 0
    assert "would accept this policy: 0 of 0 pairs" in capsys.readouterr().out


def test_the_object(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(home, "--policy", str(hopeless(home)), "--weeks", "4", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["from"], found["until"]) == ("2027-03-01T13:00:00Z", "2027-03-29T13:00:00Z")
    assert found["weighed"] == {"asked": 2, "lost": 2, "share": 1.0, "refuse_above": 0.2, "refused": True}
    assert found["policy"] == [{"key": "grid", "before": "15 min", "after": "1 day"}]
    assert [each["before"]["minutes"] for each in found["relationships"]] == [
        45 * len(each["before"]["meetings"]) for each in found["relationships"]
    ]
    assert found["mails"]["before"]["agenda"] == [0, 4, 0, 4]
    assert sum(found["mails"]["after"]["cannot-find"]) == 4
    first = found["relationships"][0]
    assert (first["id"], first["change"], first["booked"]["number"]) == ("pair-1", None, 1)
    assert first["before"]["booked"]["becomes"] == "stays"
    (vain,) = first["after"]["without"]
    assert (vain["number"], vain["found"]) == (2, False)
    assert vain["reasons"][0]["kind"] == "unavailable"
    assert [person["id"] for person in found["people"]] == ["mentee-1", "mentee-2", "mentor-1"]


def test_a_change_of_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pair that goes, one that comes, and hours that no longer suit: each is told."""
    changed = TOGETHER.replace("- {id: pair-2", "- {id: pair-3").replace(
        'from: "14:30", to: "18:30"', 'from: "20:00", to: "22:00"'
    )
    (home.parent / "people.yaml").write_text(changed, encoding="utf-8")
    assert plan(home, "--people", "people.yaml") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "pair-2 │ ends" in said
    assert "pair-3 │ starts" in said
    assert "moved to" in said
    assert "would refuse" not in said


def test_the_burden_of_each_person(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = TOGETHER.replace('from: "09:00", to: "17:00"', 'from: "19:00", to: "22:00"', 1).replace(
        'from: "14:30", to: "18:30"', 'from: "00:00", to: "24:00"'
    )
    (home.parent / "people.yaml").write_text(changed, encoding="utf-8")
    assert plan(home, "--people", "people.yaml", "--policy", str(home / "policy.yaml")) == 0
    assert "Whose burden changes" in capsys.readouterr().out


def test_mistakes_in_a_new_file_are_named_where_they_stand(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(home, "notice: 24 h", "notice: 24", "policy-2.yaml")
    assert plan(home, "--policy", "policy-2.yaml") == 2
    assert "policy-2.yaml:10:9 notice: “24” has no unit" in capsys.readouterr().err
    assert plan(home, "--policy", "not-there.yaml") == 2
    assert "not-there.yaml:1:1: the file is missing" in capsys.readouterr().err


def test_a_cohort_goes_with_no_change(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(home, "--policy", "new.yaml", "--cohort") == 2
    assert "--cohort shows the programme as it is" in capsys.readouterr().err


def once(home: Path, *arguments: str) -> int:
    return run(["run", "--once", *arguments, "--home", str(home), "--at", LATER])


def complaints(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """How many would be without a slot, of each line of the log that says so."""
    lines = [line for line in capsys.readouterr().err.splitlines() if "changed policy not taken in" in line]
    assert all("level='error'" in line for line in lines)
    return [str(re.findall("without_slots='(.*?)'", line)[0]) for line in lines]


def refused(home: Path) -> bool:
    """Whether the store says that the policy of the file is not the one in force."""
    return any(name == "policy-refused" for name, _ in rows(home)["marks"])


def test_a_run_goes_on_with_the_last_until_it_is_told_to_accept(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service manager would start it again and again, and nobody's meetings would be looked after."""
    before = rows(home)
    hopeless(home).replace(home / "policy.yaml")
    assert once(home) == 0
    assert complaints(capsys) == ["100%"]
    assert rows(home)["meetings"] == before["meetings"]
    assert plan(home, "--policy", str(home / "policy.yaml")) == 0
    assert "as it is" in capsys.readouterr().out, "what was taken in last, not what the file says"

    with monkeypatch.context() as unasked:
        unasked.delattr(weigh_policy, "weigh")
        assert once(home) == 0, "it is not weighed a second time"
    assert complaints(capsys) == ["100%"]
    assert refused(home)

    assert once(home, "--accept-policy") == 0
    assert not refused(home)
    assert once(home) == 0
    assert complaints(capsys) == []


def test_a_refused_policy_is_shown_wherever_somebody_looks(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hopeless(home).replace(home / "policy.yaml")
    assert once(home) == 0
    capsys.readouterr()
    assert run(["status", "--home", str(home), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["policy_refused"]
    assert (told["asked"], told["lost"], told["refuse_above"]) == (2, 2, 0.2)
    assert run(["status", "--home", str(home)]) == 0
    assert "the changed policy is refused" in capsys.readouterr().out
    assert run(["doctor", "--offline", "--home", str(home)]) == 1
    assert "“attune policy accept”" in capsys.readouterr().out


def test_it_can_be_accepted_while_attune_is_at_work(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hopeless(home).replace(home / "policy.yaml")
    with capture_logs(), wiring.build(home, at=_instant(LATER)) as app, app.exclusive():
        app.take_policy(lambda _done, _all: None)
        grid = app.programme.relationships["pair-1"].policy.grid
        assert run(["policy", "accept", "--home", str(home)]) == 0
        app.sweep()
        assert app.programme.relationships["pair-1"].policy.grid != grid
        assert not refused(home)
        assert run(["run", "--accept-policy", "--home", str(home)]) == 1, "the other one is at work"
    assert "policy.yaml is accepted" in capsys.readouterr().err


def test_taking_the_change_back_ends_the_refusal(home: Path) -> None:
    good = (home / "policy.yaml").read_text(encoding="utf-8")
    hopeless(home).replace(home / "policy.yaml")
    assert once(home) == 0
    assert refused(home)
    (home / "policy.yaml").write_text(good, encoding="utf-8")
    assert once(home) == 0
    assert not refused(home)


def test_with_other_people_it_is_weighed_again(home: Path) -> None:
    hopeless(home).replace(home / "policy.yaml")
    assert once(home) == 0
    always = TOGETHER.replace('from: "09:00", to: "17:00"', 'from: "00:00", to: "24:00"').replace(
        'from: "14:30", to: "18:30"', 'from: "00:00", to: "24:00"'
    )
    (home / "people.yaml").write_text(re.sub(r"    boundaries:\n(?:      - .*\n)+", "", always), encoding="utf-8")
    assert once(home) == 0
    assert not refused(home)


def test_a_policy_that_changes_at_work_is_refused_and_people_are_taken_in(home: Path) -> None:
    """What people change of their own binds at once, whatever becomes of the policy beside it."""
    good = (home / "policy.yaml").read_text(encoding="utf-8")
    with capture_logs() as lines, wiring.build(home, at=_instant(LATER)) as app:
        grid = app.programme.relationships["pair-1"].policy.grid
        hopeless(home).replace(home / "policy.yaml")
        (home / "people.yaml").write_text(TOGETHER.replace("18:30", "18:00"), encoding="utf-8")
        app.sweep()
        app.sweep()
        (told,) = (line for line in lines if line["event"] == "changed policy not taken in")
        assert (told["without_slots"], told["advice"]) == ("100%", "attune plan --policy policy.yaml")
        assert app.programme.relationships["pair-1"].policy.grid == grid
        assert app.programme.people["mentee-1"].availability[0].end == 18 * 60

        with wiring.build(home, at=_instant(LATER)) as other:
            other.accept_policy()
        app.sweep()
        assert app.programme.relationships["pair-1"].policy.grid != grid, "somebody was told to accept it"

        (home / "policy.yaml").write_text(good, encoding="utf-8")
        app.sweep()
        assert app.programme.relationships["pair-1"].policy.grid == grid
