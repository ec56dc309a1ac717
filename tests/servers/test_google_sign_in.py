"""Signing in at the double of Google: what a person sees and ticks, what a client gets for it, and how it ends."""

from __future__ import annotations

import base64
import json

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from tests.servers.common.process import HTTP
from tests.servers.google.acting import ALL, BACK, MENTEE, MENTOR, agree, asking, call, press, reason, redeem, refresh
from tests.servers.google.clients import service
from tests.servers.google.documents import Json
from tests.servers.google.running import CLIENT, DEFAULT_SCOPES, GoogleServer

FREEBUSY, CREATED = DEFAULT_SCOPES[2:]
DAY = 86400


def page(server: GoogleServer, **changes: str) -> httpx.Response:
    return HTTP.get(f"{server.root}/o/oauth2/v2/auth", params=asking(**changes))


def sign_in(server: GoogleServer, *scopes: str, **changes: str) -> Json:
    tokens: Json = redeem(server, agree(server, *scopes, **changes)).raise_for_status().json()
    return tokens


def test_the_page_shows_accounts_and_a_tick_box_for_each_scope_beyond_signing_in(server: GoogleServer) -> None:
    shown = page(server, login_hint=MENTEE).text
    assert shown.count('type="radio"') == 2
    assert f'value="{MENTEE}" required checked' in shown
    assert shown.count('type="checkbox"') == 2
    assert "View your availability in your calendars" in shown
    assert "<script" not in shown


def test_a_single_scope_has_no_box_to_tick(server: GoogleServer) -> None:
    shown = page(server, scope=f"openid {FREEBUSY}").text
    assert "checkbox" not in shown
    assert f'type="hidden" name="scope" value="{FREEBUSY}"' in shown


def test_agreeing_gives_tokens_for_what_was_ticked(server: GoogleServer) -> None:
    tokens = sign_in(server, FREEBUSY, CREATED)
    granted = {"openid", "https://www.googleapis.com/auth/userinfo.email", FREEBUSY, CREATED}
    assert set(tokens["scope"].split()) == granted
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3599
    assert call(server, tokens, "GET", "/oauth2/v2/userinfo").json()["email"] == MENTOR


def test_what_was_not_ticked_is_missing_and_refused(server: GoogleServer) -> None:
    tokens = sign_in(server, FREEBUSY)
    assert CREATED not in tokens["scope"]
    refused = call(server, tokens, "POST", "calendars", {"summary": "x"})
    assert reason(refused) == (403, "insufficientPermissions")
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_the_state_comes_back_as_it_was(server: GoogleServer) -> None:
    assert press(server, {"account": MENTOR, "decision": "allow"}, state="a b&c")["state"] == "a b&c"


def test_saying_no_gives_no_code(server: GoogleServer) -> None:
    assert press(server, {"account": MENTOR, "decision": "deny"}) == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize(
    ("how", "carried"),
    [({"account": MENTOR}, "code"), ({"deny": True}, "error"), ({"account": MENTOR, "unticked": [CREATED]}, "code")],
)
def test_a_person_can_be_told_beforehand_what_to_do(server: GoogleServer, how: Json, carried: str) -> None:
    server.consents(**how)
    went = page(server)
    assert went.status_code == 303
    assert f"{carried}=" in went.headers["Location"]
    assert (CREATED.replace("/", "%2F").replace(":", "%3A") in went.headers["Location"]) == (how == {"account": MENTOR})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "somebody"}, "invalid_client"),
        ({"redirect_uri": f"{BACK}/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://elsewhere.example/back"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": f"{ALL}.everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"acces_type": "offline"}, "invalid_request"),
        ({"access_type": "forever"}, "invalid_request"),
        ({"prompt": "please"}, "invalid_request"),
    ],
)
def test_a_client_that_asks_wrongly_is_told_on_a_page(
    server: GoogleServer, changes: dict[str, str], error: str
) -> None:
    shown = page(server, **changes)
    assert shown.status_code in {400, 401}
    assert f"Error: {error}" in shown.text


def test_asking_without_a_page_needs_somebody_who_agreed(server: GoogleServer) -> None:
    assert "error=interaction_required" in page(server, prompt="none").headers["Location"]


def test_a_code_is_good_once(server: GoogleServer) -> None:
    code = agree(server)
    assert redeem(server, code).is_success
    assert redeem(server, code).json()["error"] == "invalid_grant"


def test_a_code_is_good_for_ten_minutes(server: GoogleServer) -> None:
    code = agree(server)
    server.advance(601)
    assert redeem(server, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": f"{BACK}?"}, "redirect_uri_mismatch"),
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_id": "somebody"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"audience": "x"}, "invalid_request"),
        ({"code": "4/0wrong"}, "invalid_grant"),
    ],
)
def test_a_code_is_redeemed_by_whom_it_was_for(server: GoogleServer, changes: dict[str, str], error: str) -> None:
    code = agree(server)
    refused = redeem(server, **({"code": code} | changes))
    assert refused.status_code in {400, 401}
    assert refused.json()["error"] == error


