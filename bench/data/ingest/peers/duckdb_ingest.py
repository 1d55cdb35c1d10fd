"""Takes a file in with DuckDB: one query that checks and counts, one that splits by a hash of the features and writes."""

import sys

import duckdb
from task import columns, features, file, folder, holdout, is_parquet, measure

types = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "category": "VARCHAR", "date": "DATE"}


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name):
    return f'"{name}"'


def fits(column):
    name = identifier(column["name"])
    conditions = [f"{name} IS NOT NULL"]
    if "min" in column:
        conditions.append(f"{name} >= {column['min']}")
    if "max" in column:
        conditions.append(f"{name} <= {column['max']}")
    if "values" in column:
        conditions.append(f"{name} IN ({', '.join(map(quoted, column['values']))})")
    fit = " AND ".join(conditions)
    return f"({name} IS NULL OR ({fit}))" if column.get("optional") else fit


def source():
    if is_parquet:
        return f"read_parquet({quoted(file)})"
    struct = ", ".join(f"{quoted(column['name'])}: '{types[column['type']]}'" for column in columns)
    dialect = "header = true, auto_detect = false, delim = ',', quote = '\"'"
    return f"read_csv({quoted(file)}, {dialect}, columns = {{{struct}}})"


# A hash has 64 bits.
is_held = f"hash({', '.join(map(identifier, features))}) / 18446744073709551616.0 < {holdout}"
names = ", ".join(identifier(column["name"]) for column in columns)


def work():
    database = duckdb.connect()
    database.execute(f"SET threads = {int(sys.argv[4])}")
    rows, wrong, held = database.execute(
        f"SELECT count(*), count(*) FILTER (NOT ({' AND '.join(map(fits, columns))})), count(*) FILTER ({is_held}) FROM {source()}"
    ).fetchone()
    if wrong:
        raise ValueError(f"{wrong} rows do not fit the schema")
    database.execute(
        f"COPY (SELECT {names}, {is_held} AS held FROM {source()}) TO {quoted(folder)} (FORMAT csv, HEADER, PARTITION_BY (held), OVERWRITE_OR_IGNORE)"
    )
    return rows - held, held


measure(work)
