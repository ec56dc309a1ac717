"""Attune keeps remote mentoring pairs meeting: calendars in, meetings and mails out."""

__version__ = "0.1.0"
