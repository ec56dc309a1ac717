"""Meet links: made when asked for, the same however often they are asked for with one ``requestId``.

"Create events" in the Calendar API guides, section on video and phone conferences: without ``conferenceDataVersion=1``
what is in the body is not looked at, and what is in the event stays.
"""

from __future__ import annotations

from hashlib import sha256

from tests.servers.google.documents import Json
from tests.servers.google.errors import invalid

LETTERS = "abcdefghijkmnopqrstuvwxyz"


def with_conference(event: Json, before: Json, body: Json, version: int, state: str) -> Json:
    """Give the event with the conference that it should have after a write."""
    event = {key: value for key, value in event.items() if key not in {"conferenceData", "hangoutLink"}}
    kept: Json = {key: before[key] for key in ("conferenceData", "hangoutLink") if key in before}
    if version == 0 or "conferenceData" not in body:
        return event | kept
    asked = body["conferenceData"]
    if asked is None:
        return event
    request = asked.get("createRequest")
    if request is None:
        return event | (kept if asked.get("conferenceId") else {"conferenceData": asked})
    return event | _made(event, kept, request, state)


def _made(event: Json, kept: Json, request: Json, state: str) -> Json:
    name, kind = request.get("requestId"), request.get("conferenceSolutionKey", {}).get("type", "hangoutsMeet")
    if not name:
        raise invalid("Missing conference request id.", "conferenceData")
    if kind != "hangoutsMeet":
        raise invalid("Invalid conference type value.", "conferenceData")
    before = kept.get("conferenceData", {}).get("createRequest", {})
    if before.get("requestId") == name and before["status"]["statusCode"] != "pending":
        return kept
    create = {"requestId": name, "conferenceSolutionKey": {"type": kind}, "status": {"statusCode": state}}
    if state != "success":
        return {"conferenceData": {"createRequest": create}}
    code = _code(f"{event['iCalUID']}/{name}")
    link = f"https://meet.google.com/{code}"
    return {
        "hangoutLink": link,
        "conferenceData": {
            "createRequest": create,
            "conferenceId": code,
            "conferenceSolution": {
                "key": {"type": kind},
                "name": "Google Meet",
                "iconUri": "https://meet.google.com/i",
            },
            "entryPoints": [{"entryPointType": "video", "uri": link, "label": link.removeprefix("https://")}],
        },
    }


def _code(text: str) -> str:
    letters = "".join(LETTERS[byte % len(LETTERS)] for byte in sha256(text.encode()).digest())
    return f"{letters[:3]}-{letters[3:7]}-{letters[7:10]}"
