"""Commands: one module each. This one is the entry point, and the only place that turns exceptions into sentences.

Exit codes:

    0    done, or nothing to do
    1    something outside failed: a calendar, the mail server, the store
    2    the command line, or the deployment's files, hold a mistake; the store is lost, or a key is
    70   unexpected: a fault of Attune's own
    130  interrupted from the keyboard
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper


def main() -> None:
    """Run the command line and end the process with its exit code. A terminal without “” gets an escape for them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code. Whatever goes wrong ends as a sentence on standard error."""
    from agent.cli.app import Choices, command_line
    from agent.cli.failures import explain

    choices = Choices()
    try:
        code = command_line().main(list(arguments), prog_name="attune", standalone_mode=False, obj=choices)
    except Exception as error:  # noqa: BLE001 - the last one who can say something
        failure = explain(error)
        if choices.debug and not failure.usage:
            import traceback

            traceback.print_exception(error)
        print(failure.sentence, file=sys.stderr)
        return failure.code
    except KeyboardInterrupt:
        return 130
    return code if isinstance(code, int) else 0
