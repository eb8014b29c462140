"""
What the house style forbids, found in syntax trees. Each function takes one module and gives findings, or nothing.

They look at shapes, not at types: `x.update(a=1)` is taken for a query, as dictionaries are updated from a mapping.
"""

import ast
import re
from collections.abc import Iterator

from tests.structure.source import FACES, KERNEL, Module, imported, name_of

# Each kernel room writes its own tables in files of its own choice; they are named here, with no pattern, so that a
# new one is a decision. `*` is the whole room: it keeps no person's content, or is all about writing.
KERNEL_WRITERS: dict[str, frozenset[str]] = {
    "vault": frozenset({"*"}),
    "ledger": frozenset({"*"}),
    "work": frozenset({"*"}),
    "copies": frozenset({"*"}),
    "notice": frozenset({"versions.py", "publishing.py", "services.py"}),
    "gate": frozenset({"acts.py", "facts.py", "emergency.py", "narrowing.py", "sending.py"}),
}
ALWAYS_WRITES = frozenset(
    f"{prefix}{name}"
    for name in (
        "create",
        "bulk_create",
        "get_or_create",
        "update_or_create",
        "bulk_update",
        "save",
        "delete",
        "update",
    )
    for prefix in ("", "a")
)
NEEDS_A_QUERY = frozenset({"update", "aupdate", "create", "acreate", "delete", "adelete"})
QUERY_WORDS = frozenset({"objects", "filter", "exclude", "all", "get_queryset", "select_for_update", "_base_manager"})
SQL_WRITE = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|DROP|ALTER|CREATE)\s+[A-Z\"]", re.IGNORECASE)
LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")


def _chain(node: ast.AST) -> Iterator[str]:
    """The names of `a.b(…).c`, from the right."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        else:
            if isinstance(node, ast.Name):
                yield node.id
            return


def _writes(call: ast.Call) -> bool:
    """Whether this call writes to a table, as far as its shape tells."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ALWAYS_WRITES:
        return False
    if call.func.attr == "save" and len(call.args) >= 2:
        return False  # a picture, into bytes in a format: a row is saved with nothing but names
    if call.func.attr not in NEEDS_A_QUERY:
        return True
    names = list(_chain(call.func.value))
    if any(name in QUERY_WORDS or name.endswith("_set") for name in names):
        return True
    # Fields are given by name; a dictionary, a hash, a set or a cache takes its argument by place.
    by_name = bool(call.keywords) and not call.args
    return by_name or (call.func.attr in {"delete", "adelete"} and not call.args)


def find_writes(module: Module) -> list[str]:
    """Model writes outside a room's services and outside the kernel's own writing files."""
    if module.within == "services.py" or module.within.startswith("services/"):
        return []
    own = KERNEL_WRITERS.get(module.room, frozenset())
    if "*" in own or module.within in own:
        return []
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _writes(node):
            found.append(module.at(node, f".{name_of(node)}() writes; a write is an act in services.py"))
        if isinstance(node, ast.Call) and name_of(node) in {"execute", "executemany"} and node.args:
            sql = node.args[0]
            if isinstance(sql, ast.Constant) and isinstance(sql.value, str) and SQL_WRITE.match(sql.value):
                found.append(module.at(node, "this SQL writes; a write is an act in services.py"))
    return found


def find_undeclared_acts(module: Module) -> list[str]:
    """Public functions in a domain room's services that are not `@act(event, purpose=…)` taking `by`."""
    if not module.is_domain_room or not (module.within == "services.py" or module.within.startswith("services/")):
        return []
    found = []
    for node in module.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        acts = [d for d in node.decorator_list if isinstance(d, ast.Call) and name_of(d) == "act"]
        if not acts:
            found.append(
                module.at(node, f"{node.name} is public in services and not an act: decorate it with @act(…)")
            )
        elif not any(keyword.arg == "purpose" for keyword in acts[0].keywords):
            found.append(module.at(node, f"{node.name}: @act needs purpose=, which is what its writes are for"))
        elif "by" not in {argument.arg for argument in node.args.kwonlyargs}:
            found.append(module.at(node, f"{node.name} does not take by= (by name only): an act says who acted"))
    return found


def find_tables_in_faces(module: Module) -> list[str]:
    """Faces that import models: a page gets plain values from selectors."""
    if module.room not in FACES:
        return []
    return [
        module.at(node, f"a face imports {name}; ask that room's selectors")
        for node, name in imported(module)
        if name.startswith("troth.") and "models" in name.split(".")
    ]


def find_signals(module: Module) -> list[str]:
    """
    Signals outside the vault: what happens after an act is written in the act.

    A kernel room, the diary and the records may listen to the end of a migration in their `apps.py`, to put their triggers back.
    """
    if module.room == "vault":
        return []
    after_migration = module.room in {*KERNEL, "diary", "records"} and module.within == "apps.py"
    return [
        module.at(node, f"{name}: no signals for domain work; call what follows from the act")
        for node, name in imported(module)
        if name.startswith(SIGNALS) and not (after_migration and name.endswith(".post_migrate"))
    ]


def find_save_overrides(module: Module) -> list[str]:
    """Classes that override save or delete outside the vault: bulk writes would go round them."""
    if module.room == "vault":
        return []
    return [
        module.at(
            method, f"{owner.name}.{method.name} is overridden; bulk writes go round it, so put it into the act"
        )
        for owner in ast.walk(module.tree)
        if isinstance(owner, ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        and method.name in {"save", "delete", "asave"}
        and method.args.args
        and method.args.args[0].arg == "self"
    ]


def find_leaking_logs(module: Module) -> list[str]:
    """Log calls that build their message from values, or name the request: content would stand in the log."""
    found = []
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
            continue
        if not any("log" in name.lower() for name in _chain(node.func.value)):
            continue
        for part in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(part, ast.JoinedStr | ast.BinOp) or (
                isinstance(part, ast.Call) and name_of(part) == "format"
            ):
                found.append(module.at(node, "a log message is a constant; pass identifiers as its arguments"))
            elif any(isinstance(inner, ast.Name) and inner.id == "request" for inner in ast.walk(part)):
                found.append(module.at(node, "a request goes into the log; log identifiers, never what was sent"))
    return found


def find_swallowed_errors(module: Module) -> list[str]:
    """`except Exception: pass`, its shorter form, and its longer one by contextlib."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or name_of(node.type) in {"Exception", "BaseException"}
            empty = all(isinstance(line, ast.Pass | ast.Continue) or _is_ellipsis(line) for line in node.body)
            if broad and empty:
                found.append(module.at(node, "every error is swallowed; name the error, or say what happened"))
        elif isinstance(node, ast.Call) and name_of(node) == "suppress":
            broad = bool({name_of(argument) for argument in node.args} & {"Exception", "BaseException"})
            found += [module.at(node, "every error is suppressed; name the error")] * broad
    return found


def _is_ellipsis(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and line.value.value is Ellipsis
