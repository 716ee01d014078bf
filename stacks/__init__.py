"""The CDK stacks.

Importing this package lets the CDK find the Node of the virtual environment, wherever Python was
started from: the machine's own may be absent, or past its end of support.
"""

import os
import sys
from pathlib import Path

_NODE = Path(sys.executable).with_name("node")
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))
