"""What holds for every test: no skip goes unseen in CI, and hypothesis is repeatable there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

for name in ("ATTUNE_HOME", "NOTIFY_SOCKET"):
    os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def _quiet_after_a_command() -> Iterator[None]:
    """Forget the stream that a command logged to: it is closed once its test is over."""
    yield
    structlog.reset_defaults()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Count a skipped test as a failed run where ``ATTUNE_TEST_SKIPS=fail`` says so."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("ATTUNE_TEST_SKIPS") != "fail":
        return
    if skipped := reporter.stats.get("skipped"):
        reporter.write_line(f"{len(skipped)} skipped, and ATTUNE_TEST_SKIPS=fail: see the reasons below", red=True)
        if exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
