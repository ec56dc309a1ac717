"""What a scripted CalDAV server says in these tests, and where its one calendar is."""

from __future__ import annotations

from agent.ical.write import calendar as written
from tests.contract.owners import UID, invitation
from tests.servers.scripted import Reply

PATH = "/dav/someone-private/"
HREF = f"{PATH}{UID}.ics"
SECRET = "a-sécret-word"
BODY = written(invitation())
STANDING = Reply(200, BODY, {"ETag": '"1"'})
EMPTY = Reply(207, b'<multistatus xmlns="DAV:"/>')


def multistatus(*responses: str) -> Reply:
    """An answer to PROPFIND or REPORT."""
    namespaces = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
    return Reply(207, f"<multistatus {namespaces}>{''.join(responses)}</multistatus>".encode())


def response(href: str, props: str) -> str:
    """One resource with its properties."""
    status = "<status>HTTP/1.1 200 OK</status>"
    return f"<response><href>{href}</href><propstat><prop>{props}</prop>{status}</propstat></response>"


def refused(href: str, status: str) -> str:
    """One resource that is not given."""
    return f"<response><href>{href}</href><status>HTTP/1.1 {status}</status></response>"


def event(href: str, etag: str = '"1"') -> str:
    """Our event under some address."""
    return response(href, f"<getetag>{etag}</getetag><C:calendar-data>{BODY.decode()}</C:calendar-data>")
