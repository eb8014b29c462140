"""Calculated numbers: plain arithmetic over the numbers that were answered, and nothing else that Python could do."""

import ast
from decimal import Decimal
from typing import Any

_OPERATIONS: dict[type[ast.operator], Any] = {
    ast.Add: Decimal.__add__,
    ast.Sub: Decimal.__sub__,
    ast.Mult: Decimal.__mul__,
    ast.Div: Decimal.__truediv__,
    ast.Pow: Decimal.__pow__,
}
_OPERATORS = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow


def names_in(formula: str) -> set[str]:
    """
    The questions that a formula takes.

    :raises ValueError: it is more than arithmetic.
    """
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError:
        raise ValueError(f"{formula!r} is not arithmetic") from None
    for node in ast.walk(tree):
        fits = isinstance(node, ast.Expression | ast.BinOp | ast.Name | ast.Load | ast.Constant | _OPERATORS)
        number = not isinstance(node, ast.Constant) or (
            isinstance(node.value, int | float) and not isinstance(node.value, bool)
        )
        if not fits or not number:
            raise ValueError(f"{formula!r} takes more than numbers, + - * / ** and brackets")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def reckon(formula: str, numbers: dict[str, Decimal]) -> Decimal | None:
    """What a formula comes to, with one decimal; None while a number is missing, or where it would divide by nothing."""

    def of(node: ast.AST) -> Decimal:
        if isinstance(node, ast.Expression):
            return of(node.body)
        if isinstance(node, ast.BinOp):
            made: Decimal = _OPERATIONS[type(node.op)](of(node.left), of(node.right))
            return made
        if isinstance(node, ast.Name):
            return numbers[node.id]
        assert isinstance(node, ast.Constant)
        return Decimal(str(node.value))

    try:
        return of(ast.parse(formula, mode="eval")).quantize(Decimal("0.1"))
    except (KeyError, ArithmeticError):
        return None