def test_the_identity_token_is_signed_with_the_key_that_is_published(server: GoogleServer) -> None:
    token = sign_in(server, nonce="n-1")["id_token"]
    (key,) = HTTP.get(f"{server.root}/oauth2/v3/certs").json()["keys"]
    head, claims, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    n, e = (int.from_bytes(base64.urlsafe_b64decode(key[name] + "==")) for name in ("n", "e"))
    public = RSAPublicNumbers(e, n).public_key()
    public.verify(signature, token.rpartition(".")[0].encode(), PKCS1v15(), SHA256())
    said = json.loads(claims)
    assert json.loads(head)["kid"] == key["kid"]
    assert (said["aud"], said["email"], said["nonce"]) == (CLIENT, MENTOR, "n-1")
    assert said["exp"] - said["iat"] == 3600


def test_the_identity_is_told_to_whoever_holds_a_token(server: GoogleServer) -> None:
    url = HTTP.get(f"{server.root}/.well-known/openid-configuration").json()["userinfo_endpoint"]
    told = HTTP.get(url, headers={"Authorization": f"Bearer {sign_in(server)['access_token']}"}).json()
    assert (told["email"], told["email_verified"], "sub" in told, "name" in told) == (MENTOR, True, True, False)
    assert HTTP.get(url, headers={"Authorization": "Bearer other"}).status_code == 401


def test_an_access_token_ends_after_an_hour_and_a_new_one_is_given(server: GoogleServer) -> None:
    tokens = sign_in(server, CREATED)
    server.advance(3600)
    expired = call(server, tokens, "POST", "calendars", {"summary": "x"})
    assert reason(expired) == (401, "authError")
    assert 'error="invalid_token"' in expired.headers["WWW-Authenticate"]
    fresh = refresh(server, tokens["refresh_token"]).json()
    assert "refresh_token" not in fresh
    assert call(server, fresh, "POST", "calendars", {"summary": "x"}).is_success


def test_the_library_that_google_ships_renews_an_access_token_by_itself(server: GoogleServer) -> None:
    tokens = sign_in(server, CREATED)
    server.advance(3600)
    with service(server, "calendar.v3", tokens) as calendar:
        assert calendar.calendars().insert(body={"summary": "Attune"}).execute()["summary"] == "Attune"
    calls = server.calls()
    assert calls["methods"]["oauth2.token"] == 2
    assert [each["reason"] for each in calls["refused"]] == ["authError"]


def test_a_rotated_refresh_token_replaces_the_old_one(server: GoogleServer) -> None:
    server.set(rotate_refresh_tokens=True)
    old = sign_in(server)["refresh_token"]
    new = refresh(server, old).json()["refresh_token"]
    assert refresh(server, old).json()["error"] == "invalid_grant"
    assert refresh(server, new).is_success


def test_agreeing_again_gives_no_refresh_token_unless_asked_for(server: GoogleServer) -> None:
    assert "refresh_token" in sign_in(server, FREEBUSY)
    assert "refresh_token" not in sign_in(server, FREEBUSY)
    assert "refresh_token" in sign_in(server, FREEBUSY, prompt="consent")


def test_a_person_who_is_there_gives_no_refresh_token(server: GoogleServer) -> None:
    assert "refresh_token" not in sign_in(server, access_type="online")


def test_scopes_agreed_to_before_come_along_where_asked_for(server: GoogleServer) -> None:
    sign_in(server, FREEBUSY)
    assert FREEBUSY not in sign_in(server, CREATED)["scope"]
    assert FREEBUSY in sign_in(server, CREATED, include_granted_scopes="true")["scope"]


@pytest.mark.parametrize(("days", "alive"), [(182, True), (184, False)])
def test_a_grant_that_sleeps_for_six_months_is_over(server: GoogleServer, days: int, alive: bool) -> None:
    token = sign_in(server)["refresh_token"]
    server.advance(days * DAY)
    assert refresh(server, token).is_success == alive


def test_a_client_in_testing_has_grants_for_a_week(server: GoogleServer) -> None:
    server.add_client(BACK, testing=True)
    tokens = sign_in(server)
    assert tokens["refresh_token_expires_in"] == 7 * DAY
    server.advance(8 * DAY)
    assert refresh(server, tokens["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("scope", "alive"), [(FREEBUSY, True), ("https://www.googleapis.com/auth/gmail.send", False)])
def test_a_new_password_ends_grants_that_reach_into_the_mailbox(server: GoogleServer, scope: str, alive: bool) -> None:
    token = server.grant(MENTOR, ["openid", "email", scope])["refresh_token"]
    server.change_password(MENTOR)
    assert refresh(server, token).is_success == alive


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_everything(server: GoogleServer, name: str) -> None:
    tokens = sign_in(server, CREATED)
    assert HTTP.post(f"{server.root}/revoke", data={"token": tokens[name]}).status_code == 200
    assert refresh(server, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert reason(call(server, tokens, "POST", "calendars", {"summary": "x"})) == (401, "authError")
    assert HTTP.post(f"{server.root}/revoke", data={"token": tokens[name]}).json()["error"] == "invalid_token"
    assert "refresh_token" in sign_in(server, CREATED)


def test_the_hundred_and_first_grant_ends_the_first(server: GoogleServer) -> None:
    tokens = [server.grant(MENTOR)["refresh_token"] for _ in range(101)]
    assert [refresh(server, tokens[index]).is_success for index in (0, 1, 100)] == [False, True, True]


def test_a_refresh_cannot_ask_for_more(server: GoogleServer) -> None:
    token = sign_in(server, FREEBUSY)["refresh_token"]
    assert refresh(server, token, scope=f"openid {CREATED}").json()["error"] == "invalid_scope"
