"""Writes a CSV file as Parquet, as DuckDB does it by itself. Usage: to_parquet.py <csv> <parquet>"""

import sys

import duckdb

source, target = sys.argv[1:]
duckdb.execute(f"COPY (FROM read_csv('{source}', sample_size = 100000)) TO '{target}' (FORMAT parquet)")
