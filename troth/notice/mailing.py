"""Which changes of the notice may be named in a mail, which other people may read too."""

from collections.abc import Iterator

from troth.notice.comparison import Change
from troth.notice.schema import Notice
from troth.vault.categories import Category


def words_for_mail(changes: list[Change], *notices: Notice) -> list[str]:
    """
    The changes that matter, in words that say nothing of health. What stands in one of these notices for a use, a recipient or a
    kind of data of Article 9 is left to our pages; how many such changes there are is said in a last sentence.
    """
    hidden = {words.casefold() for notice in notices for words in _close_to_health(notice) if words}
    material = [change.words for change in changes if change.material]
    named = [words for words in material if not any(each in words.casefold() for each in hidden)]
    if left := len(material) - len(named):
        more = "more change stands" if left == 1 else "more changes stand"
        named.append(f"{left} {more} on our pages only, since others may see your mail.")
    return named


def _close_to_health(notice: Notice) -> Iterator[str]:
    special = {category for category in Category if category.special}
    yield from special
    for kind in notice.categories:
        if kind.id in special:
            yield kind.words
    rules = {rule.id: rule for rule in notice.retention.rules}
    for row in notice.purposes:
        if held := row.covers & special:
            yield from (row.title, row.id)
            yield from (rules[rule].words for rule in map(row.rule_for, held) if rule in rules)
    for recipient in notice.recipients:
        if recipient.gets & special:
            yield from (recipient.name, recipient.words, recipient.id)
