"""Composition root: the only place where rooms meet adapters, a module for each wing."""

from chalicelib.wiring.pipeline import Pipeline, pipeline, using

__all__ = ["Pipeline", "pipeline", "using"]
