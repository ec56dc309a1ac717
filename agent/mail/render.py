"""Renders a mail's folder of templates: subject, text and HTML from one context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from agent.mail.errors import TemplateBroken
from agent.mail.plain import one_line, wrapped

if TYPE_CHECKING:
    from jinja2 import Environment

    from agent.mail.languages import Language


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words: a subject of one line, plain text, and a page with its styles in place."""

    subject: str
    text: str
    html: str


class Renderer:
    """Renders by the templates that ship, and before them by those in a folder of the administrator's."""

    def __init__(self, overrides: Path) -> None:
        self._overrides = overrides
        self._environments: dict[Language, Environment] = {}

    def render(self, name: str, language: Language, context: Mapping[str, Any]) -> Rendered:
        """Render the folder ``email/<name>``. Raises ``TemplateBroken``, naming the file and line."""
        from agent.mail.environment import inlined  # noqa: PLC0415 - no command but those that write mail loads it

        subject = one_line(self._part(name, "subject.txt", language, context))
        html = self._part(name, "body.html", language, {**context, "subject": subject})
        return Rendered(subject, wrapped(self._part(name, "body.txt", language, context)), inlined(html))

    def _part(self, name: str, part: str, language: Language, context: Mapping[str, Any]) -> str:
        template = f"email/{name}/{part}.j2"
        try:
            return self._environment(language).get_template(template).render(context)
        except Exception as error:
            raise TemplateBroken(f"{self._place(error, template)}: {_problem(error)}") from error

    def _environment(self, language: Language) -> Environment:
        if language not in self._environments:
            from agent.mail.environment import environment  # noqa: PLC0415

            self._environments[language] = environment(self._overrides, language)
        return self._environments[language]

    def _place(self, error: Exception, template: str) -> str:
        """The template's file and line that an error comes from, as near as it can be told."""
        file, line = getattr(error, "filename", None), getattr(error, "lineno", None)
        if file is None:
            frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
            file, line = (frames[-1].filename, frames[-1].lineno) if frames else (template, None)
        path = Path(file)
        home = self._overrides.parent
        shown = path.relative_to(home) if path.is_relative_to(home) else path
        return f"{shown}:{line}" if line else str(shown)


def _problem(error: Exception) -> str:
    """What is wrong. Jinja's own errors speak of names in the template; any other might repeat a value."""
    own = type(error).__module__.startswith("jinja2")
    return str(error) if own and str(error) else f"{type(error).__name__} while rendering"
