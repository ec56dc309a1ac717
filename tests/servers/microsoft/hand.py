"""The hand of a person in Outlook: the same operations, with every right, counted by nobody and struck by no fault."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.microsoft.directory import Account
from tests.servers.microsoft.graph import routes
from tests.servers.microsoft.graph.call import Call
from tests.servers.microsoft.graph.errors import GraphError
from tests.servers.microsoft.graph.scopes import KNOWN
from tests.servers.microsoft.identity.grants import Access, Grant
from tests.servers.microsoft.world import World


async def act(world: World, account: Account, method: str, path: str, body: Any) -> tuple[int, Any]:
    """Do it, and give the status and body that Graph would answer."""
    parts = urlsplit(path)
    access = Access(Grant("outlook", account.id, KNOWN), KNOWN, world.clock.now() + timedelta(hours=1))
    raw = json.dumps(body or {}).encode()
    query, headers = tuple(parse_qsl(parts.query)), {"content-type": "application/json"}
    try:
        operation, names = routes.find(method, parts.path, frozenset({account.id, account.address}))
        call = Call(method, parts.path, query, headers, raw, access, account, world.mailbox(account), names)
        if operation.takes and (problem := world.schema.problem(operation.takes, body)):
            return 400, problem
        answer = await operation.handler(world, call)
    except GraphError as refused:
        return refused.status, refused.code
    return answer.status, answer.body
