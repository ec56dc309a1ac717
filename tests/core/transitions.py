"""Real changes of clocks, each for what it shows; the pinned zone rules have every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass(frozen=True)
class Transition:
    """The instant (UTC) from which on a zone's clocks show so many minutes more, or less, than before."""

    name: str
    zone: str
    at: str
    shift: int

    @property
    def minute(self) -> int:
        """UTC minutes since 1970."""
        return int(datetime.fromisoformat(self.at).replace(tzinfo=UTC).timestamp()) // 60

    def near(self, days: int = 0) -> date:
        """A UTC day near it, which is no more than one off the local one."""
        return date.fromisoformat(self.at[:10]) + timedelta(days=days)


TRANSITIONS = (
    Transition("Havana skips midnight", "America/Havana", "2025-03-09 05:00", 60),
    Transition("Havana repeats the hour after midnight", "America/Havana", "2025-11-02 05:00", -60),
    Transition("Havana stays on summer time for a winter and then ends it", "America/Havana", "2027-11-07 05:00", -60),
    Transition("Beirut skips midnight", "Asia/Beirut", "2027-03-27 22:00", 60),
    Transition("Beirut repeats the hour before midnight", "Asia/Beirut", "2027-10-30 21:00", -60),
    Transition("Cairo skips midnight on a Friday", "Africa/Cairo", "2027-04-29 22:00", 60),
    Transition("Cairo repeats the end of a Thursday", "Africa/Cairo", "2027-10-28 21:00", -60),
    Transition("Lord Howe repeats half an hour", "Australia/Lord_Howe", "2027-04-03 15:00", -30),
    Transition("Lord Howe skips half an hour", "Australia/Lord_Howe", "2027-10-02 15:30", 30),
    Transition("Troll skips two hours", "Antarctica/Troll", "2027-03-28 01:00", 120),
    Transition("Troll repeats two hours", "Antarctica/Troll", "2027-10-31 01:00", -120),
    Transition("Dublin ends its negative winter time", "Europe/Dublin", "2027-03-28 01:00", 60),
    Transition("Dublin begins its negative winter time", "Europe/Dublin", "2027-10-31 01:00", -60),
    Transition("Casablanca goes back for Ramadan", "Africa/Casablanca", "2025-02-23 02:00", -60),
    Transition("Casablanca comes back from Ramadan", "Africa/Casablanca", "2025-04-06 02:00", 60),
    Transition("Casablanca ends its last Ramadan time", "Africa/Casablanca", "2026-03-22 02:00", 60),
    Transition("Casablanca leaves summer time for good", "Africa/Casablanca", "2026-09-20 01:00", -60),
    Transition("El Aaiun goes back for Ramadan", "Africa/El_Aaiun", "2025-02-23 02:00", -60),
    Transition("Apia skips a Friday", "Pacific/Apia", "2011-12-30 10:00", 1440),
    Transition("Fakaofo skips a Friday", "Pacific/Fakaofo", "2011-12-30 11:00", 1440),
    Transition("Kwajalein skips a Saturday", "Pacific/Kwajalein", "1993-08-21 12:00", 1440),
    Transition("Kiritimati skips New Year's Eve", "Pacific/Kiritimati", "1994-12-31 10:00", 1440),
    Transition("Enderbury skips New Year's Eve", "Pacific/Enderbury", "1994-12-31 11:00", 1440),
    Transition("Pyongyang repeats the half hour before midnight", "Asia/Pyongyang", "2015-08-14 15:00", -30),
    Transition("Pyongyang skips the half hour before midnight", "Asia/Pyongyang", "2018-05-04 15:00", 30),
    Transition("Caracas repeats half an hour", "America/Caracas", "2007-12-09 07:00", -30),
    Transition("Caracas skips half an hour", "America/Caracas", "2016-05-01 07:00", 30),
    Transition("Azores skip midnight", "Atlantic/Azores", "2027-03-28 01:00", 60),
    Transition("Azores repeat midnight", "Atlantic/Azores", "2027-10-31 01:00", -60),
    Transition("Sao Paulo skips midnight", "America/Sao_Paulo", "2018-11-04 03:00", 60),
    Transition("Sao Paulo repeats the end of a Saturday", "America/Sao_Paulo", "2018-02-18 02:00", -60),
    Transition("Santiago repeats the end of a Saturday", "America/Santiago", "2027-04-04 03:00", -60),
    Transition("Santiago skips midnight", "America/Santiago", "2027-09-05 04:00", 60),
    Transition("Asuncion repeats the end of a Saturday", "America/Asuncion", "2024-03-24 03:00", -60),
    Transition("Asuncion skips midnight for the last time", "America/Asuncion", "2024-10-06 04:00", 60),
    Transition("Tehran skips midnight at the new year", "Asia/Tehran", "2022-03-21 20:30", 60),
    Transition("Tehran repeats the end of a Wednesday", "Asia/Tehran", "2022-09-21 19:30", -60),
    Transition("Amman skips midnight for the last time", "Asia/Amman", "2022-02-24 22:00", 60),
    Transition("Amman repeats midnight", "Asia/Amman", "2021-10-28 22:00", -60),
    Transition("Gaza skips an hour after Ramadan", "Asia/Gaza", "2025-04-12 00:00", 60),
    Transition("Gaza repeats an hour", "Asia/Gaza", "2025-10-24 23:00", -60),
    Transition("Chatham repeats an hour at a quarter to", "Pacific/Chatham", "2027-04-03 14:00", -60),
    Transition("Chatham skips an hour at a quarter to", "Pacific/Chatham", "2027-09-25 14:00", 60),
    Transition("Kathmandu skips a quarter of an hour at midnight", "Asia/Kathmandu", "1985-12-31 18:30", 15),
    Transition("Vancouver puts its clocks forward for good", "America/Vancouver", "2026-03-08 10:00", 60),
    Transition("Edmonton puts its clocks forward for good", "America/Edmonton", "2026-03-08 09:00", 60),
    Transition("Winnipeg puts its clocks forward for good", "America/Winnipeg", "2026-03-08 08:00", 60),
    Transition("Lisbon skips an hour", "Europe/Lisbon", "2027-03-28 01:00", 60),
    Transition("Lisbon repeats an hour", "Europe/Lisbon", "2027-10-31 01:00", -60),
    Transition("New York skips an hour", "America/New_York", "2027-03-14 07:00", 60),
    Transition("New York repeats an hour", "America/New_York", "2027-11-07 06:00", -60),
    Transition("Auckland skips an hour", "Pacific/Auckland", "2027-09-25 14:00", 60),
    Transition("St. John's repeats an hour across midnight", "America/St_Johns", "2010-11-07 02:31", -60),
    Transition("St. John's skips an hour a minute after midnight", "America/St_Johns", "2010-03-14 03:31", 60),
    Transition("Nuuk skips the hour before midnight", "America/Nuuk", "2027-03-28 01:00", 60),
    Transition("Nuuk repeats the hour before midnight", "America/Nuuk", "2027-10-31 01:00", -60),
    Transition("Casey repeats three hours across midnight", "Antarctica/Casey", "2010-03-04 15:00", -180),
    Transition("Norfolk repeats half an hour", "Pacific/Norfolk", "2015-10-03 14:30", -30),
    Transition("Colombo repeats half an hour after midnight", "Asia/Colombo", "2006-04-14 18:30", -30),
    Transition("Juba repeats the end of a Sunday", "Africa/Juba", "2021-01-31 21:00", -60),
    Transition("Dhaka repeats the end of a year", "Asia/Dhaka", "2009-12-31 17:00", -60),
    Transition("Singapore skips the end of a year", "Asia/Singapore", "1981-12-31 16:00", 30),
)

UNCHANGED = ("Asia/Kolkata", "Asia/Kathmandu", "Australia/Eucla", "UTC", "America/Phoenix")
"""Zones that keep their clocks as they are: two of them off by a half hour, two by a quarter."""
