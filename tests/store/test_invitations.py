"""Links, consents under way and the mails about them on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.invitations import InvitationContract
from tests.store.postgresql import Server


class TestOnSqlite(InvitationContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/attune.db"


class TestOnPostgresql(InvitationContract):
    @pytest.fixture
    def url(self, postgresql_server: Server) -> Iterator[str]:
        with postgresql_server.database() as url:
            yield url
