"""Whether TROTH_KEYS is the key folder that goes with the stores, asked before a command reads or writes with its keys."""

from troth.cli.stopped import FOUND_AGAINST, Stopped

CURE = "Point TROTH_KEYS at the folder that goes with these databases, or put it back from where keys are kept."


def insist_on_own_keys() -> None:
    """
    Stop before anything is compared with, or written under, the keys of another deployment.

    With a foreign folder every mark and signature is wrong, which would read as tampering; and a new key made in an empty
    one opens nothing of what is stored.

    :raises Stopped: the folder is empty, another deployment's, or lacks the ledger's key.
    """
    from django.conf import settings

    from troth.copies.marker import StillRestoring

    try:
        why_not = find_foreign()
    except StillRestoring as still:
        raise Stopped(str(still), code=FOUND_AGAINST) from None
    if why_not:
        raise Stopped(
            f"{settings.TROTH_KEYS} is not the key folder of this deployment: {why_not}.\n"
            "Nothing was compared, so this says nothing about the data.",
            CURE,
            FOUND_AGAINST,
        )


def find_foreign() -> str:
    """
    Why the key folder is not the one of these stores; empty when it is, or when they hold nothing to tell by.

    :raises MasterKeyMissing: a key file in it is damaged.
    :raises Stopped: the key store is empty, and the data is not.
    """
    from django.conf import settings
    from django.db import DatabaseError, connection, connections

    from troth.ledger import signing
    from troth.ledger.rows import last_checkpoint
    from troth.vault import keystore, secrets

    try:
        wrapped, foreign, note, opens = 0, [], None, False
        opens = "vault_datakey" in connections[keystore.STORE].introspection.table_names()
        if opens:
            secrets.opened().reload()  # says which key file is damaged, where one is
            wrapped, foreign = len(keystore.list_masters()), keystore.list_foreign_masters()
        if "ledger_checkpoint" in connection.introspection.table_names():
            note = last_checkpoint()
    except DatabaseError:
        return ""  # the command itself meets it, and says so in its own words
    empty = not list(settings.TROTH_KEYS.glob("master-*.json"))
    if note is not None and not opens:
        raise Stopped(
            "The key store is empty, and the data is not: without its keys nothing of the data opens.",
            "Put the key store back: keys.sqlite3 in TROTH_HOME, or the database of TROTH_KEYS_DATABASE_URL. A backup has it too.",
            FOUND_AGAINST,
        )
    if wrapped and len(foreign) == wrapped:
        return "it holds no master key" if empty else "its master keys open nothing of what is stored"
    if note is None:
        return ""
    known = signing.name_in(settings.TROTH_KEYS)
    if known is None:
        return f"it lacks {signing.FILE_NAME}, with which the ledger is signed"
    # Where a key in it opens stored data the folder is the right one, and a wrong signature is for `verify` to name.
    if not wrapped and f"\n— {known} " not in note[2]:
        return "the ledger was signed by another key than the one in it"
    return ""
