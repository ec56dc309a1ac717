"""What a refusal of the Microsoft identity platform means: the one place that reads its errors.

``error`` is OAuth's word, ``error_codes`` are Microsoft's numbers (AADSTS…), ``suberror`` says what would help.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from connectors.errors import ConnectorError, ConsentRevoked, Rejected, Temporary
from connectors.microsoft.application import library

WITH_THE_PERSON = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})
WITH_THE_ADMINISTRATOR = frozenset(
    {"invalid_client", "unauthorized_client", "invalid_scope", "invalid_request", "invalid_resource", "invalid_target"}
)
ONLY_ADMINISTRATORS = frozenset({65001, 90093, 90094, 90095, 90097, 900941})
"""The organisation lets only administrators agree; 65001 where nobody has agreed and nobody was asked."""

_NUMBER = re.compile(r"AADSTS(\d{1,9})")


def numbers(result: Mapping[str, Any]) -> frozenset[int]:
    """Give Microsoft's numbers of an error, from the list or, on its way through a browser, from the sentence."""
    listed = result.get("error_codes")
    found = [each for each in listed if isinstance(each, int)] if isinstance(listed, list) else []
    return frozenset([*found, *map(int, _NUMBER.findall(str(result.get("error_description", ""))))])


def of_tokens(result: Mapping[str, Any]) -> ConnectorError:
    """Translate what the token endpoint says; its sentence names people and is left out."""
    error = str(result.get("error", ""))
    said = ", ".join(f"AADSTS{number}" for number in sorted(numbers(result))) or "no reason given"
    if error in WITH_THE_PERSON:
        return ConsentRevoked(f"Microsoft does not take the consent any more ({said})")
    if error in WITH_THE_ADMINISTRATOR:
        return Rejected(f"Microsoft refuses the application itself ({said}): see microsoft in attune.yaml")
    return Temporary(f"Microsoft gives no tokens just now ({said})")


def ends_the_grant(result: Mapping[str, Any]) -> bool:
    """Whether nothing can be got with this grant any more; of a scope that was never granted that is not said."""
    return result.get("error") in WITH_THE_PERSON and result.get("suberror") != "consent_required"


@contextmanager
def translated() -> Iterator[None]:
    """What msal lets through: of the library it speaks HTTP with (OSError), of 5xx, and of what is no JSON."""
    try:
        yield
    except (OSError, ValueError, KeyError, library().exceptions.MsalError) as error:
        raise Temporary(f"Microsoft gives no tokens just now ({type(error).__name__})") from error
