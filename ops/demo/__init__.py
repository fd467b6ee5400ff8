"""The demo: the whole pipeline on a local cloud of its own, with proof that its counts agree."""
