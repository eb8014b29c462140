"""The notice as people read it."""

from troth.notice.files import read_notice
from troth.notice.rendering import layered
from troth.notice.terminal import as_text
from troth.notice.tests.factories import PACK, SEEDS, changed


def _words(rendered):
    for section in rendered.sections:
        yield from (section.title, section.short)
        for entry in section.entries:
            yield from (entry.title, entry.words)
            for fact in entry.facts:
                yield from (fact.name, fact.words)


def test_everything_a_notice_must_tell_is_there():
    notice = read_notice(PACK).notice
    words = "\n".join(_words(layered(notice)))
    for row in notice.purposes:
        assert row.title in words and row.words in words and row.withholding.if_not in words
    for recipient in notice.recipients:
        assert recipient.name in words
    for rule in notice.retention.rules:
        assert rule.words in words
    for right in notice.rights:
        assert right.words in words
    for cookie in notice.cookies.stored:
        assert cookie.name in words
    for told in (
        notice.controller.address,
        notice.dpo.email,
        notice.complaints.regulator.address,
        notice.everyone.deceased,
        notice.automated_decisions.words,
        "UK GDPR Article 9(2)(h)",
    ):
        assert told in words


def test_the_right_to_object_stands_first_among_rights():
    rights = next(section for section in layered(read_notice(PACK).notice).sections if section.id == "rights")
    assert [entry.id for entry in rights.entries[:2]] == ["objection", "marketing_objection"]


def test_entries_have_names_of_their_own_to_link_to():
    for section in layered(read_notice(PACK).notice).sections:
        names = [entry.id for entry in section.entries]
        assert len(names) == len(set(names)), section.id


def test_faulty_notices_render_too():
    for seed in ("oc", "kl", "cx"):
        assert as_text(layered(read_notice(SEEDS / f"{seed}.yaml").notice))


def test_lines_fit_the_terminal():
    text = as_text(layered(read_notice(PACK).notice), width=60)
    assert max(map(len, text.splitlines())) <= 60


def test_parts_left_out_are_not_shown():
    rendered = layered(changed(lambda values: (values.pop("cookies"), values.pop("marketing"))).notice)
    assert {"cookies", "marketing"}.isdisjoint(section.id for section in rendered.sections)
