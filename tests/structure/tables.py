"""The import contract `tables`: a room's models are imported by that room only."""

import re

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

MODELS = re.compile(r"^troth\.(?P<room>\w+)\.models(\.|$)")


def find_borrowed_tables(graph: ImportGraph, open_rooms: set[str]) -> list[tuple[str, str]]:
    """Pairs of an importing module and the models of another room that it imports; tests may look at any table."""
    found = []
    for models in sorted(graph.modules):
        match = MODELS.match(models)
        if match is None or match["room"] in open_rooms:
            continue
        for importer in sorted(graph.find_modules_that_directly_import(models)):
            parts = importer.split(".")
            if parts[1] != match["room"] and "tests" not in parts:
                found.append((importer, models))
    return found


class TablesContract(Contract):
    """Fails for each import of another room's models; `open_rooms` may be imported by all."""

    open_rooms = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """This will look at direct imports only: going through the other room's services is what is wanted."""
        borrowed = find_borrowed_tables(graph, set(self.open_rooms))  # type: ignore[call-overload] # a field's value
        return ContractCheck(kept=not borrowed, metadata={"borrowed": borrowed})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name the importer, the models, and the way round."""
        for importer, models in check.metadata["borrowed"]:
            output.print_error(f"{importer} imports {models}; use that room's selectors or services instead.")
