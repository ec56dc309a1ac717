"""``attune keys``: the keys that seal what people granted."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import Home, Refused

if TYPE_CHECKING:
    from agent.vault import Key


class Action(Enum):
    """What can be done with keys."""

    NEW = "new"
    LIST = "list"
    ROTATE = "rotate"


def command(
    action: Annotated[Action, typer.Argument(help="What to do: new, list or rotate.", show_default=False)],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", show_default=False, help="With “new”: put it first in this file."),
    ] = None,
    home: Home = None,
) -> None:
    """Make a key, list the keys there are, or seal everything with the newest.

    “new” prints a key or, with --to, puts it above those in a file that only its owner can read. To rotate: “new --to”
    the key file, then “rotate”, then take the older lines out. Attune may go on running: it reads the file each time.

    \b
    Example:
      attune keys new --to /etc/attune/key
      attune keys rotate --home /srv/attune
    """
    if to is not None and action is not Action.NEW:
        raise Refused("--to goes with “attune keys new” only")
    if action is Action.NEW:
        _new(to)
    elif action is Action.LIST:
        _list(home)
    else:
        _rotate(home)


def _new(to: Path | None) -> None:
    from agent.vault import new_key

    key = new_key()
    if to is None:
        typer.echo(str(key))
        return
    try:
        _put_first(to, key)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refused(f"{to} cannot be written ({why}); name a file in a folder that is there and yours") from None
    typer.echo(f"{to}: key {key.name} is first; keep a copy apart from backups of the store", err=True)


def _put_first(to: Path, key: Key) -> None:
    """Write a key above those that are there, in one step, readable by the owner only. Refuses what holds no keys."""
    from agent.vault import NoKey, parse_keys

    before = to.read_text(encoding="utf-8") if to.exists() else ""
    with suppress(NoKey):
        parse_keys(before, str(to))
    handle, name = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.absolute().parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{key}\n{before}")
            file.flush()
            os.fsync(file.fileno())
        if to.exists():
            os.chown(name, to.stat().st_uid, to.stat().st_gid)
        Path(name).replace(to)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _list(home: Path | None) -> None:
    from agent.services.rotate_keys import sealed_by
    from agent.wiring.alone import open_alone
    from agent.wiring.parts import open_vault

    with open_alone(home) as alone:
        keys = open_vault(alone.at.home, alone.at.attune.key_file).keys()
        sealed = sealed_by(alone.store)
    for position, key in enumerate(keys):
        newest = "" if position else " (newest: seals what is new)"
        typer.echo(f"{key.name}: grants sealed with it: {sealed.pop(key.name, 0)}{newest}")
    for name, count in sorted(sealed.items()):
        typer.echo(f"{name}: grants sealed with it: {count} (and this key is missing)")


def _rotate(home: Path | None) -> None:
    from agent.services.rotate_keys import rotate
    from agent.wiring.alone import open_alone
    from agent.wiring.parts import open_vault

    with open_alone(home) as alone:
        rotated = rotate(alone.store, open_vault(alone.at.home, alone.at.attune.key_file))
    typer.echo(f"grants sealed anew: {rotated.done}")
    if rotated.free:
        names = ", ".join(rotated.free)
        typer.echo(f"nothing here needs {names} any more; older backups do, so keep a copy as long as those")
