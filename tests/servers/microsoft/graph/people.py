"""The person whose mailbox it is.

Documented under "Get a user" and "Get user mailbox settings".
"""

from __future__ import annotations

from typing import Any

from tests.servers.microsoft.directory import Account
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.listing import selected
from tests.servers.microsoft.graph.zones import windows_name
from tests.servers.microsoft.world import World

LANGUAGES = {"en-GB": "English (United Kingdom)", "pt-PT": "Portuguese (Portugal)", "de-DE": "German (Germany)"}


async def get(world: World, call: Call) -> Answer:
    """``GET /me``."""
    account = call.account
    whole = {
        "@odata.context": f"{world.base}/v1.0/$metadata#users/$entity",
        "id": account.id,
        "displayName": account.name,
        "mail": account.address,
        "userPrincipalName": account.address,
        "preferredLanguage": account.language,
    }
    return Answer(200, selected(call, whole, world.schema.properties("user")), "user")


async def mailbox_settings(world: World, call: Call) -> Answer:
    """``GET /me/mailboxSettings``."""
    account = call.account
    whole = {
        "@odata.context": f"{world.base}/v1.0/$metadata#users('{account.id}')/mailboxSettings",
        "archiveFolder": "",
        "timeZone": windows_name(account.time_zone),
        "language": {"locale": account.language, "displayName": LANGUAGES.get(account.language, account.language)},
        "dateFormat": "dd/MM/yyyy",
        "timeFormat": "HH:mm",
        "userPurpose": "user",
        "workingHours": working_hours(account),
    }
    return Answer(200, selected(call, whole, world.schema.properties("mailboxSettings")), "mailboxSettings")


def working_hours(account: Account) -> dict[str, Any]:
    """Nine to five on weekdays, in the zone of the mailbox."""
    return {
        "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "startTime": "09:00:00.0000000",
        "endTime": "17:00:00.0000000",
        "timeZone": {"name": windows_name(account.time_zone)},
    }
