"""The calendar of our own in somebody's account, made when it is first written to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from connectors.errors import ConnectorError, Missing
from connectors.google import errors
from connectors.google.credentials import Grant
from connectors.google.http import Api
from connectors.google.tokens import Tokens

NAME = "Attune"
SAYS = "Kept by Attune. What you move or delete here is moved or cancelled."


def made(api: Api, grant: Grant) -> str:
    """Give its id, and make it where there is none. Of two that are made at once the second is taken away again.

    Where the answer to making it is lost, a calendar without events may be left: nothing allows us to list them.
    """
    if known := grant.tokens().calendar:
        return known
    answer = api.write(lambda service: service.calendars().insert(body={"summary": NAME, "description": SAYS}))
    name = answer.get("id")
    if not isinstance(name, str) or not name:
        raise errors.of_garbage(writing=True)
    kept = grant.change(lambda tokens: tokens if tokens.calendar else replace(tokens, calendar=name)).calendar
    if kept != name:
        with suppress(ConnectorError):
            api.write(lambda service: service.calendars().delete(calendarId=name))
    return kept


def forgotten(grant: Grant, name: str) -> None:
    """Forget a calendar that its owner has deleted, so that another is made."""

    def without(tokens: Tokens) -> Tokens:
        return replace(tokens, calendar="") if tokens.calendar == name else tokens

    grant.change(without)


def is_gone(api: Api, name: str) -> bool:
    """Whether its owner has deleted it."""
    try:
        api.read(lambda service: service.calendars().get(calendarId=name, fields="id"))
    except Missing:
        return True
    return False
