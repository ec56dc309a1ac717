"""Every exception a command may end in, as what happened and what to do about it.

A class is known by its dotted name, since only what has been raised has been imported: ``--help`` loads none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

OUTSIDE, MISTAKE, UNEXPECTED, INTERRUPTED = 1, 2, 70, 130


@dataclass(frozen=True, slots=True)
class Failure:
    """A sentence for standard error and the exit code. ``usage`` says that the command line itself was wrong."""

    sentence: str
    code: int
    usage: bool = False


def explain(error: Exception) -> Failure:
    """Say what an exception means to whoever typed the command."""
    for kind in type(error).__mro__:
        if found := KNOWN.get(f"{kind.__module__}.{kind.__qualname__}"):
            return found(error)
    name = type(error).__name__
    return Failure(f"attune: unexpected {name}; run the same again with “attune --debug …” and report it", UNEXPECTED)


def _settings(error: Exception) -> Failure:
    return Failure(f"{error}\nattune: mend the above, then try “attune check”", MISTAKE)


def _no_home(error: Exception) -> Failure:
    advice = "write one with “attune init DIR”, or name another with --home DIR or ATTUNE_HOME"
    return Failure(f"attune: {error}; {advice}", MISTAKE)


def _connector(error: Exception) -> Failure:
    return Failure(f"attune: {_sentence(error)}; “attune doctor” says what works and what does not", OUTSIDE)


def _store(error: Exception) -> Failure:
    return Failure(f"attune: the store: {_advised(error)}", OUTSIDE)


def _template(error: Exception) -> Failure:
    advice = "mend that template, or take it away to use the one that ships"
    return Failure(f"attune: {_sentence(error)}; {advice}", MISTAKE)


def _outside(error: Exception) -> Failure:
    return Failure(f"attune: {_sentence(error)}", OUTSIDE)


def _usage(error: Exception) -> Failure:
    show = getattr(error, "format_message", None)
    context = getattr(error, "ctx", None)
    message = _wrong_value(error) or (str(show()) if show else str(error))
    if context is None or type(error).__name__ == "NoArgsIsHelpError":
        return Failure(message, MISTAKE, usage=True)
    return Failure(f"attune: {message}\nTry “{context.command_path} --help”.", MISTAKE, usage=True)


def _wrong_value(error: Exception) -> str | None:
    """What is wrong with an option's value, where all there is are the words of the library that read it."""
    details = getattr(error.__context__, "errors", None)
    if details is None:
        return None
    (first, *_), name = details(), getattr(error, "param", None)
    said = VALUES.get(first["type"])
    if said is None or name is None:
        return None
    return f"{name.opts[0]} {first['input']}: {said.format(**first.get('ctx', {}))}"


VALUES = {
    "greater_than_equal": "this is too small; write {ge} or more",
    "less_than_equal": "this is too large; write {le} or less",
    "int_parsing": "this is not a whole number; write digits, such as 2",
    "int_parsing_size": "this is too large a number",
}
"""What to say of a value that an option does not take, by the name its reader has for the mistake."""


def _interrupted(_error: Exception) -> Failure:
    return Failure("attune: interrupted", INTERRUPTED, usage=True)


def _system(error: Exception) -> Failure:
    name = getattr(error, "filename", None) or "the system"
    return Failure(f"attune: {name}: {getattr(error, 'strerror', None) or type(error).__name__}", OUTSIDE)


def _refused(error: Exception) -> Failure:
    return Failure(f"attune: {_advised(error)}", MISTAKE, usage=True)


def _advised(error: Exception) -> str:
    """What happened, and what to do about it where the error says so apart."""
    advice = getattr(error, "advice", "")
    return f"{_sentence(error)}; {advice}" if advice else _sentence(error)


def _sentence(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


KNOWN: dict[str, Callable[[Exception], Failure]] = {
    "agent.settings.errors.SettingsError": _settings,
    "agent.settings.errors.HomeNotFound": _no_home,
    "agent.store.errors.StoreBusy": _outside,
    "agent.store.errors.SchemaTooOld": _outside,
    "agent.store.errors.StoreLost": _refused,
    "agent.store.errors.StoreExists": _refused,
    "agent.store.errors.BadBackup": _refused,
    "agent.store.errors.StoreNotEmpty": _refused,
    "agent.store.errors.StoreError": _store,
    "connectors.errors.ConnectorError": _connector,
    "agent.daemon.health.CannotListen": _outside,
    "agent.mail.errors.TemplateBroken": _template,
    "typer._click.exceptions.ClickException": _usage,
    "click.exceptions.ClickException": _usage,
    "typer.exceptions.TyperException": _usage,
    "typer.exceptions.Abort": _interrupted,
    "click.exceptions.Abort": _interrupted,
    "agent.cli.options.Refused": _refused,
    "agent.wiring.NotRehearsing": _refused,
    "agent.services.edition.OlderFiles": _refused,
    "agent.vault.VaultError": _refused,
    "agent.wiring.roster.NotRead": _outside,
    "agent.wiring.roster.Interrupted": _interrupted,
    "builtins.OSError": _system,
}
