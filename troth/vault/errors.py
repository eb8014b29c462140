"""What can go wrong in the vault, each an exception named for what happened. None of them quotes a value."""


class VaultError(Exception):
    """Anything the vault refuses. It is never an AttributeError or TypeError, which templates would swallow."""


class Unopened(VaultError):
    """Sealed data was touched with no processing context open, or after it closed."""


class NotAnAct(VaultError):
    """A holding was written outside an act."""


class SealedMisuse(VaultError):
    """A sealed field was used as if it were plain: filtered, sorted, printed, pickled, dumped or bulk-updated."""


class Misplaced(VaultError):
    """A sealed value was about to be stored in a row or for a person it was not sealed for."""


class Damaged(VaultError):
    """A sealed value or file does not open: bits changed, truncated, reordered or moved from elsewhere."""


class Destroyed(VaultError):
    """The key of this compartment was destroyed, so nothing can open it any more."""


class MasterKeyMissing(VaultError):
    """A key is wrapped by a master key that is not in TROTH_KEYS: destroyed, or the folder is not the right one."""


class AlreadyTaken(VaultError):
    """A unique exact look-up (such as a sign-in name) belongs to another row."""
