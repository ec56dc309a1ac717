"""Mistakes in carrying effects out: whether they are still wanted, and what is done where an answer was lost."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

TROUBLE = ("tests/services/test_trouble",)
RACES = ("tests/services/test_races",)

MUTANTS = (
    Mutant(
        "an unknown outcome is tried again blindly",
        "agent/services/deliver",
        "return claims.postponed(claimed, now + UNCERTAIN, why, lost=True)",
        "return claims.postponed(claimed, now + UNCERTAIN, why)",
        TROUBLE,
    ),
    Mutant(
        "an effect is not asked whether it is still wanted",
        "agent/services/deliver",
        '    if not relevant(intent, state, now):\n        return Withdrawn("superseded")\n',
        "",
        RACES,
    ),
    Mutant(
        "what a rule forbids by now is carried out",
        "agent/services/deliver",
        "        if forbidden(relationship, state.meeting, intent):\n"
        '            return Later(now + RECONSIDERED, "forbidden", decide_again=True)\n',
        "",
        ("tests/services/test_prove",),
    ),
    Mutant(
        "the server's wait is not kept",
        "agent/services/deliver",
        "return max(error.retry_after, timedelta(seconds=1))",
        "return timedelta(seconds=1)",
        TROUBLE,
    ),
    Mutant(
        "what was refused for good is tried for ever",
        "agent/services/deliver",
        '    return claims.failed(claimed, now, why), _line(carried, "failed", why=why)\n',
        '    return claims.postponed(claimed, now + PATIENCE, why), _line(carried, "failed", why=why)\n',
        TROUBLE,
    ),
    Mutant(
        "nobody asks for the recipient's hours",
        "agent/services/send_mail",
        "    if (not_now := _hours(recipient, intent, now)) is not None:\n        return not_now\n",
        "",
        RACES,
    ),
    Mutant(
        "a mail that can only be sent too late waits",
        "agent/services/send_mail",
        '    if intent.expires is not None and opens >= intent.expires:\n        return Withdrawn("too-late")\n',
        "",
        RACES,
    ),
    Mutant(
        "a mail is sent as long as its answers get lost",
        "agent/services/send_mail",
        "if claimed.lost >= ATTEMPTS_LOST:",
        "if claimed.lost > ATTEMPTS_LOST:",
        TROUBLE,
    ),
    Mutant(
        "a mail sent again is another one",
        "agent/services/send_mail",
        "recipient, intent.number, intent.key, now)",
        'recipient, intent.number, f"{intent.key}{claimed.attempts}", now)',
        TROUBLE,
    ),
    Mutant(
        "the first word of a meeting is that it moved",
        "agent/services/word_mail",
        "if intent.mail is MailKind.MOVED and _told(programme, intent):",
        "if intent.mail is MailKind.MOVED:",
        RACES,
    ),
    Mutant(
        "who never heard of a meeting hears that it is off",
        "agent/services/word_mail",
        '    if not _told(programme, intent):\n        raise Unwanted("never-told")\n',
        "",
        RACES,
    ),
    Mutant(
        "that there is no time is said when there is one by now",
        "agent/services/word_mail",
        "    if found.search().starts.open:\n",
        "    if found.search().starts.open and state.meeting is not None:\n",
        RACES,
    ),
    Mutant(
        "an event is created without looking whether it is there",
        "agent/services/write_event",
        "event = _as_known(wanted.uid, known) if known and not doubtful else calendar.find(wanted.uid)",
        "event = _as_known(wanted.uid, known) if known else None",
        TROUBLE,
    ),
    Mutant(
        "an event that its owner deleted is created anew",
        "agent/services/write_event",
        '        if known is not None:\n            raise Missing("somebody deleted the event")\n',
        "",
        RACES,
    ),
    Mutant(
        "a deletion during our write is not decided about",
        "agent/services/write_event",
        'return Withdrawn("event-gone", decide_again=True)',
        'return Withdrawn("event-gone")',
        RACES,
    ),
    Mutant(
        "its owner's move during our write is written over",
        "agent/services/write_event",
        "    if found.cancelled or found.span not in {event.span, wanted.span}:\n        return None\n",
        "",
        RACES,
    ),
    Mutant(
        "the version of what is written over is not named",
        "agent/services/write_event",
        "sequence=known.sequence, etag=known.etag, href=known.href)",
        "sequence=known.sequence, href=known.href)",
        RACES,
    ),
    Mutant(
        "a removed event is not forgotten",
        "agent/services/write_event",
        "return Done(evidence, {}, lambda tx: events.forget(tx, uid, person))",
        "return Done(evidence)",
        RACES,
    ),
    Mutant(
        "what changes while it is being removed stays",
        "agent/services/take_out",
        "        except Conflict:\n            continue\n",
        "        except Conflict:\n            return False\n",
        RACES,
    ),
)
