"""Every mail as it goes out, whole: a change of a word, a header or a part shows in a golden file."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage, Message

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.mail import letters


class OneFile(SingleFileSnapshotExtension):
    """A golden mail is a text file of its own, to be read and compared as one."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def tree(part: Message, depth: int = 0) -> str:
    """Headers and decoded content of a message and its parts, deeper ones set in."""
    indent = "  " * depth
    lines = [f"{name}: {value}" for name, value in part.items() if name != "Content-Transfer-Encoding"]
    shown = "".join(f"{indent}{line}\n" for line in lines)
    if part.is_multipart():
        return shown + "".join("\n" + tree(each, depth + 1) for each in part.get_payload())  # type: ignore[arg-type]
    assert isinstance(part, EmailMessage)
    content = part.get_content()
    body = content.decode() if isinstance(content, bytes) else content
    return shown + "\n" + "".join(f"{indent}{line}".rstrip() + "\n" for line in body.splitlines())


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("shape", ["pair", "circle"])
@pytest.mark.parametrize("name", letters.NAMES)
def test_golden(name: str, shape: str, language: str, snapshot: SnapshotAssertion) -> None:
    """Nothing in a mail changes without somebody having read it."""
    reader = replace(letters.MENTOR if shape == "pair" else letters.SECOND, language=language)
    relationship = letters.pair(reader) if shape == "pair" else letters.circle(reader)
    mail = letters.composed(name, relationship, reader)
    assert tree(mail) == snapshot(extension_class=OneFile)


def test_the_same_letter_gives_the_same_bytes() -> None:
    """A mail that is sent again after a lost answer is the very same mail."""
    first, second = (letters.composed("invitation", letters.pair(), letters.MENTOR) for _ in range(2))
    assert first.as_bytes() == second.as_bytes()
