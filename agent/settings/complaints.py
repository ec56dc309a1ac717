"""Turns what pydantic complains of into sentences that say where, what is wrong and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.settings import clocktimes
from agent.settings.document import Document, is_list
from agent.settings.fields import field_at, keys_at
from agent.settings.mistakes import Mistake, quote, suggestion
from agent.settings.positions import Path
from agent.settings.privacy import nameless
from agent.settings.progress import Passed, silent, told

M = TypeVar("M", bound=BaseModel)
Error = dict[str, Any]

EXAMPLES = {
    "programme": "programme: Northwind Mentoring",
    "mail": "mail: {from: …, smtp: {host: …}}",
    "from": "from: Attune <attune@example.org>",
    "smtp": "smtp: {host: mail.example.org, port: 587}",
    "id": "id: mentor-1",
    "name": "name: Example Mentor",
    "email": "email: name@example.org",
    "time_zone": "time_zone: Europe/Lisbon",
    "availability": "availability: [{days: mon-fri, from: 09:00, to: 17:00}]",
    "good_hours": "good_hours: [{days: mon-fri, from: 09:00, to: 17:00}]",
    "boundaries": "boundaries: [{days: fri, from: 15:00, to: 18:00}]",
    "travel": "travel: [{dates: 2027-03-01..2027-03-05, time_zone: Asia/Tokyo}]",
    "pauses": "pauses: [2027-07-15..2027-08-31]",
    "calendars": "calendars: [{kind: ics, path: calendars/mentor-1.ics}]",
    "media": "media: [video, phone]",
    "mentor": "mentor: mentor-1",
    "mentee": "mentee: mentee-1",
    "mentees": "mentees: [mentee-1, mentee-2]",
    "dates": "dates: 2027-02-15..2027-02-19",
    "kind": "kind: caldav",
    "path": "path: calendars/mentor-1.ics",
}


def validate(
    model: type[M],
    document: Document,
    entries: Mapping[str, type[BaseModel]] | None = None,
    passed: Passed = silent,
) -> M | None:
    """Read a whole file as its model, but for lists of ``entries``, each of which has one of its own.

    Everything wrong is reported in the document, and then there is no model.
    """
    found: M | None = None
    written = document.data if isinstance(document.data, dict) else {}
    try:
        found = model.model_validate(written | dict.fromkeys(document.entries, ()))
    except ValidationError as error:
        _report(model, document, error)
    listed = ((key, index, entry) for key, each in document.entries.items() for index, entry in enumerate(each))
    for key, index, entry in told(listed, sum(map(len, document.entries.values())), passed):
        try:
            (entries or {})[key].model_validate(entry)
        except ValidationError as error:
            _report(model, document, error, (key, index))
    return found


def part(model: type[M], data: object) -> M | None:
    """Read a part that can be right while the rest of its file is not; None where it is wrong too."""
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


def _report(model: type[BaseModel], document: Document, found: ValidationError, where: Path = ()) -> None:
    for detail in found.errors(include_url=False):
        _complain(model, document, {**detail, "loc": (*where, *detail["loc"])})


def _complain(model: type[BaseModel], document: Document, error: Error) -> None:
    path = _written_path(document, error)
    if error["type"] == "too_short" and error["ctx"].get("actual_length") == 0 and document.at(path):
        return  # its items are wrong, and have been reported one by one
    unknown, missing = error["type"] == "extra_forbidden", error["type"] == "missing"
    mistake = _unknown_key(model, path, nameless(path) == path) if unknown else _mistake(model, path, error)
    path = (*path, *mistake.at)
    position = document.key_position(path) if unknown else document.position(path[:-1] if missing else path)
    document.report(path, mistake.wrong, mistake.advice, position)


def _written_path(document: Document, error: Error) -> Path:
    """Give the path as the file has it: pydantic's, without the kinds it puts between."""
    path: Path = ()
    for step in error["loc"]:
        here = document.at(path)
        inside = step in here if isinstance(here, dict) else is_list(here) and isinstance(step, int)
        if inside:
            path = (*path, step)
    if error["type"] == "missing":
        return (*path, error["loc"][-1])
    return (*path, "kind") if error["type"] in {"union_tag_not_found", "union_tag_invalid"} else path


