"""
The ORM contract: for each door of Django's ORM, what happens to sealed data that goes through it.

Each line stands for one test of the files below. A test without a line, or a line without its
test, stops the page from being made.
"""

import ast

from tests.structure.source import ROOT

TESTS = ("troth/vault/tests/test_orm_contract.py", "troth/vault/tests/test_orm_contract_more.py")

# The test's name without `test_`, the door, what happens.
LINES: tuple[tuple[str, str, str], ...] = (
    (
        "every_kind_of_field_comes_back_as_it_went_in",
        "`save()` in an act, then reading in a context",
        "the value comes back with its type: text, date, moment, number, decimal digits, yes or no, choice, "
        "JSON, and `None`",
    ),
    (
        "a_value_of_the_wrong_kind_is_refused_without_being_quoted",
        "`save()` with a value of another type",
        "`ValidationError`, which names the field and never the value",
    ),
    (
        "reading_outside_a_context_raises",
        "`row.field` with no context open",
        "`Unopened`",
    ),
    (
        "what_was_read_inside_is_refused_after",
        "`row.field` after its context has closed",
        "`Unopened`, also where it was read before",
    ),
    (
        "values_give_opaque_sealed_values",
        "`values()`, `values_list()`, `annotate(x=F())`, `raw()`",
        "a `Sealed` value: it cannot be printed, compared, measured, dumped or pickled",
    ),
    (
        "where_gives_what_filter_gives_and_refuses_sealed_columns",
        "`where()`",
        "as `filter().order_by()` over open columns, worded once; `FieldError` on a sealed field",
    ),
    (
        "where_in_each_gives_what_where_gives_of_each",
        "`where_in_each()`",
        "what `where()` gives of each of some tables, asked of PostgreSQL together",
    ),
    (
        "filtering_raises",
        "`filter()`, `exclude()`, `get()` on a sealed field",
        "`FieldError`: use `vault.search`",
    ),
    (
        "sorting_and_measuring_raise",
        "`order_by()`, `Length()`, `Lower()`, `Concat()`, `Count(distinct)`, comparison with `F()`",
        "`FieldError`, or the database refuses: it is handed a function that it does not have",
    ),
    (
        "grouping_rows_still_works",
        "`annotate(Count())` over rows",
        "works: grouping is by the row's key",
    ),
    (
        "update_raises_for_sealed_and_needs_an_act_for_open",
        "`update()`, `bulk_update()`",
        "sealed: `SealedMisuse`; an open column is updated inside an act, each row in the ledger, and "
        "`NotAnAct` elsewhere",
    ),
    (
        "writing_outside_an_act_raises",
        "`save()`, `create()`, `bulk_create()`, `delete()`, `_raw_delete()` outside an act",
        "`NotAnAct`, in a reading context too, and nothing is written",
    ),
    (
        "an_unopened_row_is_saved_refreshed_and_cleaned_without_opening",
        "`full_clean()`, `refresh_from_db()` and `save()` of a row that was not opened",
        "the ciphertext goes through untouched",
    ),
    (
        "a_column_added_later_reads_as_nothing",
        "a column that a migration added, in a row from before",
        "`None` in a context, `Unopened` outside one",
    ),
    (
        "only_and_defer_load_when_touched",
        "`only()`, `defer()`",
        "loaded when touched, and opened only in a context",
    ),
    (
        "copies_and_pickles_carry_ciphertext_only",
        "`copy`, `deepcopy`, `pickle` of a row",
        "carry ciphertext; opened again only in a context",
    ),
    (
        "a_row_with_something_unsaved_is_not_pickled",
        "`pickle` of a row with something set and not saved",
        "`SealedMisuse`",
    ),
    (
        "a_new_key_does_not_carry_old_ciphertext_along",
        "`row.pk = None; row.save()`, another `subject`, `bulk_create()` with sealed values",
        "`Misplaced`: ciphertext belongs to its row and person",
    ),
    (
        "dumps_and_dicts_raise",
        "`serializers.serialize()`, `model_to_dict()`",
        "`SealedMisuse`, inside a context too",
    ),
    (
        "bulk_create_seals_and_opens",
        "`bulk_create()` in an act",
        "every row sealed and named to the ledger; `ignore_conflicts` and `update_conflicts` are refused",
    ),
    (
        "lengths_do_not_tell",
        "the length of what is stored",
        "the same for nothing, no, and a short text: padded to steps of 32 bytes",
    ),
    (
        "damage_is_always_an_error",
        "a bit flipped, a byte cut off or added below the ORM",
        "`Damaged`, never a wrong value",
    ),
    (
        "ciphertext_moved_to_another_row_person_or_field_does_not_open",
        "ciphertext moved by SQL to another row, person or column",
        "`Damaged`",
    ),
    (
        "one_of_three_bills_and_one_of_two_pictures_go_while_the_others_stay",
        "the key of one row or one year destroyed",
        "`Destroyed` for those rows; the others still open",
    ),
    (
        "a_swallowed_misuse_poisons_the_boundary",
        "any of these errors swallowed by a template or an `except`",
        "the boundary is poisoned: the answer is an error page",
    ),
    (
        "a_plain_query_set_of_a_holding_is_refused",
        "`models.QuerySet(Model)`, which knows of no act",
        "`SealedMisuse`, inside an act too",
    ),
    (
        "counting_distinct_rows_still_works",
        "`distinct().count()`, slices, subqueries over open columns",
        "work",
    ),
    (
        "a_subquery_gives_sealed_values",
        "`Subquery()`, `union()` of values",
        "a `Sealed` value",
    ),
    (
        "these_raise",
        "`get_or_create()` by a sealed field, `latest()`, `dates()`, `in_bulk(field_name=)`, "
        "`Case()`, `Cast()`, `Max()`, `Exists()`, `Window()` over one, "
        "a query or subquery of sealed columns as the value of a filter",
        "refused, by Django or by the database; inside an act too",
    ),
    (
        "rows_open_however_they_were_fetched_and_only_in_a_context",
        "`iterator()`, `in_bulk()`, `union()`, `select_related()`, `prefetch_related()`, `last()`, `_base_manager`",
        "rows open in a context, and nowhere else",
    ),
    (
        "what_a_row_is_bound_to_cannot_be_updated_from_under_it",
        "`update()` of `id`, `subject` or `disposal_year`",
        "`SealedMisuse`: the ciphertext would belong to nobody",
    ),
    (
        "a_row_passed_off_as_anothers_does_not_open",
        "another `id` or `subject` set on a row",
        "`Damaged` when read, `Misplaced` when saved",
    ),
    (
        "update_or_create_seals_and_needs_an_act",
        "`update_or_create()`, `get_or_create()` with sealed defaults",
        "sealed like a save; `NotAnAct` outside an act",
    ),
    (
        "asynchronous_doors_need_an_act_like_the_others",
        "`asave()`, `acreate()`, `aupdate()`, `abulk_create()`, `adelete()`",
        "as their plain doors",
    ),
    (
        "what_was_read_in_one_context_asks_again_in_another",
        "`row.field` in another context, or in a thread",
        "asked anew; a thread inherits no context",
    ),
    (
        "an_insert_that_failed_can_be_tried_again_but_not_for_another_row",
        "`save()` again after an `IntegrityError`",
        "works for the same row; `Misplaced` for another",
    ),
    (
        "sealed_values_show_in_no_repr",
        "`repr()`, `str()`, `vars()` of a row",
        "never show the content",
    ),
    (
        "a_raw_save_does_not_pass_the_seal",
        "`save_base(raw=True)`, as fixtures use it",
        "`SealedMisuse`",
    ),
)


def names_of_tests() -> set[str]:
    """The tests that stand in the file."""
    trees = [ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in TESTS]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name.removeprefix("test_") for node in functions if node.name.startswith("test_")}


def orm_contract_page() -> str:
    """
    docs/reference/orm-contract.md.

    :raises ValueError: a test has no line, or a line no test.
    """
    said, there = {name for name, _, _ in LINES}, names_of_tests()
    if said != there:
        raise ValueError(
            f"tests/structure/orm_contract.py and {TESTS[0]} differ about: {', '.join(sorted(said ^ there))}"
        )
    rows = "\n".join(f"| {door} | {what} | `{name}` |" for name, door, what in LINES)
    return f"""# The ORM contract

Made by `make docs` from `tests/structure/orm_contract.py`, and checked against `{TESTS[0]}` and
`{TESTS[1]}`: each line is a test of that name,
with `test_` before it.

A holding is an ordinary Django model, and a sealed field an ordinary field, to code that holds a context. Through every other
door this happens:

| door | what happens | test |
|---|---|---|
{rows}
"""
