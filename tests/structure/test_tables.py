"""The import contract `tables` finds a borrowed table, and only that."""

import grimp

from tests.structure.tables import find_borrowed_tables


def _graph(*imports: tuple[str, str]) -> grimp.ImportGraph:
    graph = grimp.ImportGraph()
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    return graph


def test_borrowed_table_is_found() -> None:
    graph = _graph(
        ("troth.rights.services", "troth.people.models"), ("troth.desk.views", "troth.rights.models.request")
    )
    assert find_borrowed_tables(graph, set()) == [
        ("troth.rights.services", "troth.people.models"),
        ("troth.desk.views", "troth.rights.models.request"),
    ]


def test_own_table_open_room_and_tests_are_left_alone() -> None:
    graph = _graph(
        ("troth.people.services", "troth.people.models"),
        ("troth.rights.services", "troth.vault.models"),
        ("troth.rights.tests.test_services", "troth.people.models"),
    )
    assert find_borrowed_tables(graph, {"vault"}) == []
