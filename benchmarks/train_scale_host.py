"""One host of ``train_scale.py --hosts``: ``train_scale_host.py ROOT SALES`` trains and says how well."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.forecasting import metrics, train
from training.checkpoints import Checkpoints
from training.commands import inputs
from training.container import OptMl
from training.distributed import Hosts, together
from training.interruption import Interruption


def main(root: Path, sales: Path) -> None:
    folders, hosts, interruption = OptMl(root), Hosts.of(root), Interruption()
    stages: dict[str, float] = {}
    given = inputs.load(sales, None, 28, "D", None, planned=True)
    checkpoints = Checkpoints(folders.checkpoints, "benchmark")
    with interruption.noted(), together(hosts, checkpoints, interruption, folders.lost) as run:
        model = train(given.sales, given.spec, lambda stage: stages.update({stage: round(time.process_time(), 1)}), run)
    if hosts.rank == 0:
        told = {"backtest_wape": metrics.scores(model.backtest).wape, "processor_at": stages}
        (root / "told.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
