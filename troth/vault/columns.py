"""How a sealed column stands in a query: ciphertext where it is selected, and elsewhere a function that no database has (0025)."""

import re
from typing import Any

from django.db.models.expressions import Col


class SealedCol(Col):
    """A sealed column. It may be selected; anywhere else in a query the database is handed a function it does not have."""

    MARK = "sealed_data_cannot_be_compared_or_sorted"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sql, parameters = super().as_sql(compiler, connection)
        return f"{self.MARK}({sql})", list(parameters)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        # What a subquery was asked for by name may end in a comparison. Where it is selected, the field takes the mark away.
        if compiler.query.subquery and not compiler.query.default_cols:
            return sql, params
        return sql.removeprefix(f"{self.MARK}(").removesuffix(")"), params

    def get_group_by_cols(self) -> list[Any]:
        return []  # grouping is by the key of the row, never by ciphertext


def without_mark(sql: str) -> str:
    """The same with every sealed column bare."""
    return re.sub(rf"{SealedCol.MARK}\(([^()]*)\)", r"\1", sql)
