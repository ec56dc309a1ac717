"""Calendars and mailboxes of the outside world, one folder a kind, behind the protocols of base."""
