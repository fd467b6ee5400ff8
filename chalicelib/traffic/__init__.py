"""Synthetic traffic: visitors who click, come back, and buy or don't.

Wakes on:  a schedule, every five minutes, where a stage has it switched on
Reads:     nothing: what is sent is a function of the seed and the time
Writes:    clicks and checkouts to their streams, late ones and repeats among them
Fails:     StoreUnavailable when a stream takes no more
Retries:   safe: the same events are sent again, and readers remove repeats
"""

from chalicelib.traffic.generate_traffic import GenerateTraffic

__all__ = ["GenerateTraffic"]
