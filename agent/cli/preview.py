"""``attune preview``: any mail as a person would get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import AsJson, At, Home, Refused, named, write

if TYPE_CHECKING:
    from email.message import EmailMessage

    from agent.core.people import Person
    from agent.core.relationships import Relationship
    from agent.services.preview_mail import Preview
    from agent.services.programme import Programme

ABOUT = {
    "booked": "the meeting that is booked",
    "held": "the meeting that was held last",
    "found": "no meeting is booked; this is the best time there is now",
    "example": "no meeting is booked and no time is free; this time is made up",
}
"""What to say of the meeting shown, by where it comes from."""

SAMPLE = "a sample: there are times at which they could meet, so this mail is not sent to anybody now"


def command(
    mail: Annotated[
        str,
        typer.Argument(
            help="invitation, agenda, moved, cancelled, follow-up or cannot-find.", metavar="MAIL", show_default=False
        ),
    ],
    person: Annotated[str, typer.Option("--for", metavar="PERSON", help="Id of its reader.", show_default=False)],
    relationship: Annotated[
        str | None, typer.Option(metavar="ID", help="Which of the person's pairs and circles.", show_default=False)
    ] = None,
    text: Annotated[
        Path | None, typer.Option("--text", metavar="FILE", help="Write the text there.", show_default=False)
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the page there.", show_default=False)
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
    at: At = None,
) -> None:
    """Show a mail with the deployment's real people and meetings. Nothing is sent.

    It prints subject and text; --text and --html write the two forms of the mail to files. Where no meeting is booked
    yet, the best time there is now stands in for one. With --json it prints an object of mail, person, relationship,
    meeting (number, start, end, basis: booked, held, found or example), sample, subject, text and html.
    Where there are times, cannot-find is a sample: it shows the mail that nobody is sent.

    \b
    Example:
      attune preview agenda --for mentor-1 --html agenda.html
    """
    from agent.cli.progress import opened
    from agent.core.intents import MailKind
    from agent.services.preview_mail import preview_mail

    kind = named({each.value: each for each in MailKind}, mail, "mail")
    with opened(home, at=at) as app:
        reader = named(app.programme.people, person, "person")
        shown = preview_mail(app.programme, kind, reader, _relationship(app.programme, reader, relationship))
    for form, target in (("plain", text), ("html", html)):
        if target is not None:
            write(target, _form(shown.message, form))
    if as_json:
        typer.echo(json.dumps(as_object(shown, kind, person), indent=2, ensure_ascii=False))
    else:
        _show(shown, quiet=text is not None or html is not None)


def _relationship(programme: Programme, reader: Person, wanted: str | None) -> Relationship:
    from agent.services.preview_mail import usual_relationship

    if wanted is None:
        usual = usual_relationship(programme, reader)
        if usual is None:
            raise Refused(f"{reader.id} is in no pair or circle yet; mails are about one")
        return usual
    found = named(programme.relationships, wanted, "pair or circle")
    if reader not in found.people:
        raise Refused(f"{reader.id} is not in {found.id}; it has {', '.join(person.id for person in found.people)}")
    return found


def as_object(shown: Preview, mail: str, person: str) -> dict[str, Any]:
    """Give the object that ``--json`` prints; documented in docs/commands.md."""
    meeting = shown.meeting
    return {
        "mail": mail,
        "person": person,
        "relationship": shown.relationship,
        "meeting": {
            "number": meeting.number,
            "start": meeting.span.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "end": meeting.span.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "basis": shown.basis.value,
        },
        "sample": shown.sample,
        "subject": str(shown.message["Subject"]),
        "text": _form(shown.message, "plain"),
        "html": _form(shown.message, "html"),
    }


def _form(message: EmailMessage, form: str) -> str:
    part = message.get_body((form,))
    return "" if part is None else str(part.get_content())


def _show(shown: Preview, *, quiet: bool) -> None:
    about = SAMPLE if shown.sample else ABOUT[shown.basis]
    typer.echo(f"{shown.relationship}, meeting {shown.meeting.number}: {about}", err=True)
    if not quiet:
        typer.echo(f"Subject: {shown.message['Subject']}\n\n{_form(shown.message, 'plain')}", nl=False)
