"""Judges the journal: each effect that is seen outside has its line, and each line that claims an effect has one."""

from __future__ import annotations

from agent.simulation.years.judging.evidence import Finding, Line, Write
from agent.simulation.years.judging.findings import Findings
from agent.simulation.years.judging.lives import Case, Identity, Life

DONE = {"create": "event-written", "update": "event-written", "remove": "event-removed"}
KINDS = {"event-written": "write-event", "event-removed": "remove-event"}
OTHERWISE = ("outcome-unknown", "withdrawn", "failed", "delayed")


def unwritten(case: Case) -> Findings:
    """Every effect has a line, of what was done or of what nobody could know."""
    for write in case.evidence.writes:
        life = case.by_uid.get(write.uid)
        if life is not None and not _has_line(case, life, write):
            yield Finding("effect without line", life.relationship, write.at, f"{write.op} for {write.person}")
    for identity, mails in case.mails.items():
        told = case.told(identity.relationship, identity.number, identity.person, "mail-sent", *OTHERWISE)
        if not any(_about(line, identity.kind, identity.revision) for line in told):
            yield Finding(
                "effect without line", identity.relationship, mails[0].at, f"{identity.kind} to {identity.person}"
            )


def _has_line(case: Case, life: Life, write: Write) -> bool:
    done = DONE[write.op]
    lines = case.told(life.relationship, life.number, write.person, done, *OTHERWISE)
    ours = [line for line in lines if line.at >= write.at]
    if write.op == "remove":
        return any(line.event == done or line.detail.get("kind") == KINDS[done] for line in ours)
    return any(_about(line, KINDS[done], write.sequence) for line in ours)


def _about(line: Line, kind: str, revision: int) -> bool:
    written = line.event == "event-written" and kind == "write-event"
    return line.detail.get("revision") == revision and (written or line.detail.get("kind") == kind)


def unfounded(case: Case) -> Findings:
    """Every line that claims an effect is true."""
    for line in case.evidence.journal:
        if line.event == "mail-sent":
            told = (line.relationship, line.number, line.detail["revision"], line.person, str(line.detail["kind"]))
            if not any(mail.at <= line.at for mail in case.mails.get(Identity(*told), ())):
                yield Finding("line without effect", line.relationship, line.at, f"{told[-1]} to {line.person}")
        elif line.event == "event-written" and not _written(case, line):
            yield Finding("line without effect", line.relationship, line.at, f"event of {line.person}")


def _written(case: Case, line: Line) -> bool:
    life = next((each for each in case.lives[line.relationship] if each.number == line.number), None)
    writes = case.writes.get((line.person, life.uid), []) if life else []
    return any(write.sequence == line.detail["revision"] and write.at <= line.at for write in writes)
