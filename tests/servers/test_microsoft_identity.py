"""The identity platform's double grants what it should, and refuses what the real one refuses."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

import httpx
import jwt
import pytest

from tests.servers.microsoft.stage import REDIRECT, SCOPES, Stage, aadsts, challenge

pytestmark = pytest.mark.xdist_group("microsoft")


def test_a_person_grants_with_plain_forms_and_comes_back_with_code_and_state(stage: Stage) -> None:
    seen = stage.account().visitor.visit(stage.address(), "accept")
    assert seen.address.startswith(f"{REDIRECT}?")
    assert seen.answer["state"] == "state-1"
    tokens = stage.redeem(seen.answer["code"]).json()
    assert tokens["token_type"] == "Bearer"
    assert set(tokens["scope"].split()) == set(SCOPES) - {"offline_access"}


def test_an_id_token_is_signed_with_a_key_that_is_published(stage: Stage) -> None:
    person = stage.account(name="Example Mentor")
    tokens = stage.redeem(person.visitor.visit(stage.address(), "accept").answer["code"], client_info="1").json()
    document = stage.client.get(f"{stage.server.base}/{stage.tenant}/v2.0/.well-known/openid-configuration").json()
    key = jwt.PyJWKSet.from_dict(stage.client.get(document["jwks_uri"]).json())
    kid = jwt.get_unverified_header(tokens["id_token"])["kid"]
    claims = jwt.decode(
        tokens["id_token"],
        key[kid].key,
        algorithms=["RS256"],
        audience=stage.application["client_id"],
        issuer=document["issuer"],
    )
    assert (claims["nonce"], claims["oid"], claims["tid"]) == ("nonce-1", person.id, stage.tenant)
    assert claims["preferred_username"] == person.address
    padded = tokens["client_info"] + "=" * (-len(tokens["client_info"]) % 4)
    assert json.loads(base64.urlsafe_b64decode(padded)) == {"uid": person.id, "utid": stage.tenant}


def test_the_second_time_nobody_is_asked_for_consent(stage: Stage) -> None:
    person = stage.person()
    assert "code" in person.visitor.visit(stage.address()).answer


def test_consent_can_be_asked_for_again(stage: Stage) -> None:
    person = stage.person()
    seen = person.visitor.visit(stage.address(prompt="consent"), "cancel")
    assert seen.answer["error"] == "access_denied"


def test_consent_that_is_declined_comes_back_as_an_error(stage: Stage) -> None:
    seen = stage.account().visitor.visit(stage.address(), "cancel")
    assert (seen.answer["error"], aadsts(seen), seen.answer["state"]) == ("access_denied", 65004, "state-1")


def test_a_wrong_password_leads_nowhere(stage: Stage) -> None:
    person = stage.account()
    person.password = "wrong"
    with pytest.raises(StopIteration):
        person.visitor.visit(stage.address(), "no such button")


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"redirect_uri": f"{REDIRECT}/"}, 50011),
        ({"client_id": "11111111-1111-1111-1111-111111111111"}, 700016),
        ({"redirect_uri": ""}, 900144),
    ],
)
def test_who_may_not_be_answered_sees_a_page(stage: Stage, changed: dict[str, str], number: int) -> None:
    answer = stage.client.get(stage.address(**changed))
    assert answer.status_code == 400
    assert f"AADSTS{number}" in answer.text


@pytest.mark.parametrize(
    ("changed", "error", "number"),
    [
        ({"response_type": "token"}, "unsupported_response_type", 700054),
        ({"code_challenge_method": "plain"}, "invalid_request", 501491),
        ({"code_challenge": ""}, "invalid_request", 900144),
        ({"scope": "openid Calendars.Reed"}, "invalid_client", 650053),
        ({"scope": ""}, "invalid_request", 900144),
        ({"shoe_size": "44"}, "invalid_request", 9002313),
        ({"prompt": "none"}, "login_required", 50058),
    ],
)
def test_a_wrong_request_comes_back_with_its_number(
    stage: Stage, changed: dict[str, str], error: str, number: int
) -> None:
    answer = stage.client.get(stage.address(**changed))
    assert answer.status_code == 302
    said = httpx.URL(answer.headers["location"]).params
    assert (said["error"], said["state"]) == (error, "state-1")
    assert said["error_description"].startswith(f"AADSTS{number}:")


def test_a_tenant_that_does_not_exist_is_refused_everywhere(stage: Stage) -> None:
    answer = stage.client.get(stage.address(tenant="nobody.example"))
    assert "AADSTS90002" in httpx.URL(answer.headers["location"]).params["error_description"]
    document = stage.client.get(f"{stage.server.base}/nobody.example/v2.0/.well-known/openid-configuration")
    assert (document.status_code, aadsts(document)) == (400, 90002)


def test_an_account_of_another_tenant_is_not_let_in(stage: Stage) -> None:
    other = Stage(stage.server, stage.client, "elsewhere.example").open()
    stranger = other.account()
    page = stage.client.get(stage.address(tenant=stage.tenant))
    context = page.text.partition('name="ctx" value="')[2].partition('"')[0]
    form = {"ctx": context, "login": stranger.address, "passwd": stranger.password, "answer": "accept"}
    answer = stage.client.post(f"{stage.server.base}/{stage.tenant}/login", data=form)
    assert "AADSTS50020" in answer.text


def test_a_code_is_good_once_and_the_second_time_ends_what_came_of_it(stage: Stage) -> None:
    code = stage.account().visitor.visit(stage.address(), "accept").answer["code"]
    first = stage.redeem(code).json()
    assert aadsts(stage.redeem(code)) == 54005
    assert aadsts(stage.refresh(first["refresh_token"])) == 50173


@pytest.mark.parametrize(
    ("changed", "number", "status"),
    [
        ({"code_verifier": "w" * 50}, 501481, 400),
        ({"code_verifier": ""}, 900144, 400),
        ({"redirect_uri": "https://attune.example/elsewhere"}, 70000, 400),
        ({"client_secret": "wrong"}, 7000215, 401),
        ({"client_secret": ""}, 7000218, 401),
        ({"client_id": "11111111-1111-1111-1111-111111111111"}, 700016, 400),
        ({"grant_type": "password"}, 70003, 400),
    ],
)
def test_a_code_is_shown_with_what_belongs_to_it_or_in_vain(
    stage: Stage, changed: dict[str, str], number: int, status: int
) -> None:
    code = stage.account().visitor.visit(stage.address(), "accept").answer["code"]
    answer = stage.redeem(code, **changed)
    assert (aadsts(answer), answer.status_code) == (number, status)


def test_a_code_that_was_never_given_is_refused(stage: Stage) -> None:
    assert aadsts(stage.redeem("made-up")) == 9002313


def test_a_code_is_good_for_ten_minutes(stage: Stage) -> None:
    code = stage.account().visitor.visit(stage.address(), "accept").answer["code"]
    stage.server.advance(600)
    assert aadsts(stage.redeem(code)) == 70008


def test_a_refresh_token_is_replaced_and_the_old_one_ends_after_the_grace(stage: Stage) -> None:
    old = stage.grant(stage.account())["refresh_token"]
    new = stage.refresh(old).json()["refresh_token"]
    assert new != old
    assert stage.refresh(old).status_code == 200, "the first answer may have been lost"
    stage.server.advance(300)
    assert aadsts(stage.refresh(old)) == 70000
    assert stage.refresh(new).status_code == 200


def test_a_refresh_token_ends_when_nobody_uses_it(stage: Stage) -> None:
    token = stage.grant(stage.account())["refresh_token"]
    stage.server.advance(91 * 86_400)
    assert aadsts(stage.refresh(token)) == 700082


def test_a_revoked_grant_takes_its_tokens_with_it(stage: Stage) -> None:
    person = stage.account()
    tokens = stage.grant(person)
    person.token = tokens["access_token"]
    stage.server.ask("POST", f"/accounts/{person.address}/revoke", {"consent": True})
    assert person.ask("GET", "/me").status_code == 401
    answer = stage.refresh(tokens["refresh_token"])
    assert (answer.json()["error"], aadsts(answer)) == ("invalid_grant", 50173)


def test_consent_that_was_withdrawn_or_never_given_is_missing_at_the_token_endpoint(stage: Stage) -> None:
    tokens = stage.grant(stage.account(), "User.Read")
    answer = stage.refresh(tokens["refresh_token"], scope="openid Calendars.ReadWrite")
    assert (answer.json()["suberror"], aadsts(answer)) == ("consent_required", 65001)


def test_a_person_may_be_needed_before_the_next_refresh(stage: Stage) -> None:
    person = stage.account()
    token = stage.grant(person)["refresh_token"]
    stage.server.ask("POST", f"/accounts/{person.address}/interaction", {})
    answer = stage.refresh(token)
    assert (answer.json()["error"], aadsts(answer)) == ("interaction_required", 50076)


def test_what_is_withheld_is_missing_from_the_scopes_that_are_said_to_be_granted(stage: Stage) -> None:
    person = stage.account(withheld=["Mail.Send"])
    tokens = stage.grant(person)
    assert "Calendars.ReadWrite" in tokens["scope"].split()
    assert "Mail.Send" not in tokens["scope"].split()
    again = stage.refresh(tokens["refresh_token"], scope=" ".join(SCOPES)).json()
    assert "Mail.Send" not in again["scope"].split()
    person.token = again["access_token"]
    assert person.ask("POST", "/me/sendMail", content="", headers={"Content-Type": "text/plain"}).status_code == 403


def test_where_only_an_administrator_may_consent_the_page_says_so_and_leads_back(stage: Stage) -> None:
    strict = Stage(stage.server, stage.client, "strict.example").open(user_consent="low")
    seen = strict.account().visitor.visit(strict.address(), "cancel")
    assert (seen.answer["error"], aadsts(seen)) == ("access_denied", 90094)
    assert "code" in strict.account().visitor.visit(strict.address(scope="openid User.Read"), "accept").answer


@pytest.mark.parametrize("path", ["adminconsent", "v2.0/adminconsent"])
def test_an_administrator_consents_for_everybody(stage: Stage, path: str) -> None:
    strict = Stage(stage.server, stage.client, "strict.example").open(user_consent="none")
    query = {"client_id": strict.application["client_id"], "redirect_uri": REDIRECT, "state": "state-2"}
    scope = {"scope": "https://graph.microsoft.com/.default"} if path.startswith("v2") else {}
    address = f"{stage.server.base}/{strict.tenant}/{path}?{urlencode(query | scope)}"
    user = strict.account()
    assert "AADSTS90093" in user.visitor.visit(address).text
    assert user.visitor.visit(address, "cancel").answer["error"] == "permission_denied"
    seen = strict.account(admin=True).visitor.visit(address, "accept")
    assert {"admin_consent": "True", "tenant": strict.tenant, "state": "state-2"}.items() <= seen.answer.items()
    assert ("scope" in seen.answer) == bool(scope)
    assert "code" in strict.account().visitor.visit(strict.address()).answer, "nobody is asked any more"


def test_form_post_sends_the_answer_as_a_form(stage: Stage) -> None:
    seen = stage.account().visitor.visit(stage.address(response_mode="form_post"), "accept")
    assert (seen.address, seen.answer["state"]) == (REDIRECT, "state-1")
    assert stage.redeem(seen.answer["code"]).status_code == 200


def test_a_parameter_twice_is_refused(stage: Stage) -> None:
    answer = stage.client.get(stage.address() + "&state=state-2")
    assert "AADSTS9000411" in httpx.URL(answer.headers["location"]).params["error_description"]


def test_the_challenge_is_that_of_the_standard() -> None:
    """The example of RFC 7636, appendix B."""
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
