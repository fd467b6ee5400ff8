"""Synthetic traffic: a generator, clients that send it, and a producer with a steady rate."""
