"""iCalendar files (RFC 5545), for reading."""
