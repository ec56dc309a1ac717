"""What can be wrong with the store, in sentences an operator can act on."""

from __future__ import annotations


class StoreError(Exception):
    """Base of everything the store raises on purpose. ``advice`` says what to do next, where the sentence does not."""

    def __init__(self, says: str, advice: str = "") -> None:
        super().__init__(says)
        self.advice = advice


class StoreUnavailable(StoreError):
    """The database cannot be reached or written."""


class StoreContended(StoreUnavailable):
    """Another worker was in the way, and nothing of this transaction was done: make it again."""


class StoreBusy(StoreError):
    """Another process is at work on this store."""


class StoreLost(StoreError):
    """The store that this deployment had is not there any more."""


class StoreExists(StoreError):
    """There is a store already where one was to be made."""


class SchemaTooNew(StoreError):
    """The database was written by a newer Attune."""


class SchemaTooOld(StoreError):
    """The database lacks tables that the program needs."""


class Stale(StoreError):
    """The row has moved on since it was read: whoever holds it now decides."""


class BadBackup(StoreError):
    """The file is no backup, is damaged, or was made by a newer Attune."""


class StoreNotEmpty(StoreError):
    """A backup would take the place of a programme that nothing else keeps."""
