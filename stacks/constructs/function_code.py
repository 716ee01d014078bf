"""The functions' zip: ``lambdas/`` and ``core/contracts/``, nothing else; made offline, the same each time."""

from pathlib import Path
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

ROOT: Final = Path(__file__).parent.parent.parent
EVERYTHING_BUT: Final = (
    "/*",
    "!/lambdas",
    "!/core",
    "/core/*",
    "!/core/__init__.py",
    "!/core/contracts",
    "__pycache__",
    "*.pyc",
    "py.typed",
)


def function_code() -> lambda_.Code:
    """Code asset of every function; its hash is of names and contents, so unchanged code is no deployment."""
    return lambda_.Code.from_asset(str(ROOT), exclude=list(EVERYTHING_BUT), ignore_mode=cdk.IgnoreMode.GIT)
