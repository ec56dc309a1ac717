"""What holds of every exchange by httpx: how much of an answer is taken, and what a broken one means for the caller."""

from __future__ import annotations

import httpx

from connectors.errors import ConnectorError, OutcomeUnknown, Temporary, Unreadable
from connectors.patience import TooLate

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class TooMuch(Exception):
    """An answer larger than any that makes sense."""


def received(response: httpx.Response, largest: int) -> bytes:
    """Give the body of an answer that is being streamed. Raises ``TooMuch`` beyond so many bytes."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > largest:
            raise TooMuch("more than any calendar needs")
    return bytes(body)


def broken(error: httpx.HTTPError | TooMuch | TooLate, host: str, *, writing: bool) -> ConnectorError:
    """Translate a connection that was never made, or broke. What was sent may have been heard."""
    if isinstance(error, _NOT_SENT):
        return Temporary(f"{host} cannot be reached ({type(error).__name__})")
    if writing:
        return OutcomeUnknown(f"the answer of {host} was lost ({type(error).__name__})")
    if isinstance(error, TooMuch | httpx.DecodingError):
        return Unreadable(f"{host} gives an answer that cannot be understood ({type(error).__name__})")
    return Temporary(f"{host} did not answer in full ({type(error).__name__})")
