"""Tells the database's own troubles from mistakes in our SQL, and says of each what an operator can do about it."""

from __future__ import annotations

from sqlalchemy import exc

from agent.store.errors import StoreContended, StoreUnavailable

OUR_MISTAKES = (exc.ProgrammingError, exc.IntegrityError, exc.DataError, exc.NotSupportedError, exc.InternalError)
"""What a database says of wrong SQL; a plain ``DatabaseError`` is SQLite's word for a damaged file."""

RESTORE = "put a backup back with “attune restore FILE”"
ADVICE = {
    "locked": "another program keeps it locked: end that one; “attune backup” and no other copies it while Attune runs",
    "readonly": "let the service's user write the file and its folder, and run every command as that user",
    "unable to open": "see that its folder is there and that the service's user may write it",
    "full": "make room on its disk; nothing is lost, and Attune goes on by itself",
    "disk i/o": f"look at its disk, and at the room on it; if the file is damaged, {RESTORE}",
    "malformed": f"it is damaged: stop Attune, keep the file, and {RESTORE}",
    "not a database": f"it is damaged, or no file of Attune's: stop Attune, keep the file, and {RESTORE}",
    "no such table": f"it is not complete: try “attune db upgrade”, else {RESTORE}",
    "does not exist": "make it with “createdb”, then start Attune or put a backup into it with “attune restore FILE”",
    "password": "mend the password in ~/.pgpass of the service's user",
}
"""By words in what the database says."""

STATES = {
    "25006": "it takes no writes: name the primary server in “store”, not a standby, and see that it is not read-only",
    "42501": "give its user the rights on the tables; “attune db upgrade” as their owner makes what is missing",
    "42P01": f"it is not complete: try “attune db upgrade”, else {RESTORE}",
}
"""By PostgreSQL's codes: these come as mistakes in SQL, and are none of ours."""

CONTENDED = {"40001", "40P01"}
"""PostgreSQL's codes for who has to begin again, because two waited for one another."""

UNREACHED = "see that the server runs and lets this user in, and that “store” in attune.yaml names it"


def translated(error: exc.DBAPIError | exc.TimeoutError) -> StoreUnavailable | None:
    """Give the error of ours that this one is; None where it is a mistake in our own SQL."""
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None)
    lost = getattr(error, "connection_invalidated", False)
    if isinstance(error, OUR_MISTAKES) and not lost and state not in STATES:
        return None
    said = str(original or error).strip().splitlines()
    reason = said[0] if said else "no reason given"
    if state in CONTENDED:
        return StoreContended(f"another worker was in the way ({reason})")
    return StoreUnavailable(f"the database cannot be used ({reason})", _advice(reason, state))


def _advice(reason: str, state: str | None) -> str:
    if state in STATES:
        return STATES[state]
    return next((advice for word, advice in ADVICE.items() if word in reason.lower()), UNREACHED)
