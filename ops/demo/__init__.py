"""The demo: the whole pipeline on a local cloud of its own, and the proof that it adds up."""
