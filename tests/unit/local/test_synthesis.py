"""Reading a cloud assembly."""

import json
from pathlib import Path
from typing import Any

from local import synthesis


def assembly(folder: Path) -> Path:
    """Two stacks, the second with an asset."""

    def stack(name: str, needs: list[str]) -> dict[str, Any]:
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": {name: {"Type": "AWS::X::Y"}}}))
        properties = {"templateFile": f"{name}.template.json", "stackName": f"the-{name}"}
        return {"type": "aws:cloudformation:stack", "properties": properties, "dependencies": needs}

    place = {"bucketName": "assets-${AWS::AccountId}-ap", "objectKey": "h.zip"}
    files = {
        "h": {"source": {"path": "asset.h", "packaging": "zip"}, "destinations": {"x": place}},
        "t": {"source": {"path": "a.template.json", "packaging": "file"}, "destinations": {"x": place}},
    }
    (folder / "a.assets.json").write_text(json.dumps({"files": files}))
    artifacts = {
        "a": stack("a", ["z", "a.assets"]),
        "z": stack("z", []),
        "a.assets": {"type": "cdk:asset-manifest", "properties": {"file": "a.assets.json"}},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def test_stacks_come_after_those_they_need_with_their_assets(tmp_path: Path) -> None:
    first, second = synthesis.stacks(assembly(tmp_path))
    assert (first.name, second.name) == ("the-z", "the-a")
    (asset,) = second.assets
    assert (asset.bucket, asset.key, asset.zipped) == ("assets-000000000000-ap", "h.zip", True)
    assert asset.source == tmp_path / "asset.h"


def test_the_digest_follows_the_inputs_and_nothing_else(tmp_path: Path) -> None:
    for name in ("app.py", "core/a.py", "service/b.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    before = synthesis.digest(tmp_path)
    (tmp_path / "service/b.py").write_text("2")
    assert synthesis.digest(tmp_path) == before
    (tmp_path / "core/a.py").write_text("2")
    assert synthesis.digest(tmp_path) != before
