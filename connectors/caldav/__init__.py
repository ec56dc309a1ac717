"""CalDAV calendars (RFC 4791)."""
