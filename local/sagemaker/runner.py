"""Executing pipelines: one thread an execution, each job a process, every change journaled.

A step that has succeeded is never run again; after a crash its execution goes on with
the step it stood at. A step that was interrupted too often fails its execution, visibly.
"""

import json
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from core.contracts.errors import RetailForecastError
from local.sagemaker import events, jobs, registration
from local.sagemaker.container import Container, JobFailedError, JobStoppedError
from local.sagemaker.definition import Resolver, StepJson, all_steps, in_order, parameters
from local.sagemaker.events import Courier, execution_arn, iso, pipeline_arn
from local.sagemaker.journal import Execution, Journal, Step
from local.sagemaker.registry import ApiError, Registry
from local.sagemaker.rights import Rights
from local.sagemaker.transform import transform
from local.settings import ACCOUNT, REGION

log = logging.getLogger(__name__)
AT_ONCE: Final = 2
MAX_ATTEMPTS: Final = 5
KEPT_LOGS: Final = 200  # executions whose step logs are kept
_JOB_ARN: Final = {"Processing": "processing-job", "Training": "training-job", "Transform": "transform-job"}


class Runner:
    """Runs the executions of the journal."""

    def __init__(
        self, journal: Journal, registry: Registry, courier: Courier, rights: Rights, *,
        scratch: Path, logs: Path, environment: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.journal, self.registry, self.courier, self.rights = journal, registry, courier, rights
        self.scratch, self.logs, self.environment = scratch.resolve(), logs.resolve(), environment
        self.places = threading.BoundedSemaphore(AT_ONCE)
        self._stops: dict[str, threading.Event] = {}
        self._begun: set[str] = set()
        self._lock = threading.Lock()
        shutil.rmtree(self.scratch, ignore_errors=True)  # of jobs that died with the last process
        for old in journal.ids_but_newest(KEPT_LOGS):
            shutil.rmtree(self.logs / old, ignore_errors=True)

    def resume(self) -> None:
        """At start: go on with everything that had not ended."""
        for execution in reversed(self.journal.executions("status IN ('Executing', 'Stopping')")):
            log.info("going on with %s", execution_arn(execution))
            self.begin(execution)

    def begin(self, execution: Execution) -> None:
        """Run an execution in its own thread, once."""
        with self._lock:
            if execution.id in self._begun:
                return
            self._begun.add(execution.id)
        stop = self._stops.setdefault(execution.id, threading.Event())
        if execution.status == "Stopping":
            stop.set()
        threading.Thread(target=Run(self, execution, stop).run, name=execution.id, daemon=True).start()

    def stop(self, execution: Execution) -> None:
        """Ask a running execution to stop."""
        if self.change(execution, "Stopping", before=("Executing",)):
            self._stops.setdefault(execution.id, threading.Event()).set()

    def change(self, execution: Execution, status: str, *, before: tuple[str, ...], failure: str | None = None) -> bool:
        """Journal a new status together with its event."""
        with self.journal.together():
            (old,) = self.journal.executions("id = ?", execution.id)
            if not self.journal.set_status(execution.id, status, before=before, failure=failure):
                return False
            (now,) = self.journal.executions("id = ?", execution.id)
            self.courier.send(events.execution_changed(now, old.status))
        execution.status, execution.failure = status, failure
        return True


class Run:
    """One execution under way."""

    def __init__(self, runner: Runner, execution: Execution, stop: threading.Event) -> None:
        self._runner, self._execution, self._stop = runner, execution, stop
        definition = json.loads(execution.definition)
        self._top: list[StepJson] = definition["Steps"]
        self._steps = {step["Name"]: step for step in all_steps(self._top)}
        self._done = {step.name: step for step in runner.journal.steps(execution.id)}
        self._resolver = Resolver(
            parameters(definition, execution.parameters),
            {
                "PipelineName": execution.pipeline,
                "PipelineArn": pipeline_arn(execution.pipeline),
                "PipelineExecutionId": execution.id,
                "PipelineExecutionArn": execution_arn(execution),
                "StartDateTime": iso(execution.created),
                "CurrentDateTime": iso(execution.created),
            },
            {name: step.properties for name, step in self._done.items() if step.status == "Succeeded"},
            self._property_file,
        )

    def run(self) -> None:
        """Run to the end and say how it ended."""
        living = ("Executing", "Stopping")
        with self._runner.places:
            try:
                self._run_all(self._top)
            except JobStoppedError:
                self._runner.change(self._execution, "Stopped", before=living)
            except (RetailForecastError, ApiError) as error:
                self._runner.change(self._execution, "Failed", before=living, failure=str(error))
            except Exception as error:
                log.exception("the runner itself failed")
                reason = f"InternalServerError: {type(error).__name__}: {error}"
                self._runner.change(self._execution, "Failed", before=living, failure=reason)
            else:
                self._runner.change(self._execution, "Succeeded", before=living)

    def _run_all(self, steps: list[StepJson]) -> None:
        for step in in_order(steps):
            done = self._done.get(step["Name"])
            if done is None or done.status != "Succeeded":
                self._run_step(step, done)
            if step["Type"] == "Condition":
                outcome = self._done[step["Name"]].properties["Outcome"]
                self._run_all(step["Arguments"].get("IfSteps" if outcome == "True" else "ElseSteps", []))

    def _run_step(self, definition: StepJson, interrupted: Step | None) -> None:
        if self._stop.is_set():
            raise JobStoppedError("stopped on request")
        name = definition["Name"]
        step = Step(
            self._execution.id, name, definition["Type"], attempts=1 + (interrupted.attempts if interrupted else 0)
        )
        try:
            if step.attempts > MAX_ATTEMPTS:
                raise JobFailedError(f"InternalServerError: interrupted {MAX_ATTEMPTS} times")
            self._runner.journal.put_step(step)
            log.info("%s: step %s", self._execution.id, name)
            step.properties = self._perform(definition, step)
            step.status = "Succeeded"
        except JobStoppedError:
            step.status = "Stopped"
            raise
        except (RetailForecastError, ApiError) as error:
            step.status, step.failure = "Failed", str(error)
            raise JobFailedError(f"Step {name} failed: {error}") from error
        except Exception as error:
            step.status, step.failure = "Failed", f"InternalServerError: {error}"
            raise
        finally:
            step.ended = time.time()
            self._runner.journal.put_step(step)
            self._done[name] = step
        self._resolver.steps = {n: s.properties for n, s in self._done.items() if s.status == "Succeeded"}

    def _perform(self, definition: StepJson, step: Step) -> dict[str, Any]:
        kind = definition["Type"]
        if kind == "Condition":
            holds = all(self._resolver.holds(each) for each in definition["Arguments"]["Conditions"])
            return {"Outcome": str(holds)}
        arguments = self._resolver.resolve(definition["Arguments"])
        if kind == "Fail":
            raise JobFailedError(arguments["ErrorMessage"])
        if kind == "RegisterModel":
            return registration.register(
                self._runner.registry, self._runner.courier, self._execution.id, step.name, arguments
            )
        if kind == "Model":
            return registration.create_model(self._runner.registry, job_name(step), arguments)
        if kind not in _JOB_ARN:
            raise JobFailedError(f"ClientError: steps of type {kind} are not run here")
        return self._job(kind, step, arguments)

    def _job(self, kind: str, step: Step, arguments: dict[str, Any]) -> dict[str, Any]:
        name = job_name(step)
        runner = self._runner
        root = runner.scratch / name

        model = (
            runner.registry.call("DescribeModel", {"ModelName": arguments["ModelName"]}) if kind == "Transform" else {}
        )
        role = model.get("ExecutionRoleArn", "") if model else arguments.get("RoleArn", "")
        storage = runner.rights.storage(role)  # SageMaker brings and fetches a job's files as the job's role, too

        def new(*, env: Mapping[str, str], **parts: Any) -> Container:
            return Container(
                root=root, log=runner.logs / step.execution / f"{step.name}.log", stop=self._stop,
                env={**runner.environment, **runner.rights.environment(role), **env}, **parts,
            )  # fmt: skip

        try:
            if model:
                properties = transform(name, arguments, model, new, storage)
            else:
                job = jobs.processing if kind == "Processing" else jobs.training
                properties = job(name, arguments, new, storage)
        finally:
            if not os.environ.get("LOCAL_KEEP_SCRATCH"):
                shutil.rmtree(root, ignore_errors=True)
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{_JOB_ARN[kind]}/{name}"
        return {**properties, f"{kind}JobArn": arn}

    def _property_file(self, step: str, name: str) -> str:
        storage = self._runner.rights.storage(self._pipeline_role())
        return jobs.property_file(self._steps[step], self._done[step].properties, name, storage)

    def _pipeline_role(self) -> str:
        """What decides between steps reads what they wrote."""
        if not self._runner.rights.held:
            return ""
        pipeline = self._runner.registry.call("DescribePipeline", {"PipelineName": self._execution.pipeline})
        return str(pipeline["RoleArn"])


def job_name(step: Step) -> str:
    """Name of a step's job, as SageMaker forms it; the attempt makes it new after a crash."""
    readable = re.sub(r"[^a-zA-Z0-9]+", "-", step.name)[:30]
    return f"pipelines-{step.execution}-{readable}-{step.attempts}"
