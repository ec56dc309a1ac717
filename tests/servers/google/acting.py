"""What tests of the double ask it, in plain HTTP where the library would not let a mistake through."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx

from tests.servers.common.oauth import challenge_of
from tests.servers.common.process import HTTP
from tests.servers.google.documents import Json
from tests.servers.google.running import CLIENT, DEFAULT_SCOPES, SECRET, GoogleServer

MENTOR, MENTEE = "mentor@gmail.example", "mentee@gmail.example"
BACK = "http://127.0.0.1:8080/back"
VERIFIER = "v" * 64
ALL = "https://www.googleapis.com/auth/calendar"
TEN: Json = {"start": {"dateTime": "2027-03-01T10:00:00Z"}, "end": {"dateTime": "2027-03-01T10:45:00Z"}}


def call(server: GoogleServer, tokens: Json, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
    """Ask an API; ``path`` is below the calendar's base where it does not begin with a slash."""
    url = server.root + (path if path.startswith("/") else f"/calendar/v3/{path}")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"} | more.pop("headers", {})
    return HTTP.request(method, url, json=body, headers=headers, **more)


def reason(answer: httpx.Response) -> tuple[int, str]:
    """Give what an error says to do."""
    return answer.status_code, answer.json()["error"]["errors"][0]["reason"]


def own_calendar(server: GoogleServer, tokens: Json) -> str:
    """Make a calendar with the tokens' client; give its path."""
    made = call(server, tokens, "POST", "calendars", {"summary": "Attune"})
    return f"calendars/{quote(made.raise_for_status().json()['id'])}"


def asking(**changes: str) -> dict[str, str]:
    """Give the parameters of a client that asks as it should; an empty one is left out."""
    usual = {
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": " ".join(DEFAULT_SCOPES),
        "state": "s-1",
        "access_type": "offline",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {key: value for key, value in (usual | changes).items() if value}


def press(server: GoogleServer, form: dict[str, Any], **changes: str) -> dict[str, str]:
    """Fill in the page and give what the browser carries back to the client."""
    answer = HTTP.post(f"{server.root}/o/oauth2/v2/auth", params=asking(**changes), data=form)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    return {key: value for key, (value,) in parse_qs(back.query).items()}


def agree(server: GoogleServer, *scopes: str, email: str = MENTOR, **changes: str) -> str:
    """Let somebody tick some scopes and press the button; give the code."""
    return press(server, {"account": email, "scope": list(scopes), "decision": "allow"}, **changes)["code"]


def redeem(server: GoogleServer, code: str, **changes: str) -> httpx.Response:
    """Ask for tokens for a code."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "code_verifier": VERIFIER,
    } | changes
    return HTTP.post(f"{server.root}/token", data={key: value for key, value in form.items() if value})


def refresh(server: GoogleServer, token: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLIENT, "client_secret": SECRET}
    return HTTP.post(f"{server.root}/token", data=form | changes)
