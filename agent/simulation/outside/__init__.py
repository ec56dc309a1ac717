"""Judges a rehearsed programme by what it left in calendars and mailboxes; shares no code with the programme itself.

It runs as a process of its own, knows the calendar server, the mails as they arrived and the deployment's files, and
works everything out again by the plainest means there are.
"""
