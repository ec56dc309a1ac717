"""``python -m agent`` is the command ``attune``."""

from agent.cli import main

main()
