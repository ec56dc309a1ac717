"""What a meeting's entry says to one person: the same in their own calendar and in the invitation by mail."""

from __future__ import annotations

from datetime import datetime

from agent.core.invitations import Attendee, Invitation
from agent.core.people import Medium, Person
from agent.core.relationships import Meeting, Relationship, meeting_uid
from agent.mail import languages
from agent.mail.languages import Language
from agent.mail.letter import names, others
from agent.mail.origin import Origin
from agent.mail.plain import one_line


def invitation(
    deployment: Origin, relationship: Relationship, meeting: Meeting, person_id: str, now: datetime
) -> Invitation:
    """Give the entry in a person's language; its sequence is the meeting's revision, its stamp is ``now`` (UTC)."""
    person = next(each for each in relationship.people if each.id == person_id)
    language = languages.language(person.language)
    everybody = names(relationship.people, language)
    return Invitation(
        uid=meeting_uid(relationship.id, meeting.number),
        sequence=meeting.revision,
        span=meeting.span,
        summary=language.gettext("Mentoring: %(names)s") % {"names": everybody},
        description=_description(deployment, relationship, person, language),
        organizer=Attendee(one_line(deployment.mail_from_name), deployment.mail_from_address),
        attendees=tuple(Attendee(one_line(each.name), each.email) for each in relationship.people),
        stamp=now,
        location=medium_words(meeting.medium, language),
    )


def _description(origin: Origin, relationship: Relationship, person: Person, language: Language) -> str:
    purpose = language.gettext("A mentoring meeting of %(programme)s, arranged by Attune.")
    return f"{purpose % {'programme': one_line(origin.programme)}}\n{advice(origin, relationship, person, language)}"


def advice(origin: Origin, relationship: Relationship, person: Person, language: Language) -> str:
    """What a person can do so that Attune notices that a time has stopped working for them."""
    if person.books:
        return language.gettext(
            "If this time stops working, move the meeting in your own calendar, "
            "or decline it there and Attune looks for a new time. Nobody is told why."
        )
    if origin.calendars.get(person.id):
        return language.gettext(
            "If this time stops working, mark it as busy in your calendar "
            "and Attune looks for a new time. Nobody is told why."
        )
    missing = language.gettext("If this time stops working, please tell %(others)s as early as you can.")
    return missing % {"others": names(others(relationship, person.id), language)}


def medium_words(medium: Medium, language: Language) -> str:
    """Say how people meet."""
    words = {
        Medium.VIDEO: language.gettext("Video call"),
        Medium.PHONE: language.gettext("Phone call"),
        Medium.WALK_AND_TALK: language.gettext("A walk, talking by phone"),
        Medium.ASYNCHRONOUS: language.gettext("In writing or voice notes, each in your own time"),
    }
    return words[medium]
