"""The command line as a list: each command's name, its line in the help, and the module that holds it.

A command's module defines a function ``command``, whose parameters are its options and whose docstring is its help,
example included. It is imported only when that command runs or shows its own help. To add one: write the module, and
add its line to ``COMMANDS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from agent import __version__


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its name, its line in the list of commands, where it is."""

    name: str
    line: str
    module: str
    hidden: bool = False


COMMANDS = (
    Entry("init", "Write a new deployment folder.", "agent.cli.init"),
    Entry("check", "Name every mistake in a deployment's files.", "agent.cli.check"),
    Entry("run", "Keep the programme going, or make one sweep of it.", "agent.cli.run"),
    Entry("slots", "List the times at which a relationship could meet.", "agent.cli.slots"),
    Entry("explain", "Say what stands in the way of a meeting, and what would help.", "agent.cli.explain"),
    Entry("plan", "Show what would be booked next.", "agent.cli.plan"),
    Entry("status", "Show how the programme stands.", "agent.cli.status"),
    Entry("journal", "Print what was decided and done, and why.", "agent.cli.journal"),
    Entry("preview", "Show any mail as a person would get it.", "agent.cli.preview"),
    Entry("invite", "Ask people by mail for access to their calendars.", "agent.cli.invite"),
    Entry("grants", "List who granted access, and where it does not work.", "agent.cli.grants"),
    Entry("revoke", "Take back what somebody granted, at the provider too.", "agent.cli.revoke"),
    Entry("keys", "Make, list and rotate the keys that seal what people granted.", "agent.cli.keys"),
    Entry("policy", "Accept a changed policy that was refused.", "agent.cli.policy"),
    Entry("doctor", "Look at every part, and say what to do where it is not well.", "agent.cli.doctor"),
    Entry("db", "Bring the database's tables up to date, or begin anew.", "agent.cli.db"),
    Entry("backup", "Write a backup of the store, while Attune runs.", "agent.cli.backup"),
    Entry("restore", "Put a backup in the place of the store.", "agent.cli.restore"),
    Entry("demo", "Run sixteen weeks of a programme on this machine.", "agent.cli.demo"),
    Entry("simulate", "Run a made-up programme through weeks of trouble, and judge it.", "agent.cli.simulate"),
    Entry("schema", "Write the JSON Schemas of the three files.", "agent.cli.schema", hidden=True),
)

EPILOG = """
\b
Exit codes:
  0    done, or nothing to do
  1    something outside failed: a calendar, the mail server, the store
  2    the command line, or the deployment's files, hold a mistake; the store is lost, or a key is
  70   unexpected: a fault of Attune's own
  130  interrupted from the keyboard

\b
Example:
  attune init mentoring
  attune check --home mentoring
"""


@dataclass
class Choices:
    """What was said before the command's name."""

    debug: bool = False


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and line, and imports one when it is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for entry in COMMANDS:
            self.add_command(TyperCommand(entry.name, help=entry.line, short_help=entry.line, hidden=entry.hidden))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command by its name, and put the real one in the place of its line."""
        name, known, rest = super().resolve_command(ctx, args)
        return name, load(name) if name and known else known, rest


def load(name: str) -> Any:
    """Import the module of one command and make a command of its function."""
    entry = next(entry for entry in COMMANDS if entry.name == name)
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    single.command(name)(import_module(entry.module).command)
    return typer.main.get_command(single)


def command_line() -> Any:
    """Build the command line. It prints plain text, so that it reads the same in a log."""
    app = typer.Typer(
        name="attune",
        cls=LazyGroup,
        help="Keep remote mentoring pairs meeting: calendars in, meetings and mails out.",
        epilog=EPILOG,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_before)
    return typer.main.get_command(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"attune {__version__}")
        raise typer.Exit


def _before(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace when something fails.")] = False,
    version: Annotated[  # noqa: ARG001 - answered by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    context.obj.debug = debug
