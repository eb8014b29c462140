"""How a command stops: with a cause, a cure and an exit code, and never with a traceback."""

FOUND_AGAINST = 1  # the command worked and its answer is no: a fault found, a check failed
BAD_INPUT = 2  # the command was called wrongly, or what it was given makes no sense
BROKEN = 3  # Troth itself failed


class Stopped(Exception):
    """Raised by a command that cannot go on. `main` writes cause and cure to stderr and exits with the code."""

    def __init__(self, cause: str, cure: str = "", code: int = BAD_INPUT) -> None:
        super().__init__(cause)
        self.cause = cause
        self.cure = cure
        self.code = code
