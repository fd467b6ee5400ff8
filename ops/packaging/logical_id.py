"""What a function is called inside a template, which is Chalice's to decide."""

from __future__ import annotations

from ops.stage.names import API_HANDLER


def logical_id(function: str) -> str:
    """The function's logical id.

    >>> logical_id("roll_up_hour")
    'RollUpHour'
    """
    if function == API_HANDLER:
        return "APIHandler"
    return "".join(word[:1].upper() + word[1:] for word in function.split("_"))
