"""What can be wrong with a template, told by its file and line."""

from __future__ import annotations


class TemplateBroken(Exception):
    """A template cannot be used; most often one of the administrator's own. Its message holds nobody's data."""
