"""Our side of benchmarks/ingest.py: read, every row accounted for, verdict, Delta table merged."""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.contracts.uploads import Upload
from training import table
from training.reading import read_file

file = Path(sys.argv[1])
upload = Upload(bucket="b", key=file.name, version_id="1", size=1, uploaded_at=datetime(2024, 1, 1, tzinfo=UTC))
begun, spent = time.perf_counter(), time.process_time()
reading = read_file(file)
read = time.perf_counter()
if reading.rows is None:
    raise SystemExit(reading.verdict.sentence)
with TemporaryDirectory(dir=file.parent) as folder:
    table.merge(f"{folder}/sales", reading.rows, source=upload)
    done, used = time.perf_counter(), time.process_time()
print(
    json.dumps({
        "seconds": done - begun,
        "seconds_verdict": read - begun,
        "cpu_seconds": used - spent,
        "rows": reading.verdict.counts.read,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "versions": {name: version(name) for name in ("polars", "deltalake")},
    })
)  # fmt: skip
