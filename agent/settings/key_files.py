"""Where the keys are that seal what people granted: never in the store, and never in the three files themselves.

The first of these that is there counts: the variable ``ATTUNE_KEY``, which holds keys; a file named by the variable
``ATTUNE_KEY_FILE``, or by ``key_file`` in attune.yaml; ``attune-key`` among the credentials of a systemd service.
"""

from __future__ import annotations

from pathlib import Path

from agent.settings.load import key_variables
from agent.vault import Key, NoKey, parse_keys

CREDENTIAL = "attune-key"


def key_file(home: Path, written: str | None) -> Path | None:
    """Give the file that keys are read from; None where they are in a variable, or nowhere.

    ``written`` is what attune.yaml names, against the deployment folder.
    """
    _, named, credentials = key_variables()
    if named or written:
        return home / Path(named or written or "").expanduser()
    return Path(credentials) / CREDENTIAL if credentials and (Path(credentials) / CREDENTIAL).is_file() else None


def read_keys(home: Path, written: str | None) -> tuple[Key, ...]:
    """Give the keys there are now, the newest first. Raises ``NoKey`` and ``BadKey``."""
    given, _, _ = key_variables()
    if given:
        return parse_keys(given.replace(",", "\n"), "ATTUNE_KEY")
    file = key_file(home, written)
    if file is None:
        raise NoKey("there is no key to open what people granted", ADVICE)
    try:
        return parse_keys(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise NoKey(f"the key file {file} cannot be read ({why})", ADVICE) from None


ADVICE = "put the one that was there back; where there never was one, “attune keys new --to FILE” makes it"