def _unknown_key(model: type[BaseModel], path: Path, may_be_named: bool) -> Mistake:
    known = keys_at(model, path[:-1])
    name = f"the key {quote(path[-1])}" if may_be_named else "a key here"
    word = path[-1] if may_be_named else None
    return Mistake(f"{name} is not known", suggestion(word, known, f"the keys here are {', '.join(known)}"))


def _mistake(model: type[BaseModel], path: Path, error: Error) -> Mistake:
    context = error.get("ctx") or {}
    if isinstance(raised := context.get("error"), Mistake):
        return raised
    if error["type"] in {"missing", "union_tag_not_found"}:
        return Mistake("this is missing", _example(model, path))
    if error["type"] in {"literal_error", "union_tag_invalid"}:
        return _not_a_choice(error, context)
    if error["type"] in {"string_pattern_mismatch", *LISTS}:
        return _not_a_list(path, error["input"]) if error["type"] in LISTS else _not_the_form(model, path)
    if error["type"] in SENTENCES:
        return SENTENCES[error["type"]](context)
    message = str(raised or error["msg"])  # what a validator raised, without pydantic's word for it before
    wrong, _, advice = message.partition("; ")
    return Mistake(wrong, advice or "write it as its description says")


def _example(model: type[BaseModel], path: Path) -> str:
    key = str(path[-1])
    if key in EXAMPLES:
        return f"write “{EXAMPLES[key]}”"
    field = field_at(model, path)
    return f"write “{key}: …” ({field.description})" if field and field.description else f"write “{key}: …”"


def _not_a_choice(error: Error, context: Error) -> Mistake:
    value = context.get("tag") or error["input"]
    expected = str(context.get("expected_tags") or context.get("expected"))
    choices = [choice.strip("' ") for choice in expected.replace(" or ", ", ").split(",")]
    return Mistake(f"{quote(value)} is not a choice here", suggestion(value, choices, f"write {' or '.join(choices)}"))


def _not_the_form(model: type[BaseModel], path: Path) -> Mistake:
    if path[-1] == "id":
        return Mistake(
            "this is not an id", "write letters, digits, “-”, “_” and “.” without spaces, such as “mentor-1”"
        )
    if path[-1] == "url":
        return Mistake("this is not a web address", "begin it with “https://” or “http://”, without spaces")
    field = field_at(model, path)
    description = f": {field.description}" if field and field.description else ""
    return Mistake("this does not have the right form", f"write one line of text{description}")


def _not_a_list(path: Path, value: object) -> Mistake:
    """Show the list to write; one stretch of the day, which is how people say their hours, in the form it has there."""
    key = str(path[-1])
    try:
        start, end = clocktimes.spoken_hours(clocktimes.parse_hours(value)).split("-")
    except Mistake:
        example = f"“{EXAMPLES[key]}”" if key in EXAMPLES else "“[one, two]”, or one item a line, each after “- ”"
    else:
        example = f"“{key}: [{{from: {start}, to: {end}}}]”"
    return Mistake("this is not a list", f"write {example}")


def _say(wrong: str, advice: str) -> Callable[[Error], Mistake]:
    return lambda context: Mistake(wrong.format(**context), advice.format(**context))


_NUMBER = _say("this is not a number", "write digits, such as 2 or 0.5, without quotes")
_WHOLE = _say("this is not a whole number", "write digits only, such as 2, without quotes")
_TRUTH = _say("this is neither true nor false", "write true or false")
_GROUP = _say("this is not a group of keys", "write “key: value” lines here, indented, or “{{key: value}}”")
_TEXT = _say("this is not text", "put it in quotes")

LISTS = ("list_type", "tuple_type")
"""What pydantic calls something in the place of a list."""

SENTENCES: dict[str, Callable[[Error], Mistake]] = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
    **dict.fromkeys(("model_type", "dict_type", "model_attributes_type"), _GROUP),
    **dict.fromkeys(("string_type",), _TEXT),
    "greater_than": _say("this is too small", "write more than {gt:g}"),
    "greater_than_equal": _say("this is too small", "write {ge:g} or more"),
    "less_than": _say("this is too large", "write less than {lt:g}"),
    "less_than_equal": _say("this is too large", "write {le:g} or less"),
    "too_short": _say("this is empty", "write at least one, as in “[one, two]”"),
    "too_long": _say("these are {actual_length}, which is too many", "write {max_length} at most"),
    "string_too_short": _say("this is empty", "write something, or leave the key out if it has a default"),
    "string_too_long": _say("this is too long", "write {max_length} characters at most"),
}
