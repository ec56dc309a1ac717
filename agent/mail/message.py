"""A rendered mail as a message: headers, its two or three forms side by side, the invitation once more as a file."""

from __future__ import annotations

from email.message import EmailMessage

from agent.core.invitations import Invitation
from agent.mail.folding import POLICY
from agent.mail.headers import mailbox
from agent.mail.letter import Letter
from agent.mail.personal import Personal
from agent.mail.plain import one_line
from agent.mail.render import Rendered
from agent.mail.threads import domain, message_id


def message(
    letter: Letter | Personal, rendered: Rendered, entry: Invitation | None = None, method: str = ""
) -> EmailMessage:
    """Give the message for the letter's one recipient. ``method`` is the calendar part's (RFC 5546), if there is one.

    The same letter and words give the same bytes.
    """
    made = EmailMessage(policy=POLICY)
    _address(made, letter, rendered.subject)
    made.set_content(rendered.text, cte="quoted-printable")
    made.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if entry is not None:
        _add_calendar(made, entry, method)
    # Only now, since a message that gets parts hands what speaks of its content down to the first of them.
    made["Content-Language"] = letter.language.tag
    for position, part in enumerate(made.walk()):
        if part.is_multipart():
            # No line of quoted-printable or base64 can look like this.
            part.set_boundary(f"=_{letter.key}_{position}")
        if part is not made:
            del part["MIME-Version"]
    return made


def _address(made: EmailMessage, letter: Letter | Personal, subject: str) -> None:
    origin, recipient = letter.origin, letter.recipient
    address, programme = origin.mail_from_address, one_line(origin.programme)
    own = message_id(letter.key, address)
    made["From"] = mailbox("From", one_line(origin.mail_from_name), address)
    made["To"] = mailbox("To", one_line(recipient.name), recipient.email)
    made["Subject"] = one_line(subject)
    made["Date"] = letter.now
    made["Message-ID"] = own
    if above := letter.above(own):
        made["In-Reply-To"] = above[-1]
        made["References"] = " ".join(above)
    made["List-Id"] = f"{_phrase(programme)} <programme.{domain(address)}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"


def _phrase(text: str) -> str:
    """A title as a header's phrase (RFC 2919, section 3): none of the characters that would end it."""
    return " ".join("".join(char if char.isalnum() or char in " -'" else " " for char in text).split())


def _add_calendar(made: EmailMessage, entry: Invitation, method: str) -> None:
    from agent.ical.write import calendar  # noqa: PLC0415 - a mail without an entry does not need the library

    data = calendar(entry, method=method)
    made.add_alternative(
        data.decode(), subtype="calendar", charset="utf-8", cte="quoted-printable", params={"method": method}
    )
    made.add_attachment(data, maintype="application", subtype="ics", filename="invite.ics")
