from __future__ import annotations

import pytest
from pydantic import ValidationError

from chalicelib.settings.access import AccessSettings


@pytest.mark.parametrize("seconds", ["61", "-1", "inf", "nan"])
def test_no_setting_lets_a_retired_key_go_on_for_more_than_a_minute(seconds: str) -> None:
    with pytest.raises(ValidationError, match="keys_fresh_s"):
        AccessSettings.from_env({"KEYS_TABLE": "keys", "KEYS_FRESH_S": seconds})
