"""Step 3: what neither Chalice nor its stack can set."""

from __future__ import annotations

from ops.deploy.admission import Admission, admit
from ops.deploy.partial_batches import report_failed_messages
from ops.deploy.target import Target


def wire(target: Target, api_id: str) -> Admission:
    admission = admit(target, api_id)
    # The streams' functions raise instead, until their mappings are told as well.
    changed = report_failed_messages(target, "transform_raw")
    return Admission(api_key=admission.api_key, changed=admission.changed or changed)
