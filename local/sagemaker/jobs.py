"""The job types of a pipeline: what SageMaker puts into a container and takes out of it.

Each function runs one job to its end and returns what Describe of that job answers
(the properties later steps refer to). ``arguments`` are resolved already.
"""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from local.sagemaker.container import Container, JobFailedError
from local.sagemaker.storage import Storage

Properties = dict[str, Any]
NewContainer = Callable[..., Container]
_DAY: Final = 86_400


def processing(name: str, arguments: dict[str, Any], new: NewContainer, storage: Storage) -> Properties:
    """Run a processing job."""
    spec = arguments["AppSpecification"]
    box = new(
        image=spec["ImageUri"],
        entrypoint=spec.get("ContainerEntrypoint", ()),
        arguments=spec.get("ContainerArguments", ()),
        env=arguments.get("Environment", {}),
    )
    cluster = arguments.get("ProcessingResources", {}).get("ClusterConfig", {})
    box.write_json("/opt/ml/config/processingjobconfig.json", {"ProcessingJobName": name, **arguments})
    box.write_json("/opt/ml/config/resourceconfig.json", _resource_config(cluster))
    for item in arguments.get("ProcessingInputs", []):
        source = item["S3Input"]
        if not storage.download(source["S3Uri"], box.path(source["LocalPath"])):
            raise JobFailedError(f"ClientError: no objects at {source['S3Uri']} for input {item['InputName']}")
    outputs = arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
    for item in outputs:
        box.path(item["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)
    seconds = arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _DAY)
    box.start().wait(seconds)
    for item in outputs:
        storage.upload(box.path(item["S3Output"]["LocalPath"]), item["S3Output"]["S3Uri"])
    return {**arguments, "ProcessingJobName": name, "ProcessingJobStatus": "Completed"}


def training(name: str, arguments: dict[str, Any], new: NewContainer, storage: Storage) -> Properties:
    """Run a training job; its checkpoints travel while it runs, its model when it has ended well."""
    spec = arguments["AlgorithmSpecification"]
    box = new(
        image=spec["TrainingImage"],
        entrypoint=spec.get("ContainerEntrypoint", ()),
        arguments=spec.get("ContainerArguments", () if spec.get("ContainerEntrypoint") else ("train",)),
        env={**arguments.get("Environment", {}), "TRAINING_JOB_NAME": name},
    )
    channels = arguments.get("InputDataConfig", [])
    box.write_json("/opt/ml/input/config/hyperparameters.json", arguments.get("HyperParameters", {}))
    box.write_json("/opt/ml/input/config/resourceconfig.json", _resource_config(arguments.get("ResourceConfig", {})))
    box.write_json("/opt/ml/input/config/inputdataconfig.json", _channel_config(channels))
    for channel in channels:
        uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
        if not storage.download(uri, box.path(f"/opt/ml/input/data/{channel['ChannelName']}")):
            raise JobFailedError(f"ClientError: no objects at {uri} for channel {channel['ChannelName']}")
    box.path("/opt/ml/model").mkdir(parents=True, exist_ok=True)
    sync = _checkpoints(arguments.get("CheckpointConfig"), box, storage)
    seconds = arguments.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _DAY)
    try:
        box.start().wait(seconds, sync)
    finally:
        sync()
    archive = box.root / "model.tar.gz"
    _pack(box.path("/opt/ml/model"), archive)
    uri = f"{arguments['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{name}/output/model.tar.gz"
    storage.upload_file(archive, uri)
    return {
        **arguments,
        "TrainingJobName": name,
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": uri},
    }


def _checkpoints(config: dict[str, Any] | None, box: Container, storage: Storage) -> Callable[[], None]:
    if not config:
        return lambda: None
    folder = box.path(config.get("LocalPath", "/opt/ml/checkpoints"))
    storage.download(config["S3Uri"], folder)
    seen: dict[Path, tuple[int, int]] = {}
    return lambda: storage.upload(folder, config["S3Uri"], seen)


def _resource_config(cluster: dict[str, Any]) -> dict[str, Any]:
    if cluster.get("InstanceCount", 1) != 1:
        raise JobFailedError("ClientError: one host is all this machine has; set InstanceCount to 1")
    return {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"}


def _channel_config(channels: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        channel["ChannelName"]: {
            "TrainingInputMode": channel.get("InputMode", "File"),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        }
        for channel in channels
    }


def _pack(folder: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:gz", compresslevel=3) as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)


def property_file(step: dict[str, Any], properties: Properties, name: str, storage: Storage) -> str:
    """Text of a property file that a finished processing step wrote.

    Raises:
        JobFailedError: the step declares no such file.
    """
    for item in step.get("PropertyFiles", []):
        if item["PropertyFileName"] == name:
            outputs = properties["ProcessingOutputConfig"]["Outputs"]
            uri = next(o["S3Output"]["S3Uri"] for o in outputs if o["OutputName"] == item["OutputName"])
            text = storage.read(f"{uri.rstrip('/')}/{item['FilePath']}").decode()
            json.loads(text)
            return text
    raise JobFailedError(f"ClientError: step {step['Name']} declares no property file {name}")
