"""Takes a file in with pandas and pandera: read, validate, split by a hash of the features, write two CSV files."""

import numpy as np
import pandas as pd
import pandera.pandas as pa
from task import columns, features, file, folder, holdout, is_parquet, measure


def dtype_of(column):
    match column["type"]:
        case "integer":
            return str(np.promote_types(np.min_scalar_type(column["min"]), np.min_scalar_type(column["max"])))
        case "number":
            return "float64"
        case "boolean":
            return "bool"
        case "category":
            return pd.CategoricalDtype(column["values"])
        case "date":
            return "datetime64[us]"


def checks_of(column):
    checks = []
    if "min" in column:
        checks.append(pa.Check.ge(column["min"]))
    if "max" in column:
        checks.append(pa.Check.le(column["max"]))
    return checks


dtypes = {column["name"]: dtype_of(column) for column in columns}
dates = [column["name"] for column in columns if column["type"] == "date"]
schema = pa.DataFrameSchema(
    {
        column["name"]: pa.Column(
            dtypes[column["name"]], checks_of(column), nullable=column.get("optional", False)
        )
        for column in columns
    },
    strict=True,
)


def read():
    if is_parquet:
        return pd.read_parquet(file).astype(dtypes)
    plain = {name: dtype for name, dtype in dtypes.items() if name not in dates}
    # What is none of a category's values becomes a missing value, which the schema refuses.
    return pd.read_csv(file, dtype=plain, parse_dates=dates, date_format="%Y-%m-%d").astype(
        {name: dtypes[name] for name in dates}
    )


def work():
    rows = schema.validate(read())
    held = pd.util.hash_pandas_object(rows[features], index=False).to_numpy() < holdout * 2**64
    rows[~held].to_csv(folder / "train.csv", index=False)
    rows[held].to_csv(folder / "holdout.csv", index=False)
    return int((~held).sum()), int(held.sum())


measure(work)
