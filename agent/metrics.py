"""Counts what happens, for whoever watches the daemon from outside.

Nothing is counted, and the library is not even loaded, outside ``kept``. A label is one of a few fixed words, or the
name of a class or of a back end: there is no way to hand over a person, a relationship, an address or a host.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from agent.core.intents import IntentKind, MailKind

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.core import GaugeMetricFamily

KINDS = frozenset({*IntentKind, *MailKind})
"""An effect is named by its mail, or else by what it does to a calendar."""

OUTCOMES = frozenset({"done", "withdrawn", "later", "retry", "unknown", "failed", "lost"})
"""``later`` is nobody's fault, ``retry`` an error that time may mend, ``lost`` a claim that somebody else holds now."""

METHODS = frozenset({"token", "read", "find", "create", "update", "remove", "send", "check"})

RESULTS = {
    "RateLimited": "rate-limited",
    "Temporary": "temporary",
    "Rejected": "rejected",
    "Missing": "missing",
    "Conflict": "conflict",
    "Unreadable": "unreadable",
    "OutcomeUnknown": "unknown",
}
"""By the name of the error, since connectors lie above this module; what is none of these is a ``fault``."""

OURS = frozenset({"quota", "circuit", "slow", "mailbox", "burst"})
REASONS = OURS | {"rate-limited", "hours", "forbidden", "restored", "state-unreadable"}
"""Why something waits: our own limits (a quota, a server left alone or slow, a mailbox busy with another call, too many
mails at once), the provider's, somebody's hours, a rule that came between, a row that has to be seen to first.
"""

OTHER = "other"
"""In the place of any word that is not known here."""

CALL_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SWEEP_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0, 900.0)


@dataclass(frozen=True, slots=True)
class Gauge:
    """Something that stands at a value now: one value for each word of a label, or a single one without a label."""

    name: str
    meaning: str
    label: str
    values: Mapping[str, float]

    @classmethod
    def single(cls, name: str, meaning: str, value: float) -> Gauge:
        """Give one without a label."""
        return cls(name, meaning, "", {"": value})


@dataclass(frozen=True, slots=True)
class _Meters:
    registry: CollectorRegistry
    effects: Counter
    calls: Counter
    call_seconds: Histogram
    waits: Counter
    errors: Counter
    sweep_seconds: Histogram
    decisions: Counter
    set_asides: Counter
    boundary_checks: Counter
    deferred: Counter


_meters: _Meters | None = None


@contextmanager
def kept() -> Iterator[None]:
    """Count from zero within it; whatever is called outside it is a no-op."""
    global _meters  # noqa: PLW0603  one daemon a process, as with the log
    _meters = _fresh()
    try:
        yield
    finally:
        _meters = None


def effect(kind: str, outcome: str) -> None:
    """Count what came of one attempt at an effect."""
    if _meters:
        _meters.effects.labels(_word(kind, KINDS), _word(outcome, OUTCOMES)).inc()


@contextmanager
def call(provider: object, method: str) -> Iterator[None]:
    """Count one call of a calendar or mail server: how it went, how long it took, whether to wait. Errors pass."""
    meters = _meters
    if not meters:
        yield
        return
    begun, result = perf_counter(), "ok"
    try:
        yield
    except Exception as raised:
        result = _result(raised)
        error(raised)
        if result in REASONS:
            wait(result)
        raise
    finally:
        labels = (_back_end(provider), _word(method, METHODS))
        meters.calls.labels(*labels, result).inc()
        meters.call_seconds.labels(*labels).observe(perf_counter() - begun)


def wait(reason: str) -> None:
    """Count something put off until a limit allows it."""
    if _meters:
        _meters.waits.labels(_word(reason, REASONS)).inc()


def error(raised: BaseException) -> None:
    """Count an error by its class; its message goes nowhere."""
    if _meters:
        _meters.errors.labels(type(raised).__name__).inc()


def swept(seconds: float, *, decided: int = 0, set_aside: int = 0) -> None:
    """Count one sweep that ended: how long it took, and what it decided and set aside."""
    if _meters:
        _meters.sweep_seconds.observe(seconds)
        _meters.decisions.inc(decided)
        _meters.set_asides.inc(set_aside)


def boundary_check(*, refused: bool) -> None:
    """Count one plan held against the rules before it is recorded or carried out."""
    if _meters:
        _meters.boundary_checks.labels("refused" if refused else "allowed").inc()


def mail_deferred(reason: str) -> None:
    """Count one mail that does not go out yet."""
    if _meters:
        _meters.deferred.labels(_word(reason, REASONS)).inc()


def exposition(gauges: Iterable[Gauge] = ()) -> bytes:
    """Give all that was counted, and how things stand now, in the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - only who watches loads it

    present = CollectorRegistry()
    present.register(_Present(tuple(gauges)))
    return (generate_latest(_meters.registry) if _meters else b"") + generate_latest(present)


@dataclass(eq=False)
class _Present:
    gauges: tuple[Gauge, ...]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give them in the library's own words."""
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        for gauge in self.gauges:
            family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=[gauge.label] if gauge.label else [])
            for word, value in gauge.values.items():
                family.add_metric([word] if gauge.label else [], value)
            yield family


def _word(given: str, known: Collection[str]) -> str:
    return given if given in known else OTHER


def _result(raised: Exception) -> str:
    return next((RESULTS[kind.__name__] for kind in type(raised).__mro__ if kind.__name__ in RESULTS), "fault")


def _back_end(provider: object) -> str:
    """The package of a connector is the kind that people write in their settings."""
    package, _, rest = type(provider).__module__.partition(".")
    return rest.partition(".")[0] if package == "connectors" else OTHER


def _fresh() -> _Meters:
    import prometheus_client as library  # noqa: PLC0415

    library.disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's own omission
    registry = library.CollectorRegistry()
    library.ProcessCollector(registry=registry)

    def counter(name: str, meaning: str, *labels: str) -> Counter:
        return library.Counter(f"attune_{name}", meaning, labels, registry=registry)

    def histogram(name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return library.Histogram(f"attune_{name}", meaning, labels, buckets=buckets, registry=registry)

    parts: dict[str, Any] = {
        "effects": counter("effects", "Attempts at an effect, by what came of them.", "kind", "outcome"),
        "calls": counter("provider_calls", "Calls of calendars and mail servers.", "connector", "method", "result"),
        "call_seconds": histogram("provider_call_seconds", "What they took.", CALL_SECONDS, "connector", "method"),
        "waits": counter("waits", "What was put off until a limit allows it.", "reason"),
        "errors": counter("errors", "Errors by their class.", "error"),
        "sweep_seconds": histogram("sweep_seconds", "How long a sweep took.", SWEEP_SECONDS),
        "decisions": counter("decisions", "Decisions recorded."),
        "set_asides": counter("set_asides", "Decisions that failed; their relationship rests."),
        "boundary_checks": counter("boundary_checks", "Plans held against the rules once more.", "result"),
        "deferred": counter("mails_deferred", "Mails that do not go out yet.", "reason"),
    }
    return _Meters(registry, **parts)
