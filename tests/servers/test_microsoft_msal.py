"""Microsoft's own client library takes the double for the identity platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msal
import pytest
import requests

from tests.servers.microsoft.stage import GRAPH_SCOPES, REDIRECT, Person, Stage

pytestmark = [
    pytest.mark.xdist_group("microsoft"),
    pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended"),
]

Make = Callable[..., msal.ConfidentialClientApplication]


@pytest.fixture
def make(stage: Stage) -> Iterator[Make]:
    """Give what a connector has to configure: the authority, no asking about its host, and whom to trust."""
    with requests.Session() as session:
        session.verify = str(stage.server.authority)
        session.trust_env = False  # REQUESTS_CA_BUNDLE would win over ``verify``

        def application(tenant: str = "common", **more: Any) -> msal.ConfidentialClientApplication:
            return msal.ConfidentialClientApplication(
                stage.application["client_id"],
                client_credential=stage.application["secret"],
                authority=f"{stage.server.base}/{tenant}",
                instance_discovery=False,
                http_client=session,
                **more,
            )

        yield application


def granted(application: msal.ConfidentialClientApplication, person: Person, *scopes: str) -> dict[str, Any]:
    flow = application.initiate_auth_code_flow(list(scopes or GRAPH_SCOPES), redirect_uri=REDIRECT)
    seen = person.visitor.visit(flow["auth_uri"], "accept")
    result: dict[str, Any] = application.acquire_token_by_auth_code_flow(flow, seen.answer)
    return result


def test_a_code_becomes_tokens_and_an_account(stage: Stage, make: Make) -> None:
    application, person = make(), stage.account(name="Example Mentor")
    result = granted(application, person)
    assert result["id_token_claims"]["preferred_username"] == person.address
    assert result["id_token_claims"]["name"] == "Example Mentor"
    assert set(GRAPH_SCOPES) <= set(result["scope"].split())
    person.token = result["access_token"]
    assert person.get("/me")["mail"] == person.address
    [account] = application.get_accounts()
    assert account["home_account_id"] == f"{person.id}.{stage.tenant}"


def test_the_answer_may_come_as_a_form(stage: Stage, make: Make) -> None:
    application, person = make(), stage.account()
    flow = application.initiate_auth_code_flow(list(GRAPH_SCOPES), redirect_uri=REDIRECT, response_mode="form_post")
    seen = person.visitor.visit(flow["auth_uri"], "accept")
    assert seen.address == REDIRECT
    assert "access_token" in application.acquire_token_by_auth_code_flow(flow, seen.answer)


def test_a_token_is_renewed_silently_and_the_new_refresh_token_is_kept(stage: Stage, make: Make) -> None:
    cache = msal.SerializableTokenCache()
    application, person = make(token_cache=cache), stage.account()
    first = granted(application, person)
    [account] = application.get_accounts()
    second = application.acquire_token_silent_with_error(list(GRAPH_SCOPES), account, force_refresh=True)
    assert second["access_token"] != first["access_token"]
    stage.server.advance(301)
    again = msal.SerializableTokenCache()
    again.deserialize(cache.serialize())
    reopened = make(token_cache=again)
    third = reopened.acquire_token_silent_with_error(list(GRAPH_SCOPES), account, force_refresh=True)
    assert "access_token" in third, third


def test_who_kept_the_old_refresh_token_is_found_out(stage: Stage, make: Make) -> None:
    cache = msal.SerializableTokenCache()
    application, person = make(token_cache=cache), stage.account()
    granted(application, person)
    stored = cache.serialize()
    [account] = application.get_accounts()
    application.acquire_token_silent_with_error(list(GRAPH_SCOPES), account, force_refresh=True)
    stage.server.advance(301)
    old = msal.SerializableTokenCache()
    old.deserialize(stored)
    result = make(token_cache=old).acquire_token_silent_with_error(list(GRAPH_SCOPES), account, force_refresh=True)
    assert (result["error"], result["error_codes"]) == ("invalid_grant", [70000])


def test_a_revoked_grant_is_an_error_that_msal_passes_on(stage: Stage, make: Make) -> None:
    application, person = make(stage.tenant), stage.account()
    granted(application, person)
    stage.server.ask("POST", f"/accounts/{person.address}/revoke", {})
    [account] = application.get_accounts()
    result = application.acquire_token_silent_with_error(list(GRAPH_SCOPES), account, force_refresh=True)
    assert (result["error"], result["error_codes"]) == ("invalid_grant", [50173])


def test_another_state_is_refused_by_msal_itself(stage: Stage, make: Make) -> None:
    application = make()
    flow = application.initiate_auth_code_flow(list(GRAPH_SCOPES), redirect_uri=REDIRECT)
    answer = stage.account().visitor.visit(flow["auth_uri"], "accept").answer
    with pytest.raises(ValueError, match="state mismatch"):
        application.acquire_token_by_auth_code_flow(flow, answer | {"state": "another"})


def test_an_id_token_counts_whatever_time_the_server_has(stage: Stage, make: Make) -> None:
    for days in (40, -80):
        stage.server.advance(days * 86_400)
        assert "id_token_claims" in granted(make(), stage.account())


def test_a_host_that_microsoft_does_not_know_is_asked_about_unless_told_not_to(stage: Stage) -> None:
    """Why a connector needs ``instance_discovery=False``: without it msal asks login.microsoftonline.com."""
    asked = []

    class Recorded(requests.Session):
        def get(self, url: str, **more: Any) -> Any:  # type: ignore[override]
            asked.append(url)
            raise requests.ConnectionError

    with Recorded() as session, pytest.raises(requests.ConnectionError):
        msal.ConfidentialClientApplication(
            "client", client_credential="secret", authority=f"{stage.server.base}/common", http_client=session
        )
    assert asked == ["https://login.microsoftonline.com/common/discovery/instance"]
