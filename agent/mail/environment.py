"""The Jinja environment of one language: strict, escaped, in a sandbox, the administrator's own templates first."""

from __future__ import annotations

from pathlib import Path

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from agent.mail.languages import Language
from agent.resources import data_dir

# An address outside is never asked for anything, whatever a template names.
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def environment(overrides: Path, language: Language) -> ImmutableSandboxedEnvironment:
    """Make the environment in which every template of a language is rendered."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([overrides, data_dir("templates")]),
        # Jinja's default goes by the last suffix and would leave body.html.j2 unescaped.
        autoescape=select_autoescape(("html", "html.j2"), default_for_string=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(language.words, newstyle=True)  # type: ignore[attr-defined]  # put there by i18n
    return made


def inlined(html: str) -> str:
    """Put a page's style rules into its elements, where mail programs look; rules for media stay as they are."""
    return _INLINER.inline(html)
