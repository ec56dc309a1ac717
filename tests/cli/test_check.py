"""“attune check” says everything at once, in words, in JSON, and by its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.cli import run
from agent.cli.check import summary
from tests.settings import deployment_files


def test_mistakes_are_listed_and_the_exit_code_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deployment_files.write(tmp_path, ("policy.yaml", "15 min", "7 min"), ("people.yaml", "language: pt", "lingua: pt"))
    assert run(["check", "--home", str(tmp_path)]) == 2
    assert capsys.readouterr().out.splitlines() == [
        "policy.yaml:4:7 grid: a day cannot be cut evenly into steps of 7 min; write 5, 10, 15, 20 or 30 min, or 1 h",
        "people.yaml:6:5 people[0].lingua: the key “lingua” is not known; did you mean “language”?",
        "2 mistakes",
    ]


def test_json_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deployment_files.write(tmp_path, ("policy.yaml", "15 min", "7 min"))
    assert run(["check", "--json", "--home", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "problems": [
            {
                "file": "policy.yaml",
                "line": 4,
                "column": 7,
                "path": "grid",
                "problem": "a day cannot be cut evenly into steps of 7 min",
                "advice": "write 5, 10, 15, 20 or 30 min, or 1 h",
            }
        ],
        "warnings": [],
    }


def test_files_that_are_not_there_yet_are_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Secrets are often put in place after the files; that is no reason to fail a review of them."""
    deployment_files.write(tmp_path)
    assert run(["check", "--json", "--home", str(tmp_path)]) == 0
    report = json.loads(capsys.readouterr().out)
    paths = {(warning["line"], warning["path"]) for warning in report["warnings"]}
    assert {(9, "people[0].calendars[0].password_file"), (10, "people[0].calendars[1].path")} <= paths
    assert (report["ok"], report["people"], report["pairs"], report["circles"]) == (True, 4, 1, 1)


def test_warnings_go_beside_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deployment_files.write(tmp_path)
    assert run(["check", "--home", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.out == "4 people, 1 pair, 1 circle: no mistakes, 6 warnings\n"
    assert said.err.count("warning: ") == 6
    assert "warning: people.yaml:9:" in said.err


def test_one_warning_is_one(tmp_path: Path) -> None:
    """“No problems” beside a warning that nobody can ever meet would be taken for all being well."""
    settings = deployment_files.read(tmp_path)
    assert summary(settings, 1).endswith(": no mistakes, 1 warning")
    assert summary(settings, 0).endswith(": no mistakes")


def test_no_deployment_says_how_to_get_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--home", str(tmp_path / "nowhere")]) == 2
    assert "attune init" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["check"], ["check", "--json"], ["--debug", "check"]])
@pytest.mark.parametrize("change", ["days: mon-fri", "days: mon-fry", "dayss: mon-fri"])
def test_labels_and_secrets_are_in_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], change: str
) -> None:
    """Not when all is well, not when the very boundary is wrong, not with a trace."""
    deployment_files.write(
        tmp_path,
        ("people.yaml", "label: school run, days: mon-fri", f"label: fertility clinic, {change}"),
        ("people.yaml", "password_file: secrets/mentor-1", "password: hunter2hunter2"),
    )
    run([*arguments, "--home", str(tmp_path)])
    said = capsys.readouterr()
    for private in ("fertility", "clinic", "early start", "half-term", "hunter2"):
        assert private not in said.out + said.err
