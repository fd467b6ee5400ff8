"""The dashboard: one page over the read API, made of static files.

Wakes on:  HTTP, without a key; the page asks for one and sends it to the read API alone
Reads:     the files in `static`, once
Writes:    nothing
Fails:     404 for a name that is not one of those files
Retries:   safe; answers are functions of the deployed files
"""

from chalicelib.dashboard.serve_dashboard import Page, ServeDashboard

__all__ = ["Page", "ServeDashboard"]
