"""The one place that reads and writes iCalendar (RFC 5545)."""
