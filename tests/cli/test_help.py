"""Help is instant, complete, and every failure ends as a sentence with its own exit code."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from agent.cli import app, failures, run
from connectors.errors import ConsentRevoked, RateLimited, Temporary

HEAVY = {
    "aiosmtpd", "alembic", "babel", "caldav", "css_inline", "holidays", "httpx", "icalendar", "jinja2", "pydantic",
    "radicale", "recurring_ical_events", "ruamel", "sqlalchemy", "structlog", "tenacity",
}  # fmt: skip

PROBE = """
import json, sys
from agent.cli import run
code = run(sys.argv[1:])
print("MODULES", json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
sys.exit(code)
"""


# Typer itself reads the parameters of a single command with pydantic.
@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], HEAVY), (["--version"], HEAVY), ([], HEAVY),
        *(([entry.name, "--help"], HEAVY - {"pydantic"}) for entry in app.COMMANDS),
    ],
)  # fmt: skip
def test_help_imports_no_provider_library(arguments: list[str], heavy: set[str]) -> None:
    """Typing “attune --help” on a small machine must not take a second."""
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=False)
    modules = set(json.loads(done.stdout.partition("MODULES ")[2]))
    assert "typer" in modules
    assert not modules & heavy


def test_help_lists_every_command_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for entry in app.COMMANDS:
        assert (f"{entry.name} {entry.line}" in said) is not entry.hidden
    for code in ("0 done", "1 something outside", "2 the command line", "70 unexpected", "130 interrupted"):
        assert code in said


@pytest.mark.parametrize("name", [entry.name for entry in app.COMMANDS])
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Usage: attune {name}" in said
    assert f"attune {name}" in said.partition("Example")[2]


def test_the_module_is_the_command() -> None:
    """“python -m agent” is how a service without the script on its path runs it."""
    done = subprocess.run([sys.executable, "-m", "agent", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("attune ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stattus"], "Did you mean 'status'"),
        (["check", "--hoem", "x"], "--hoem"),
        (["init"], "DIR"),
        (["slots", "pair-1", "--weeks", "0"], "attune: --weeks 0: this is too small; write 1 or more"),
        (["plan", "--weeks", "105"], "attune: --weeks 105: this is too large; write 104 or less"),
        (["plan", "--seed", "one"], "attune: --seed one: this is not a whole number; write digits, such as 2"),
        (["explain", "pair-1", "--weeks", "9" * 5000], "this is too large a number"),
    ],
)
def test_a_wrong_command_line_is_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert said in capsys.readouterr().err


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Put a command in place that ends in an exception."""

    def command() -> None:
        """Fail."""
        raise error

    monkeypatch.setattr(app, "import_module", lambda _name: SimpleNamespace(command=command))


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Temporary("the calendar server at cal.example answered 503"), 1, "answered 503; “attune doctor”"),
        (RateLimited("asked to wait", retry_after=None), 1, "asked to wait"),  # type: ignore[arg-type]
        (ConsentRevoked("the login was refused"), 1, "the login was refused"),
        (PermissionError(13, "Permission denied", "attune.db"), 1, "attune.db: Permission denied"),
        (
            ZeroDivisionError("a private value"),
            70,
            "unexpected ZeroDivisionError; run the same again with “attune --debug",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_a_failure_is_a_sentence_with_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    failing(monkeypatch, error)
    assert run(["check"]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert "private value" not in err


def test_debug_shows_the_trace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    failing(monkeypatch, ZeroDivisionError("here"))
    assert run(["--debug", "check"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_every_error_with_a_sentence_exists() -> None:
    """A class that was renamed would silently become “unexpected”."""
    for dotted in failures.KNOWN:
        module, _, name = dotted.rpartition(".")
        assert isinstance(getattr(importlib.import_module(module), name), type)
