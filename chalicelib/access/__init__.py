"""Admission: decide whether a request may be answered, by the scope of its API key.

Wakes on:  every HTTP request, before its route
Reads:     the header X-Api-Key, and the list of keys, which is kept for half a minute
Writes:    nothing
Fails:     a refused request with its reason; one that can't be judged as retryable
Retries:   the list, with the next request; until then the last one goes on for some minutes
"""

from chalicelib.access.admission import Admission, Refusal
from chalicelib.access.admit import Admit
from chalicelib.access.key_ring import KeyRing

__all__ = ["Admission", "Admit", "KeyRing", "Refusal"]
