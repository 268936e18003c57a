"""The errors that the package raises on purpose: each says what is wrong, where, and what to do."""


class CodelengthError(Exception):
    """Base of all of them; the command line prints it on one line and exits with 2."""


class InputError(CodelengthError):
    """What the user gave (a file, an option, a target) cannot be used."""


class MessageError(CodelengthError):
    """A message is damaged, truncated, or was written by another protocol."""


class ProgramError(CodelengthError):
    """A program of KT's language cannot be read, run or priced."""


class CannotEncode(CodelengthError):
    """A partial codec has no message for this target; `Fallback` catches it and pays.

    Arguments:
        message: why.
        proposal: the `Proposal` that came to nothing, if there was one.
    """

    def __init__(self, message: str, proposal: object = None) -> None:
        super().__init__(message)
        self.proposal = proposal


class MissingExtra(CodelengthError):
    """An optional library is not installed; the message names the extra."""


class ModelError(CodelengthError):
    """A model does not answer: no server, no key, no credit."""


class SandboxError(CodelengthError):
    """Untrusted programs cannot be run here; nothing is known of the program."""
