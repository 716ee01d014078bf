"""The Kubernetes side of the service: cdk8s charts, printed by ``python -m k8s_charts`` and applied by the CDK.

Importing this package lets jsii find the Node of the virtual environment, wherever Python was started from.
"""

import os
import sys
from pathlib import Path

_NODE = Path(sys.executable).with_name("node")
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))
