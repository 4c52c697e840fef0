"""The codebook: every table, column, code, variable, measure and rule of the public data.

One model, made of the Table Schemas, the forms, the rules and the texts in `locale/`. The page, the
JSON file, the DDI file and the value labels of Stata show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from gongkai.archive.codebook.code_lists import CODES, RULE_IDS
from gongkai.archive.codebook.table_schema import TableField, TableSchema, table_schemas
from gongkai.archive.store.csv_export import JOINED
from gongkai.archive.store.measures_sql import COUNTED, RATED, SummedMeasure
from gongkai.archive.store.pooled.variables import PanelVariable, panel_variables
from gongkai.catalogue import LANGUAGES, Language, text

Texts = Mapping[Language, str]
"""A text in each language."""

FORMATS = ("sqlite", "csv", "parquet", "xlsx", "dta")
MISSING = ("null", "empty string", "null or empty string")


@dataclass(frozen=True, slots=True)
class Code:
    """A value that stands for something, with its label."""

    code: str
    labels: Texts


@dataclass(frozen=True, slots=True)
class MissingValue:
    """How a missing value of a column stands in each format. `kind` is the property of the column."""

    kind: str
    formats: Mapping[str, Texts]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `codes` are its values where these are few and fixed. `missing` is the kind of its missing values,
    "" where it has none. `refers_to` is TABLE.COLUMN of another table, "" for none.
    """

    name: str
    type: str
    titles: Texts
    descriptions: Texts
    unit: str
    codes: tuple[Code, ...]
    missing: str
    refers_to: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view. `universe` says what a row is; `key` are the columns that name a row.

    `is_file` is False for views that only join others: they are on the site and in SQL.
    """

    name: str
    titles: Texts
    universe: Texts
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_file: bool


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the panel and of the totals: its unit, its cell in each layout, whether these pool."""

    name: str
    titles: Texts
    unit: str
    pools: bool
    why: Texts
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Defined:
    """A measure or a rule with its definition."""

    id: str
    titles: Texts
    definitions: Texts


@dataclass(frozen=True, slots=True)
class Codebook:
    """All of it. `universe` is that of the variables."""

    titles: Texts
    descriptions: Texts
    universe: Texts
    tables: tuple[Table, ...]
    variables: tuple[Variable, ...]
    measures: tuple[Defined, ...]
    rules: tuple[Defined, ...]
    code_lists: Mapping[str, tuple[Code, ...]]
    missing: tuple[MissingValue, ...]


@cache
def codebook() -> Codebook:
    """Return the codebook of this version of the program."""
    return Codebook(
        titles=_texts("codebook_title"),
        descriptions=_texts("package_description"),
        universe=_texts("codebook_universe"),
        tables=tuple(map(_table, table_schemas().values())),
        variables=tuple(map(_variable, panel_variables())),
        measures=tuple(map(_measure, (*COUNTED, *RATED))),
        rules=tuple(_defined(f"rule.{rule}", rule) for rule in RULE_IDS),
        code_lists={name: _codes(name, CODES[name]) for name in CODES},
        missing=tuple(map(_missing, MISSING)),
    )


def _texts(key: str) -> Texts:
    return {lang: text(lang, key) for lang in LANGUAGES}


def _both(of: Callable[[Language], str]) -> Texts:
    return {lang: of(lang) for lang in LANGUAGES}


def _defined(key: str, id: str) -> Defined:
    return Defined(id, _texts(key), _texts(f"{key}.about"))


def _measure(measure: SummedMeasure) -> Defined:
    return _defined(f"measure.{measure.key}", measure.key)


def _table(schema: TableSchema) -> Table:
    key = schema.primary_key or (schema.unique_keys[0] if schema.unique_keys else ())
    references = dict(_references(schema))
    return Table(
        name=schema.name,
        titles=schema.titles,
        universe=schema.descriptions,
        key=key,
        columns=tuple(_column(each, references) for each in schema.fields.values()),
        is_file=schema.name not in JOINED,
    )


def _references(schema: TableSchema) -> Iterator[tuple[str, str]]:
    for key in schema.foreign_keys:
        other = key["reference"]["resource"] or schema.name
        for column, target in zip(key["fields"], key["reference"]["fields"], strict=True):
            yield column, f"{other}.{target}"


def _column(field: TableField, references: Mapping[str, str]) -> Column:
    return Column(
        name=field.name,
        type=field.type,
        titles=field.titles,
        descriptions=field.descriptions,
        unit=field.unit,
        codes=column_codes(field),
        missing="" if field.constraints.get("required") else field.missing,
        refers_to=references.get(field.name, ""),
    )


def column_codes(field: TableField) -> tuple[Code, ...]:
    """Return the codes of a column in the order of its schema, () where it has no fixed values."""
    values = field.constraints.get("enum")
    return _codes(field.name, values) if isinstance(values, list) else ()


def _codes(column: str, values: Sequence[object] | Mapping[str, object]) -> tuple[Code, ...]:
    known = CODES.get(column, {})
    return tuple(
        Code(str(value), _both(known[str(value)]) if str(value) in known else _same(str(value)))
        for value in values
    )


def _same(value: str) -> Texts:
    """Return a value as its own label: the number of a section is one."""
    return dict.fromkeys(LANGUAGES, value)


def _variable(each: PanelVariable) -> Variable:
    return Variable(
        name=each.name,
        titles=each.titles,
        unit=each.unit,
        pools=each.pools,
        why=_both(each.reason),
        cells={form: ".".join(filter(None, cell)) for form, cell in each.cells.items()},
    )


def _missing(kind: str) -> MissingValue:
    sqlite = {"null": "NULL", "empty string": "''", "null or empty string": "NULL, ''"}[kind]
    shown = map(_same, (sqlite, '""', "null", "", '. / ""'))
    formats = dict(zip(FORMATS, shown, strict=True))
    return MissingValue(kind, {**formats, "xlsx": _texts("codebook_empty_cell")})
