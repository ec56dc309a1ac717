"""Names that stand for a place: time zones, regions with public holidays, languages."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from agent.core import zones
from agent.settings.mistakes import Mistake, nearest, quote, suggestion

LANGUAGES = {
    "en": "English",
    "pt": "Portuguese",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "ja": "Japanese",
    "ar": "Arabic",
}
"""Languages there are mails in."""

REGION_PATTERN = r"^[A-Z]{2}(?:-[A-Za-z0-9]{1,6})?$"


def parse_zone(value: object) -> str:
    """Read an IANA time zone that the pinned rules know."""
    if isinstance(value, str) and value in zones.names() and zones.exists(value):
        return value
    raise Mistake(f"{quote(value)} is not a time zone", _zone_advice(value))


def _zone_advice(value: object) -> str:
    otherwise = "write an IANA name, such as “Europe/Lisbon”"
    if not isinstance(value, str):
        return otherwise
    cities = {name.rpartition("/")[2]: name for name in sorted(zones.names()) if "/" in name}
    near = nearest(value, zones.names(), 0.7) or cities.get(nearest(value.replace(" ", "_"), cities, 0.8) or "")
    return f"did you mean “{near}”?" if near else otherwise


def parse_language(value: object) -> str:
    """Read a language that there are mails in."""
    if isinstance(value, str) and value in LANGUAGES:
        return value
    base = re.split("[-_]", value.lower())[0] if isinstance(value, str) else ""
    names = {name.casefold(): tag for tag, name in LANGUAGES.items()}
    near = base if base in LANGUAGES else names.get(base)
    *most, last = (f"{tag} ({name})" for tag, name in LANGUAGES.items())
    choices = f"{', '.join(most)} or {last}"
    raise Mistake(
        f"there are no mails in the language {quote(value)}", f"did you mean “{near}”?" if near else f"write {choices}"
    )


@lru_cache(maxsize=1)
def _subdivisions() -> dict[str, list[str]]:
    import holidays  # noqa: PLC0415 - a third of a second that only a file with regions pays

    return holidays.list_supported_countries()


def parse_region(value: object) -> str:
    """Read a country whose public holidays are known, or one of its subdivisions: ``PT``, ``GB-SCT``."""
    country, dash, part = value.partition("-") if isinstance(value, str) else ("", "", "")
    known = _subdivisions()
    if country not in known:
        raise Mistake(f"no public holidays are known for the region {quote(value)}", _region_advice(value))
    if dash and part not in known[country]:
        parts = [f"{country}-{name}" for name in known[country]]
        listed = f"write one of {', '.join(parts)}" if 0 < len(parts) <= 12 else f"write “{country}” alone"
        raise Mistake(f"no public holidays are known for the region {quote(value)}", suggestion(value, parts, listed))
    return country + dash + part


def _region_advice(value: object) -> str:
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    otherwise = "write a country's two letters, such as “PT”, or a part of one, such as “GB-SCT”"
    if not isinstance(value, str):
        return otherwise
    if value.upper().partition("-")[0] in _subdivisions():
        return f"did you mean “{value.upper()}”?"
    by_name = {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items()}
    near = by_name.get(nearest(value, by_name, 0.75) or "")
    return f"did you mean “{near}”?" if near else otherwise


@lru_cache(maxsize=256)
def public_holidays(region: str, first_year: int, last_year: int) -> frozenset[date]:
    """Give the public holidays of a region that ``parse_region`` has accepted, both years included."""
    import holidays  # noqa: PLC0415

    country, _, part = region.partition("-")
    years = range(first_year, last_year + 1)
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=years))
