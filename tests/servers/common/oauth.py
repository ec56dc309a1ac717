"""The parts of OAuth and OpenID Connect that are the same with every provider."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
"""RFC 7636, section 4.1."""


def opaque(prefix: str = "") -> str:
    """Make a token that nobody guesses."""
    return prefix + secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636, section 4.2."""
    return unpadded(hashlib.sha256(verifier.encode()).digest())


def verifies(verifier: str, challenge: str) -> bool:
    """Say whether a verifier is well formed and belongs to an S256 challenge."""
    return bool(VERIFIER.fullmatch(verifier)) and secrets.compare_digest(challenge_of(verifier), challenge)


def unpadded(data: bytes) -> str:
    """base64url without its padding, as JOSE writes it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SigningKey:
    """Signs identity tokens with RS256, and says how to check them."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self._key.public_key().public_numbers()
        self._public = {"kty": "RSA", "alg": "RS256", "use": "sig", "n": _integer(numbers.n), "e": _integer(numbers.e)}
        self.kid = hashlib.sha256(self._public["n"].encode()).hexdigest()[:40]

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self._public | {"kid": self.kid}]}

    def sign(self, claims: dict[str, Any]) -> str:
        """Make a JWT."""
        parts = ({"alg": "RS256", "kid": self.kid, "typ": "JWT"}, claims)
        signed = ".".join(unpadded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        return f"{signed}.{unpadded(self._key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _integer(value: int) -> str:
    return unpadded(value.to_bytes((value.bit_length() + 7) // 8, "big"))
