"""What every part of a notice file shares: strictness, one-or-several, and the form of small values."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class Part(BaseModel):
    """A part of a notice. Unknown keys are refused, so that a slip of spelling never silently drops a promise."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [] if value is None else [value]


class _OneOrSeveral:
    """One value may stand alone: `basis: contract` is `basis: [contract]`. The JSON Schema says so too."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(core)
        return {"anyOf": [several["items"], several]}


def _said(value: Any) -> Any:
    # Spaces alone say nothing, so they must not pass for an interest, a duty or a name.
    return "" if isinstance(value, str) and not value.strip() else value


OneOrSeveral = Annotated[list[T], _OneOrSeveral()]
Words = Annotated[str, BeforeValidator(_said), Field(max_length=4000)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Span = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3} (minute|hour|day|week|month|year)s?$", examples=["8 years"])]
# No notice means more, and a number without bounds would be a promise that nothing can keep.
Days = Annotated[int, Field(ge=1, le=3660)]
Age = Annotated[int, Field(ge=1, le=120)]
