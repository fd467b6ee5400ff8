"""Questions that can't be answered, and why."""

from __future__ import annotations

from chalicelib.errors import PipelineError
from chalicelib.model.code import Code, Problem


class Refused(PipelineError):
    """The caller's fault: answered with every problem, never retried."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class Wrong(Exception):
    """A parameter's text has no value; `words` follow its name in the message."""

    def __init__(self, code: Code, words: str) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words
