"""Random lives of a state machine: how many there are, how long they last, and how they are run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

ASKED_FOR = "MACHINE_LIVES"
STEPS = 20


def assert_lives_hold(machine: type[RuleBasedStateMachine], *, usual: int) -> None:
    """As many lives as take a few seconds, the same ones each time; more and others where MACHINE_LIVES asks."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get(ASKED_FOR, usual)),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=ASKED_FOR not in os.environ,
            database=None,
            # The failure names its steps; to find fewer would take minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
