"""Troth keeps the house style; and each finder is shown to find what it is for, and to leave the rest alone."""

from collections.abc import Callable

import pytest

from tests.structure import finders
from tests.structure.source import Module, modules, parse

Finder = Callable[[Module], list[str]]
FINDERS: list[Finder] = [
    finders.find_writes,
    finders.find_undeclared_acts,
    finders.find_tables_in_faces,
    finders.find_signals,
    finders.find_save_overrides,
    finders.find_leaking_logs,
    finders.find_swallowed_errors,
]


@pytest.mark.parametrize("find", FINDERS, ids=lambda find: find.__name__.removeprefix("find_"))
def test_troth_has_none(find: Finder) -> None:
    assert [finding for module in modules() for finding in find(module)] == []


def test_modules_are_read() -> None:
    paths = {module.path for module in modules()}
    assert "troth/config/settings.py" in paths
    assert not any("/tests/" in path or "/migrations/" in path for path in paths)


BAD: list[tuple[Finder, str, str]] = [
    (finders.find_writes, "troth/rights/selectors.py", "request.save()"),
    (finders.find_writes, "troth/rights/selectors.py", "Request.objects.create(subject=subject)"),
    (finders.find_writes, "troth/rights/selectors.py", "Request.objects.using('default').bulk_create(rows)"),
    (finders.find_writes, "troth/rights/jobs.py", "Request.objects.filter(pk=1).update(state='open')"),
    (finders.find_writes, "troth/rights/jobs.py", "Request.objects.filter(pk=1).update(**fields)"),
    (finders.find_writes, "troth/rights/rules.py", "request.delete()"),
    (finders.find_writes, "troth/portal/views/data.py", "Request.objects.get_or_create(number=1)"),
    (finders.find_writes, "troth/portal/views/data.py", "person.request_set.all().delete()"),
    (finders.find_writes, "troth/people/selectors.py", "await account.asave()"),
    (finders.find_writes, "troth/gate/rules.py", "Fact.objects.update_or_create(subject=subject)"),
    (finders.find_writes, "troth/people/selectors.py", "cursor.execute('UPDATE people SET x = 1')"),
    (finders.find_writes, "troth/demo/cast.py", "Account.objects.create()"),
    (finders.find_undeclared_acts, "troth/rights/services.py", "def answer(request, *, by): ..."),
    (finders.find_undeclared_acts, "troth/rights/services.py", "@act\ndef answer(request, *, by): ..."),
    (finders.find_undeclared_acts, "troth/rights/services.py", "@act(Event.A)\ndef answer(request, *, by): ..."),
    (finders.find_undeclared_acts, "troth/rights/services/x.py", "@act(Event.A, purpose=P)\ndef answer(by): ..."),
    (finders.find_undeclared_acts, "troth/rights/services/x.py", "@atomic\nasync def answer(*, by): ..."),
    (finders.find_tables_in_faces, "troth/desk/views/card.py", "from troth.people.models import Account"),
    (finders.find_tables_in_faces, "troth/desk/views/card.py", "from troth.people import models"),
    (finders.find_tables_in_faces, "troth/cli/keys.py", "import troth.vault.models"),
    (finders.find_signals, "troth/people/models.py", "from django.db.models.signals import post_save"),
    (finders.find_signals, "troth/people/models.py", "from django.dispatch import receiver"),
    (finders.find_signals, "troth/ledger/apps.py", "import django.db.models.signals"),
    (finders.find_signals, "troth/rights/apps.py", "from django.db.models.signals import post_migrate"),
    (finders.find_signals, "troth/ledger/apps.py", "from django.db.models.signals import post_save"),
    (finders.find_save_overrides, "troth/people/models.py", "class A(Model):\n    def save(self, **k): ..."),
    (finders.find_save_overrides, "troth/gate/models.py", "class A(Model):\n    def delete(self): ..."),
    (finders.find_leaking_logs, "troth/desk/views/card.py", "logger.info(f'opened {name}')"),
    (finders.find_leaking_logs, "troth/desk/views/card.py", "logging.getLogger('a').error('for %s' % name)"),
    (finders.find_leaking_logs, "troth/desk/views/card.py", "log.warning('a {}'.format(name))"),
    (finders.find_leaking_logs, "troth/desk/views/card.py", "logger.info('asked', request.POST)"),
    (finders.find_leaking_logs, "troth/desk/views/card.py", "logger.info('asked', extra={'x': request.path})"),
    (finders.find_swallowed_errors, "troth/gate/facts.py", "try:\n    a()\nexcept Exception:\n    pass"),
    (finders.find_swallowed_errors, "troth/gate/facts.py", "try:\n    a()\nexcept:\n    pass"),
    (finders.find_swallowed_errors, "troth/gate/facts.py", "try:\n    a()\nexcept BaseException as e:\n    ..."),
    (finders.find_swallowed_errors, "troth/gate/facts.py", "with contextlib.suppress(Exception):\n    a()"),
]


@pytest.mark.parametrize(("find", "path", "source"), BAD)
def test_finder_finds_bad_source(find: Finder, path: str, source: str) -> None:
    findings = find(parse(path, source))
    assert len(findings) == 1
    assert findings[0].startswith(f"{path}:")


GOOD: list[tuple[Finder, str, str]] = [
    (finders.find_writes, "troth/rights/services.py", "request.save()"),
    (finders.find_writes, "troth/rights/services/requests.py", "Request.objects.create(subject=subject)"),
    (finders.find_writes, "troth/vault/keys.py", "key.delete()"),
    (finders.find_writes, "troth/people/rules.py", "digest.update(b'x'); words.update({'a': 1}); cache.delete('a')"),
    (finders.find_writes, "troth/people/selectors.py", "cursor.execute('SELECT 1')"),
    (finders.find_writes, "troth/people/rules.py", "Path('a').unlink(); vault.create('x')"),
    (finders.find_undeclared_acts, "troth/rights/services.py", "@act(Event.A, purpose=P)\ndef a(r, *, by, on): ..."),
    (finders.find_undeclared_acts, "troth/rights/services.py", "@gate.act(Event.A, purpose=P)\ndef a(*, by): ..."),
    (finders.find_undeclared_acts, "troth/rights/services.py", "def _share(a): ..."),
    (finders.find_undeclared_acts, "troth/work/services.py", "def turn(): ..."),
    (finders.find_tables_in_faces, "troth/desk/views/card.py", "from troth.people import selectors"),
    (finders.find_tables_in_faces, "troth/people/selectors.py", "from troth.people.models import Account"),
    (finders.find_signals, "troth/vault/apps.py", "from django.db.models.signals import post_migrate"),
    (finders.find_signals, "troth/ledger/apps.py", "from django.db.models.signals import post_migrate"),
    (finders.find_save_overrides, "troth/vault/holding.py", "class A(Model):\n    def save(self): ..."),
    (finders.find_save_overrides, "troth/people/services.py", "def save(a): ..."),
    (finders.find_leaking_logs, "troth/desk/views/card.py", "logger.info('opened %s', subject.pk)"),
    (finders.find_leaking_logs, "troth/desk/views/card.py", "form.error(f'{name}')"),
    (finders.find_swallowed_errors, "troth/gate/facts.py", "try:\n    a()\nexcept KeyError:\n    pass"),
    (finders.find_swallowed_errors, "troth/gate/facts.py", "try:\n    a()\nexcept Exception:\n    raise Refused"),
]


@pytest.mark.parametrize(("find", "path", "source"), GOOD)
def test_finder_leaves_good_source(find: Finder, path: str, source: str) -> None:
    assert find(parse(path, source)) == []
