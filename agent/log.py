"""Events for the operator: fixed text plus keys and values, one line per outcome, no private content.

Addresses are masked and anything that looks like a secret is dropped on the way out, so that a careless call cannot
print them.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

_ADDRESS = re.compile(r"[^\s<>@:\"']+@[^\s<>@:\"']+\.[A-Za-z]{2,}")
_SECRET_KEYS = frozenset({"password", "token", "secret", "authorization", "body", "title", "label", "summary"})


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Mask addresses in every value and drop keys that name something private."""
    return {key: _masked(value) for key, value in event.items() if key.lower() not in _SECRET_KEYS}


def _masked(value: Any) -> Any:
    return _ADDRESS.sub("…@…", value) if isinstance(value, str) else value


_debug = False


def reason(error: BaseException) -> str:
    """Name an error by its class and, where it is Attune's own, by what it says: another's may repeat anything."""
    name, said = type(error).__name__, str(error)
    return f"{name}: {said}" if said and type(error).__module__.startswith("agent.") else name


def traceback_wanted() -> bool:
    """Whether an unexpected error should be logged with its traceback: only when debugging."""
    return _debug


def configure(*, debug: bool = False, stream: TextIO | None = None) -> None:
    """Send events to a stream (standard error by default) as ``time level event key=value``."""
    global _debug  # noqa: PLW0603  set once, by the entry point
    _debug = debug
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


@contextmanager
def silenced() -> Iterator[None]:
    """Say nothing meanwhile but what is fatal: for made-up programmes, whose events would drown everything else."""
    known = structlog.get_config() if structlog.is_configured() else None
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.reset_defaults()
        if known is not None:
            structlog.configure(**known)


def configure_once() -> None:
    """Send events to standard error, unless whoever started the process has chosen already."""
    if not structlog.is_configured():
        configure()


def logger() -> structlog.typing.FilteringBoundLogger:
    """The logger of the calling module's events."""
    found: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return found
