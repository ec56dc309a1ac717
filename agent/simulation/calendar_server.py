"""Radicale as a process of its own: ``python -m agent.simulation.calendar_server CONFIGURATION``."""

from __future__ import annotations

import sys


def main(path: str) -> None:
    """Serve until stopped. What a rehearsal writes need not outlive a power cut, so no write waits for the disk."""
    from radicale import config, log, server  # noqa: PLC0415 - only the extra ``demo`` brings it

    log.setup()
    configuration = config.load([(path, False)])
    configuration.update({"storage": {"_filesystem_fsync": "False"}}, "attune demo", privileged=True)
    log.set_level(configuration.get("logging", "level"), configuration.get("logging", "backtrace_on_debug"))
    server.serve(configuration)


if __name__ == "__main__":
    main(sys.argv[1])
