"""Microsoft 365: calendars and mail by Microsoft Graph, with a person's consent."""
