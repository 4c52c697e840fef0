"""The one base of all errors that a person can do something about."""

from __future__ import annotations

from typing import ClassVar

from gongkai.messages import Message, Value

NEEDS_A_PERSON = 1
CANNOT_RUN = 2


class GongkaiError(Exception):
    """An expected error: a message in the reader's language, and an exit code for the shell.

    The command line prints the text of `message` on one line of standard error and ends with
    `exit_code`; it never shows a traceback for it. Each stage derives its own errors from this.
    """

    exit_code: ClassVar[int] = CANNOT_RUN

    def __init__(self, key: str | Message, /, **params: Value) -> None:
        self.message = key if isinstance(key, Message) else Message(key, params)
        super().__init__(str(self.message))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message,)


def cause_of(problem: BaseException) -> Message | str:
    """Return what an exception says: its message, or its text where it is not one of ours.

    It is a parameter for the message of the exception that is raised from it.
    """
    return problem.message if isinstance(problem, GongkaiError) else str(problem)
