"""What holds for every test: no skip goes unseen in CI, and hypothesis is repeatable there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import Phase, settings

from agent.services import prove
from tests import checks

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile(
    "hasty", deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

for name in ("ATTUNE_HOME", "NOTIFY_SOCKET"):
    os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def _quiet_after_a_command() -> Iterator[None]:
    """Forget the stream that a command logged to: it is closed once its test is over."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _no_plan_is_refused(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Count every plan that is checked, and fail a test in which one was refused."""
    monkeypatch.setattr(prove, "check", checks.checked)
    yield
    refused = checks.refusals()
    assert not refused or request.node.get_closest_marker(checks.REFUSED_ON_PURPOSE), refused


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write down how many plans were checked; count a skipped test as a failed run where the environment says so."""
    if path := os.environ.get("ATTUNE_TEST_CHECKS"):
        checks.append(path)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("ATTUNE_TEST_SKIPS") != "fail":
        return
    if skipped := reporter.stats.get("skipped"):
        reporter.write_line(f"{len(skipped)} skipped, and ATTUNE_TEST_SKIPS=fail: see the reasons below", red=True)
        if exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
