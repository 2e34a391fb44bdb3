from __future__ import annotations

from typing import Any

from wagtail import hooks

from doctors.models.pages import HELD_BACK


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(
        HELD_BACK,
        "Hold back until verified",
        "Held back: it goes public when the doctor is verified and takes part",
    )
