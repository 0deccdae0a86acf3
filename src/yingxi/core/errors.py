"""Errors for the person who meets them: one sentence that says what is wrong, where, and what to do."""


class YingxiError(Exception):
    """A mistake of the person, or a limit of the machine. The command line prints it and exits with 2."""


class Refused(YingxiError):
    """A request that the policy or a model refuses. `rule` names what refused it, e.g. ``pins`` or ``nudity``."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
