"""What reading iCalendar may end in besides a reading."""


class NotCalendar(Exception):
    """The input is no iCalendar, is cut short, is too large or took too long: what it speaks of is unknown, not free.

    Its message never holds anything from the input.
    """
