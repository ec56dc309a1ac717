"""What is counted comes out as Prometheus reads it, costs nothing when nobody watches, and names nobody."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent import metrics
from agent.core.intents import IntentKind, MailKind
from agent.metrics import Gauge
from agent.store import gauges
from connectors import errors
from connectors.memory import MemoryCalendar

CANARY = "mentor-1@northwind.example"


@pytest.fixture
def kept() -> Iterator[None]:
    with metrics.kept():
        yield


def samples() -> dict[tuple[str, ...], float]:
    """Every sample as its name and the values of its labels."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def raising(error: Exception, provider: object = None, method: str = "create") -> None:
    with pytest.raises(type(error)), metrics.call(provider, method):
        raise error


@pytest.mark.usefixtures("kept")
def test_effects_are_counted_by_what_they_are_and_what_came_of_them() -> None:
    for kind in (MailKind.AGENDA, MailKind.AGENDA, IntentKind.WRITE_EVENT):
        metrics.effect(kind, "done")
    metrics.effect("agenda", "unknown")
    found = samples()
    assert found["attune_effects_total", "agenda", "done"] == 2
    assert found["attune_effects_total", "agenda", "unknown"] == 1
    assert found["attune_effects_total", "write-event", "done"] == 1


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("error", "result"),
    [
        (errors.Temporary("502"), "temporary"),
        (errors.RateLimited("429", timedelta(minutes=1)), "rate-limited"),
        (errors.Rejected("400"), "rejected"),
        (errors.ConsentRevoked("401"), "rejected"),
        (errors.Missing("404"), "missing"),
        (errors.Conflict("412"), "conflict"),
        (errors.Unreadable("nonsense"), "unreadable"),
        (errors.OutcomeUnknown("cut"), "unknown"),
        (ValueError(CANARY), "fault"),
    ],
)
def test_a_call_is_counted_by_what_the_error_tree_says_of_it(error: Exception, result: str) -> None:
    calendar = MemoryCalendar(CANARY)
    with metrics.call(calendar, "create"):
        pass
    raising(error, calendar)
    found = samples()
    assert found["attune_provider_calls_total", "memory", "create", "ok"] == 1
    assert found["attune_provider_calls_total", "memory", "create", result] == 1
    assert found["attune_provider_call_seconds_count", "memory", "create"] == 2
    assert found["attune_errors_total", type(error).__name__] == 1
    assert found.get(("attune_waits_total", "rate-limited")) == (1 if result == "rate-limited" else None)


@pytest.mark.usefixtures("kept")
def test_sweeps_waits_checks_and_deferred_mails_are_counted() -> None:
    metrics.swept(0.25, decided=3, set_aside=1)
    metrics.wait("quota")
    metrics.mail_deferred("hours")
    for refused in (False, False, True):
        metrics.boundary_check(refused=refused)
    found = samples()
    assert found["attune_sweep_seconds_sum",] == 0.25
    assert found["attune_decisions_total",] == 3
    assert found["attune_set_asides_total",] == 1
    assert found["attune_waits_total", "quota"] == 1
    assert found["attune_mails_deferred_total", "hours"] == 1
    assert found["attune_boundary_checks_total", "allowed"] == 2
    assert found["attune_boundary_checks_total", "refused"] == 1
    assert found["process_resident_memory_bytes",] > 0


@pytest.mark.usefixtures("kept")
def test_no_label_can_hold_a_person_a_relationship_an_address_or_a_host() -> None:
    """Figures are kept for years by other programs, and shown on screens."""
    careless: list[Callable[[], None]] = [
        lambda: metrics.effect(CANARY, CANARY),
        lambda: metrics.wait(CANARY),
        lambda: metrics.mail_deferred(CANARY),
        lambda: metrics.error(errors.Rejected(CANARY)),
        lambda: raising(errors.Temporary(CANARY), MemoryCalendar(CANARY), CANARY),
        lambda: raising(errors.Temporary(CANARY), CANARY, CANARY),
    ]
    for call in careless:
        call()
    text = metrics.exposition().decode()
    assert "northwind" not in text
    assert 'attune_effects_total{kind="other",outcome="other"} 1.0' in text
    words = {value for name, *labels in samples() if name.startswith("attune_") for value in labels}
    assert {"other", "memory", "Rejected"} <= words


@pytest.mark.usefixtures("kept")
def test_how_things_stand_now_is_told_beside_what_was_counted() -> None:
    standing = Gauge("attune_relationships", "By state.", "state", {"due": 2, "asleep": 7})
    text = metrics.exposition([standing, Gauge.single("attune_store_answers", "Whether.", 1)]).decode()
    assert 'attune_relationships{state="due"} 2.0' in text
    assert "attune_store_answers 1.0" in text


@pytest.mark.usefixtures("kept")
def test_every_figure_is_documented() -> None:
    page = (Path(__file__).parents[1] / "docs" / "operating.md").read_text(encoding="utf-8")
    names = re.findall(r"^# TYPE (attune_\S+)", metrics.exposition().decode(), re.MULTILINE)
    names += re.findall(r'"(attune_\w+)"', Path(gauges.__file__).read_text(encoding="utf-8"))
    assert len(names) > 15
    assert [name for name in names if f"`{name}" not in page] == []


def test_every_daemon_counts_from_zero() -> None:
    for _ in range(2):
        with metrics.kept():
            metrics.effect("agenda", "done")
            assert samples()["attune_effects_total", "agenda", "done"] == 1


def test_nothing_is_counted_or_loaded_where_nobody_watches() -> None:
    """Every command would otherwise start a tenth of a second later."""
    program = """
import sys
from agent import metrics
metrics.effect("agenda", "done"); metrics.wait("quota"); metrics.swept(1.0, decided=1); metrics.error(ValueError())
metrics.mail_deferred("hours"); metrics.boundary_check(refused=True)
with metrics.call(None, "read"):
    pass
assert "prometheus_client" not in sys.modules
print(metrics.exposition())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "b''\n"
