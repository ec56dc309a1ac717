"""Messages as data: what each mail says, how it looks, and its iCalendar part."""
