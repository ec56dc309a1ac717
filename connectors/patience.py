"""How long a connector waits: an exchange has an end, and a read is repeated briefly where that may help."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Thread
from typing import TypeVar

import httpx
import tenacity

from agent.clock import Clock
from connectors.errors import RateLimited, Temporary

WORTH_WAITING = 3.0
"""Seconds that a read waits on the spot where the server asks for it."""

T = TypeVar("T")


class TooLate(TimeoutError):
    """An answer that does not come to its end; a server may send one line every few seconds for ever."""


def within(seconds: float, exchange: Callable[[], T], name: str) -> T:
    """Give what an exchange gives, in a thread of this name. Libraries bound each wait, not their sum.

    Raises ``TooLate`` where it takes longer: whoever waits on it still is left behind.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(exchange())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            outcome.set_exception(error)

    Thread(target=run, daemon=True, name=name).start()
    try:
        return outcome.result(seconds)
    except TimeoutError as error:
        if outcome.done():
            raise
        raise TooLate("the answer comes too slowly") from error


def repeated(clock: Clock, read: Callable[[], T]) -> T:
    """Read up to three times within seconds, one policy a class of error: see ``_passes_soon``."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_passes_soon),
        wait=_how_long,
        stop=tenacity.stop_after_attempt(3),
        sleep=clock.sleep,
        reraise=True,
    )
    return retrying(read)


def wait_asked_for(value: str | None, now: datetime) -> timedelta | None:
    """Read ``Retry-After``: seconds or a date (RFC 9110, section 10.2.3); None where there is none that makes sense."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return timedelta(seconds=min(int(value), 86400))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta()), timedelta(days=1))


def _passes_soon(error: BaseException) -> bool:
    """A busy server is heard, a broken connection tried again, a time-out has waited long enough."""
    if isinstance(error, RateLimited):
        return error.retry_after.total_seconds() <= WORTH_WAITING
    return isinstance(error, Temporary) and not isinstance(error.__cause__, httpx.TimeoutException | TimeoutError)


def _how_long(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after.total_seconds() if isinstance(error, RateLimited) else 0.25 * state.attempt_number
