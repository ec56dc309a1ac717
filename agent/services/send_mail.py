"""Writes to one person, with what is true at this moment, within their hours, and never blindly twice.

Where the answer to an earlier attempt was lost the mail may have arrived. It is then sent once more with the same
``Message-ID``, by which mail programs recognise it; if that answer is lost too, it is let be.
"""

from __future__ import annotations

from datetime import datetime

from agent.core.intents import Intent
from agent.core.messages import next_open
from agent.core.people import Person
from agent.core.relationships import Relationship, State
from agent.mail.letter import Letter
from agent.services.programme import Programme
from agent.services.verdicts import Done, Later, Verdict, Withdrawn
from agent.services.word_mail import Unwanted, word_mail
from agent.store.claims import Claimed

ATTEMPTS_LOST = 2
"""After so many lost answers a mail is not sent again."""


def send_mail(programme: Programme, relationship: Relationship, state: State, claimed: Claimed) -> Verdict:
    """Send one mail of the main job. Raises ``TemplateBroken`` where a template is, and what the sender raises."""
    intent, now = claimed.intent, programme.clock.now()
    recipient = next((person for person in relationship.people if person.id == intent.person), None)
    if recipient is None:
        return Withdrawn("person-gone")
    if claimed.lost >= ATTEMPTS_LOST:
        return Withdrawn("outcome-unknown-twice")
    if (not_now := _hours(recipient, intent, now)) is not None:
        return not_now
    letter = Letter(programme.deployment, relationship, recipient, intent.number, intent.key, now)
    try:
        message = word_mail(programme, state, intent, letter)
    except Unwanted as unwanted:
        return Withdrawn(unwanted.why, decide_again=unwanted.decide_again)
    evidence = programme.sender.send(message)
    return Done(evidence, {"kind": intent.mail or ""} | ({"again": claimed.lost} if claimed.lost else {}))


def _hours(recipient: Person, intent: Intent, now: datetime) -> Verdict | None:
    """Put it off to the recipient's hours where now is outside them; None where now is within."""
    opens = next_open(recipient, now)
    if opens is None:
        return Withdrawn("no-hours")
    if opens <= now:
        return None
    if intent.expires is not None and opens >= intent.expires:
        return Withdrawn("too-late")
    return Later(opens, "hours")
