"""Bodies of events: kept as they came, shown as HTML unless text is preferred, with the blob of an online meeting.

Documented under "Get event" (bodies are given as HTML) and "Update event" (who changes the body of an online meeting
and leaves the blob out ends the online meeting).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

EMPTY = {"contentType": "html", "content": ""}


def shown(body: Mapping[str, Any] | None, join_url: str | None, *, as_text: bool) -> dict[str, str]:
    """Give a body as a client gets it."""
    content = as_html(body or EMPTY)
    if join_url and join_url not in content:
        content += f'<div class="me-email-text"><a href="{join_url}">Join the meeting now</a></div>'
    if as_text:
        return {"contentType": "text", "content": plain(content)}
    return {"contentType": "html", "content": f"<html><body>{content}</body></html>" if content else ""}


def preview(body: Mapping[str, Any] | None) -> str:
    """Give the first words."""
    return " ".join(plain(as_html(body or EMPTY)).split())[:255]


def keeps_meeting(body: Mapping[str, Any] | None, join_url: str) -> bool:
    """Say whether a new body still has the blob of the online meeting."""
    return join_url in ((body or EMPTY).get("content") or "")


def as_html(body: Mapping[str, Any]) -> str:
    """Give what stands between the tags of the page."""
    content = body.get("content") or ""
    if body.get("contentType") != "html":
        return html.escape(content, quote=False).replace("\n", "<br>")
    found = re.search(r"<body[^>]*>(.*)</body>", content, re.IGNORECASE | re.DOTALL)
    return found[1] if found else content


def plain(content: str) -> str:
    """Give the words of HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(br|/p|/div)[^>]*>", "\n", content)))
