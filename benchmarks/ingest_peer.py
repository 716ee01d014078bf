"""The peer's side of benchmarks/ingest.py: read by pandas, validated row by row by pandera. Writes nothing."""

import json
import resource
import sys
import time
from importlib.metadata import version

import pandas as pd
import pandera.pandas as pa

some = pa.Check.str_length(min_value=1)
plausible = pa.Check.in_range(pd.Timestamp(1990, 1, 1), pd.Timestamp.now())
schema = pa.DataFrameSchema(
    {
        "date": pa.Column("datetime64[ns]", plausible, coerce=True),
        "store_id": pa.Column("string", some),
        "item_id": pa.Column("string", some),
        "units": pa.Column(float, pa.Check.ge(0), coerce=True),
        "price": pa.Column(float, pa.Check.ge(0), coerce=True),
        "promo": pa.Column(float, pa.Check.isin([0, 1]), coerce=True),
    },
    unique=["date", "store_id", "item_id"],
)
begun, spent = time.perf_counter(), time.process_time()
frame = pd.read_csv(sys.argv[1], dtype={"store_id": "string", "item_id": "string"}, parse_dates=["date"])
rows = len(schema.validate(frame, lazy=True))
print(
    json.dumps({
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - spent,
        "rows": rows,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "versions": {name: version(name) for name in ("pandas", "pandera")},
    })
)  # fmt: skip
