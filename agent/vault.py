"""Seals what must be of no use to whoever has the store and not the key: tokens, account names, verifiers.

- A *key* is 32 random bytes, written as base64url, kept outside the store. There may be several: the first is the
  newest, and seals; all of them open.
- A *sealed* text says with which key it was sealed and holds a nonce and the ciphertext of AES-256-GCM. ``about`` names
  the row and column it belongs to and is authenticated with it: moved to another row, it does not open.

Keys are asked for each time, so that a rotation needs no restart. A lost key loses nothing else: what it sealed stays
where it is, and opens again as soon as the key is back.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORM = "v1"
"""The first part of a sealed text."""

KEY_BYTES, NONCE_BYTES = 32, 12

MAKE_ONE = "make one with “attune keys new”, or put the one that was there back"


class VaultError(Exception):
    """Base of what keys can be wrong in; ``advice`` says what to do. Nothing is lost by any of them."""

    def __init__(self, says: str, advice: str = MAKE_ONE) -> None:
        super().__init__(says)
        self.advice = advice


class NoKey(VaultError):
    """There is no key to seal or open with."""


class BadKey(VaultError):
    """What is given as a key is none."""


class WrongKey(VaultError):
    """It was sealed with a key that is not among those given."""


class Tampered(VaultError):
    """The key is there and it does not open: it was changed, cut short, or belongs to another row."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key; its name is a digest, and says nothing of it."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Eight letters to tell it from others by."""
        return sha256(b"attune key\0" + self.secret).hexdigest()[:8]

    def __str__(self) -> str:
        """Write it as a key file holds it."""
        return urlsafe_b64encode(self.secret).decode()


def new_key() -> Key:
    """Make a key that nobody has."""
    return Key(secrets.token_bytes(KEY_BYTES))


def parse_keys(text: str, where: str) -> tuple[Key, ...]:
    """Read keys, one a line, the newest first; what follows a ``#`` is not read. Raises ``BadKey`` and ``NoKey``."""
    lines = ((number, line.partition("#")[0].strip()) for number, line in enumerate(text.splitlines(), 1))
    keys = tuple(_parse(line, f"{where}, line {number}") for number, line in lines if line)
    if not keys:
        raise NoKey(f"{where} holds no key")
    return keys


def _parse(line: str, where: str) -> Key:
    try:
        found = urlsafe_b64decode(line.encode("ascii"))
    except (NotBase64, UnicodeEncodeError):
        found = b""
    if len(found) != KEY_BYTES or urlsafe_b64encode(found).decode() != line:
        raise BadKey(f"{where} is not a key: it would be 44 letters that “attune keys new” made")
    return Key(found)


def no_keys() -> tuple[Key, ...]:
    """Have none. Raises ``NoKey``."""
    raise NoKey("there is no key to open what people granted")


class Vault:
    """Seals and opens with whatever keys there are at that moment."""

    def __init__(self, keys: Callable[[], tuple[Key, ...]]) -> None:
        self._keys = keys

    def keys(self) -> tuple[Key, ...]:
        """Give the keys there are, the newest first. Raises ``NoKey`` and ``BadKey``."""
        return self._keys()

    def seal(self, plain: bytes, about: str) -> str:
        """Seal something with the newest key. Raises ``NoKey`` and ``BadKey``."""
        key, nonce = self._keys()[0], secrets.token_bytes(NONCE_BYTES)
        sealed = _cipher(key).encrypt(nonce, plain, _bound(key.name, about))
        return f"{FORM}.{key.name}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, about: str) -> bytes:
        """Open what was sealed for the same purpose. Raises ``WrongKey`` and ``Tampered``, and what ``keys`` does."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as below

        name, hidden = _parts(sealed)
        key = _named(self._keys(), name)
        try:
            return _cipher(key).decrypt(hidden[:NONCE_BYTES], hidden[NONCE_BYTES:], _bound(name, about))
        except (InvalidTag, ValueError):
            raise Tampered(
                "a secret in the store was changed, or moved from another row", "ask the person for a new grant"
            ) from None

    def reseal(self, sealed: str, about: str) -> str:
        """Give the same under the newest key; as it is where that sealed it already."""
        return sealed if sealed_with(sealed) == self._keys()[0].name else self.seal(self.open(sealed, about), about)


def sealed_with(sealed: str) -> str:
    """Give the name of the key that sealed it. Raises ``Tampered``."""
    return _parts(sealed)[0]


def _parts(sealed: str) -> tuple[str, bytes]:
    form, _, rest = sealed.partition(".")
    name, _, hidden = rest.partition(".")
    try:
        found = urlsafe_b64decode(hidden.encode("ascii")) if form == FORM else b""
    except ValueError:
        found = b""
    if not found:
        raise Tampered("a secret in the store is not one", "ask the person for a new grant")
    return name, found


def _named(keys: Iterable[Key], name: str) -> Key:
    for key in keys:
        if key.name == name:
            return key
    advice = "give that key too, below the newest: nothing is lost, and all goes on once it is there"
    raise WrongKey(f"the store has secrets sealed with key {name}, which is not among those given", advice)


def _bound(name: str, about: str) -> bytes:
    return f"attune\0{FORM}\0{name}\0{about}".encode()


def _cipher(key: Key) -> AESGCM:
    """Load the library where it is needed: few commands do."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return AESGCM(key.secret)
