"""What judges give: promises that were not kept, one at a time."""

from collections.abc import Iterator

from agent.simulation.years.judging.evidence import Finding

Findings = Iterator[Finding]
