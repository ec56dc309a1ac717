"""Mistakes about what is wanted: keys, revisions, what is taken back, and when to look again."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

KEYS = ("test_intents",)
RELEVANCE = ("test_relevance",)
UPKEEP = ("test_decide", "test_upkeep")
STORE = ("tests/store/test_sqlite",)
RACES = ("tests/services/test_races",)

MUTANTS = (
    Mutant(
        "a key is the same for every revision",
        "intents",
        'parts = ("attune", relationship, str(number), str(revision), kind, person, mail or "")',
        'parts = ("attune", relationship, str(number), kind, person, mail or "")',
        KEYS,
    ),
    Mutant(
        "a key is the same for everybody",
        "intents",
        'parts = ("attune", relationship, str(number), str(revision), kind, person, mail or "")',
        'parts = ("attune", relationship, str(number), str(revision), kind, mail or "")',
        KEYS,
    ),
    Mutant(
        "a key is the same for every mail",
        "intents",
        'parts = ("attune", relationship, str(number), str(revision), kind, person, mail or "")',
        'parts = ("attune", relationship, str(number), str(revision), kind, person)',
        KEYS,
    ),
    Mutant(
        "a key changes with when it is to be done",
        "intents",
        "return intent_key(self.relationship, self.number",
        'return intent_key(f"{self.relationship} {self.not_before}", self.number',
        KEYS,
    ),
    Mutant(
        "what is about an older time is said all the same",
        "relevance",
        "return meeting is not None and (meeting.number, meeting.revision) == (intent.number, intent.revision)",
        "return meeting is not None and meeting.number == intent.number",
        RELEVANCE,
    ),
    Mutant(
        "what has expired is still wanted",
        "relevance",
        "    if intent.expires is not None and now >= intent.expires:\n        return False\n",
        "",
        RELEVANCE,
    ),
    Mutant(
        "a moved meeting has the revision it had",
        "upkeep",
        "        revision=draft.next_revision(meeting),\n",
        "",
        UPKEEP,
    ),
    Mutant(
        "a revision is not above what programs of its people have counted",
        "draft",
        "max(meeting.revision, self.counted if self.counted <= PLAUSIBLE else 0) + 1",
        "meeting.revision + 1",
        ("tests/services/test_races",),
    ),
    Mutant(
        "a moved meeting is not announced ahead once more",
        "upkeep",
        "        agenda_sent=False,\n",
        "",
        UPKEEP,
    ),
    Mutant(
        "a conflict that stays is told at every look",
        "upkeep",
        "    told = replace(meeting, stuck_told=True)\n",
        "    told = meeting\n",
        UPKEEP,
    ),
    Mutant(
        "a deleted event is put back",
        "upkeep",
        '        return _cancel(state, meeting, draft, "removed", due)\n',
        "        return _relocate(state, meeting, change, observed, draft)\n",
        UPKEEP,
    ),
    Mutant(
        "what an older revision wanted is not taken back",
        "draft",
        "            self.withdrawals.append(Withdrawal(meeting.number, meeting.revision))\n",
        "            pass\n",
        RACES,
    ),
    Mutant(
        "a mail is wanted that can only be sent too late",
        "draft",
        "if at is None or (expires is not None and at >= expires):",
        "if at is None:",
        UPKEEP,
    ),
    Mutant(
        "a decision asks for a moment that is over",
        "decide",
        "return max(min(moments), draft.now + timedelta(minutes=1)) if moments else None",
        "return min(moments) if moments else None",
        UPKEEP,
    ),
    Mutant(
        "nobody looks again where no time was found",
        "decide",
        "moments = [moment for moment in others if moment is not None]",
        "moments: list[datetime] = []",
        UPKEEP,
    ),
    Mutant(
        "a follow-up is wanted again and again",
        "decide",
        "return replace(state, last=replace(last, followed_up=True))",
        "return state",
        UPKEEP,
    ),
    Mutant(
        "of a calendar that cannot be read the event counts as deleted",
        "changes",
        "if known.busy is None or known.delivered is None:",
        "if known.delivered is None:",
        UPKEEP,
    ),
    Mutant(
        "what was said before is said again when it is decided again",
        "agent/store/intents",
        "if row.status == WITHDRAWN and not row.lost:",
        "if row.status == WITHDRAWN:",
        STORE,
    ),
    Mutant(
        "what was done is done again when it is decided again",
        "agent/store/intents",
        "if row.status == WITHDRAWN and not row.lost:",
        "if not row.lost:",
        STORE,
    ),
    Mutant(
        "what has begun is taken back",
        "agent/store/intents",
        "rows.c.status == PENDING,\n    )\n    return",
        "rows.c.status.in_(OPEN),\n    )\n    return",
        STORE,
    ),
    Mutant(
        "the newest revision is taken back with the older ones",
        "agent/store/intents",
        "        rows.c.revision < before_revision,\n        rows.c.status == PENDING,",
        "        rows.c.revision <= before_revision,\n        rows.c.status == PENDING,",
        STORE,
    ),
    Mutant(
        "who may have been told counts as not told",
        "agent/store/intents",
        "sent = sa.or_(rows.c.status == DONE, rows.c.lost > 0)",
        "sent = rows.c.status == DONE",
        STORE,
    ),
    Mutant(
        "a lost write is forgotten",
        "agent/store/intents",
        'rows.c.person == sa.bindparam("whose"), rows.c.lost > 0)',
        'rows.c.person == sa.bindparam("whose"), rows.c.status == UNKNOWN)',
        STORE,
    ),
)
