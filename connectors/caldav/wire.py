"""CalDAV's XML (RFC 4791, RFC 4918) to values and back; no input or output here."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from agent.core.timespan import DAY, Span, instant

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
SERVER = "{http://calendarserver.org/ns/}"

ABOUT = (
    f"{DAV}resourcetype",
    f"{DAV}sync-token",
    f"{SERVER}getctag",
    f"{DAV}current-user-privilege-set",
    f"{CALDAV}supported-calendar-component-set",
)
"""Properties of a collection that ``Resource`` has words for."""
HOME = (f"{DAV}current-user-principal", f"{CALDAV}calendar-home-set")
_PREFIX = {DAV: "D", CALDAV: "C", SERVER: "S"}
_NAMESPACES = " ".join(f'xmlns:{prefix}="{name[1:-1]}"' for name, prefix in _PREFIX.items())
_ESCAPED = re.compile("%([0-9a-fA-F]{2})")
_PLAIN = frozenset(f"{string.ascii_letters}{string.digits}-._~!$&'()*+,;=:@")
"""What may stand in a path as it is (RFC 3986, section 3.3)."""
_WRITING = {f"{DAV}{name}" for name in ("all", "write", "write-content", "bind")}


class NotMultistatus(Exception):
    """The answer is no multistatus, is no well-formed XML, or plays tricks with it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as a multistatus tells of it. ``status`` is of the whole resource, 200 where nothing is said.

    ``path`` is percent-encoded. ``writable`` and ``components`` are None where the server does not say.
    """

    path: str
    status: int = 200
    etag: str = ""
    data: bytes | None = None
    is_calendar: bool = False
    token: str | None = None
    writable: bool | None = None
    components: frozenset[str] | None = None
    homes: tuple[str, ...] = field(default=())


def propfind(names: tuple[str, ...]) -> bytes:
    """Ask for some properties."""
    return _xml("D:propfind", f"<D:prop>{''.join(f'<{_prefixed(name)}/>' for name in names)}</D:prop>")


def calendar_query(span: Span | None = None, uid: str | None = None) -> bytes:
    """Ask for events with their text and version: those that touch a span, or those of a UID, or all.

    The span is asked for with a day to spare: a server places floating and all-day events in a zone of its own.
    """
    test = ""
    if span is not None:
        start, end = (f"{instant(minute):%Y%m%dT%H%M%SZ}" for minute in (span.start - DAY, span.end + DAY))
        test = f'<C:time-range start="{start}" end="{end}"/>'
    elif uid is not None:
        match = f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
        test = f'<C:prop-filter name="UID">{match}</C:prop-filter>'
    events = f'<C:comp-filter name="VEVENT">{test}</C:comp-filter>'
    wanted = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
    filters = f'<C:filter><C:comp-filter name="VCALENDAR">{events}</C:comp-filter></C:filter>'
    return _xml("C:calendar-query", wanted + filters)


def resources(body: bytes) -> tuple[Resource, ...]:
    """Read a multistatus. Raises ``NotMultistatus``."""
    root = _parsed(body)
    if root.tag != f"{DAV}multistatus":
        raise NotMultistatus("the answer is no multistatus")
    return tuple(_resource(response) for response in root.findall(f"{DAV}response"))


def preconditions(body: bytes) -> frozenset[str]:
    """Read which conditions an error names (RFC 4918, section 16), by their local names."""
    try:
        root = _parsed(body)
    except NotMultistatus:
        return frozenset()
    return frozenset(_local(part.tag) for part in root) if root.tag == f"{DAV}error" else frozenset()


def version(etag: str | None) -> str:
    """Bring an etag to one form, from header or property: strong and quoted, empty where there is none.

    A proxy that compresses turns strong ones weak, and those never match again (RFC 9110, section 13.1.1).
    """
    bare = (etag or "").strip().removeprefix("W/").strip('"')
    return f'"{bare}"' if bare else ""


def path_of(address: str | None) -> str:
    """Path of an address, escaped in one way: servers escape the "@" of a UID, or do not.

    Whatever host a server believes itself to be is left out: nothing else is asked.
    """
    return _ESCAPED.sub(_escaped, urlsplit((address or "").strip()).path)


def _escaped(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _PLAIN else found[0].upper()


def _xml(root: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root} {_NAMESPACES}>{inside}</{root}>'.encode()


def _prefixed(name: str) -> str:
    namespace, _, local = name.partition("}")
    return f"{_PREFIX[namespace + '}']}:{local}"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _parsed(body: bytes) -> Element:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotMultistatus("the answer is no XML that can be trusted") from error
    return root


def _resource(response: Element) -> Resource:
    found = {part.tag: part for part in _properties(response)}
    data = found.get(f"{CALDAV}calendar-data")
    kinds = found.get(f"{DAV}resourcetype")
    return Resource(
        path=path_of(response.findtext(f"{DAV}href")),
        status=_status(response.findtext(f"{DAV}status")),
        etag=version(_text(found.get(f"{DAV}getetag"))),
        data=(data.text or "").encode() if data is not None else None,
        is_calendar=kinds is not None and kinds.find(f"{CALDAV}calendar") is not None,
        token=_text(found.get(f"{SERVER}getctag")) or _text(found.get(f"{DAV}sync-token")),
        writable=_writable(found.get(f"{DAV}current-user-privilege-set")),
        components=_components(found.get(f"{CALDAV}supported-calendar-component-set")),
        homes=tuple(path_of(href.text) for name in HOME if name in found for href in found[name].iter(f"{DAV}href")),
    )


def _properties(response: Element) -> Iterator[Element]:
    for propstat in response.findall(f"{DAV}propstat"):
        if _status(propstat.findtext(f"{DAV}status")) == 200:
            yield from propstat.find(f"{DAV}prop") or ()


def _status(line: str | None) -> int:
    """Read "HTTP/1.1 404 Not Found"; 200 where there is no such line, 0 where it makes no sense."""
    if line is None:
        return 200
    parts = line.split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0


def _text(part: Element | None) -> str | None:
    return (part.text or "").strip() or None if part is not None else None


def _writable(part: Element | None) -> bool | None:
    return None if part is None else any(each.tag in _WRITING for each in part.iter())


def _components(part: Element | None) -> frozenset[str] | None:
    return None if part is None else frozenset(each.get("name", "").upper() for each in part)
