"""Folders and functions belong together, and an administrator's own template comes first, or says where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.core.intents import MailKind
from agent.mail import compose, languages
from agent.mail.errors import TemplateBroken
from agent.mail.languages import Language
from agent.mail.plain import wrapped
from agent.mail.render import Rendered, Renderer
from agent.resources import data_dir
from tests.mail import letters

FOLDER = data_dir("templates") / "email"
FOLDERS = (*(kind.value for kind in MailKind), compose.GRANT)
FILES = {"subject.txt.j2", "body.txt.j2", "body.html.j2", "sample.json"}


class Listening(Renderer):
    """Notes what each folder is given."""

    def __init__(self) -> None:
        super().__init__(letters.NOWHERE)
        self.contexts: dict[str, Mapping[str, Any]] = {}

    def render(self, name: str, language: Language, context: Mapping[str, Any]) -> Rendered:
        self.contexts[name] = context
        return super().render(name, language, context)


def sample(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / name / "sample.json").read_text(encoding="utf-8"))
    return read


def test_every_mail_is_a_folder_and_a_function() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    functions = {
        name.removeprefix("compose_").replace("_", "-") for name in vars(compose) if name.startswith("compose_")
    }
    assert folders == functions == set(FOLDERS)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_holds_its_four_files(name: str) -> None:
    assert {path.name for path in (FOLDER / name).iterdir()} == FILES


@pytest.mark.parametrize("name", letters.NAMES)
def test_a_sample_has_exactly_what_a_template_is_given(name: str) -> None:
    """Whoever writes a template by the sample must find everything in it, and nothing that is not there."""
    renderer = Listening()
    letters.composed(name, letters.circle(), letters.SECOND, renderer=renderer)
    (folder, context), *_ = renderer.contexts.items()
    shown = sample(folder)
    absent = {key for key, value in context.items() if value is None}
    assert shown.keys() == context.keys()
    assert _shape({key: shown[key] for key in shown.keys() - absent}) == _shape(
        {key: context[key] for key in context.keys() - absent}
    )


def _shape(value: Any) -> Any:
    """Keys, without what stands under them."""
    if isinstance(value, Mapping):
        return {key: _shape(each) for key, each in value.items()}
    return [_shape(value[0])] if isinstance(value, list) and value else type(value).__name__


@pytest.mark.parametrize("language", languages.available())
@pytest.mark.parametrize("name", FOLDERS)
def test_a_sample_renders_in_every_language(name: str, language: str) -> None:
    rendered = Renderer(letters.NOWHERE).render(name, languages.language(language), sample(name))
    assert rendered.subject
    assert all(len(line) <= 78 for line in rendered.text.splitlines())
    assert "\n\n\n" not in rendered.text


def test_a_script_without_spaces_is_wrapped_and_loses_nothing() -> None:
    """A line of more than 998 bytes would be refused by mail servers (RFC 5322, section 2.1.1)."""
    said = "面談の時間が見つかりました。" * 20 + "https://attune.example/" + "a" * 90
    lines = wrapped(said).splitlines()
    assert "".join(lines) == said
    assert [line for line in lines if len(line) > 72] == ["https://attune.example/" + "a" * 90]
    assert not any(line.startswith("。") for line in lines)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    (folder / "email" / "invitation").mkdir(parents=True)
    return folder


def compose_with(own: Path) -> str:
    return letters.text(letters.composed("invitation", letters.pair(), letters.MENTOR, renderer=Renderer(own)))


def test_an_administrators_template_comes_first(own: Path) -> None:
    (own / "email" / "invitation" / "body.txt.j2").write_text("Dear {{ name }}, see you.", encoding="utf-8")
    assert compose_with(own) == "Dear Example Mentor, see you.\n"


def test_the_frame_of_all_mails_can_be_replaced_alone(own: Path) -> None:
    (own / "email" / "layout.txt.j2").write_text("{% block content %}{% endblock %}\nOffice", encoding="utf-8")
    written = compose_with(own)
    assert written.startswith("Your next meeting")
    assert written.endswith("Office\n")


@pytest.mark.parametrize(
    ("template", "line", "problem"),
    [
        ("Hello\n{{ greeting }}", 2, "'greeting' is undefined"),
        ("Hello\n\n{% if %}", 3, "Expected an expression"),
        ("{{ when.hour }}", 1, "has no attribute 'hour'"),
        ("Hello\n{{ ''.__class__.__mro__ }}", 2, "unsafe"),
        ("{{ when.update({'day': 'never'}) }}", 1, "unsafe"),
        ("a\nb\n{{ 1 // 0 }}", 3, "ZeroDivisionError"),
        ("{% include 'email/none.txt.j2' %}", 1, "none.txt.j2"),
        ("{% for n in range(99999999) %}{% endfor %}", 1, "OverflowError"),
    ],
)
def test_a_broken_template_names_its_file_and_line(own: Path, template: str, line: int, problem: str) -> None:
    (own / "email" / "invitation" / "body.txt.j2").write_text(template, encoding="utf-8")
    with pytest.raises(TemplateBroken) as raised:
        compose_with(own)
    said = str(raised.value)
    assert said.startswith(f"templates/email/invitation/body.txt.j2:{line}: ")
    assert problem in said
    assert "Example Mentor" not in said


def test_a_template_that_is_no_text_is_broken_too(own: Path) -> None:
    (own / "email" / "invitation" / "subject.txt.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateBroken, match=r"subject\.txt\.j2"):
        compose_with(own)


def test_a_template_cannot_read_files_outside_its_folders(own: Path) -> None:
    (own.parent / "secret").write_text("s3cret", encoding="utf-8")
    (own / "email" / "invitation" / "body.txt.j2").write_text("{% include '../secret' %}", encoding="utf-8")
    with pytest.raises(TemplateBroken):
        compose_with(own)
