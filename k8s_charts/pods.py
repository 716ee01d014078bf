"""The Deployment: pods that come ready before the old ones go, and go after the load balancer forgot them."""

from typing import Final

from cdk8s_plus_33 import k8s
from constructs import Construct

from k8s_charts.environment import KEYS_FOLDER, PORT, fingerprint
from k8s_charts.place import APP, Place
from k8s_charts.settings import ServiceSettings

USER: Final = 10001
SELECTOR: Final = {"app.kubernetes.io/name": APP}
PORT_NAME: Final = "http"
SCRATCH: Final = "1Gi"
"""Disk of a pod: what a what-if takes lies there, 1 to 2 kB a series; while a publication is swapped, twice."""


def deployment(scope: Construct, place: Place, settings: ServiceSettings) -> k8s.KubeDeployment:
    """No ``replicas``: their number is the autoscaler's."""
    return k8s.KubeDeployment(
        scope,
        "deployment",
        metadata=k8s.ObjectMeta(name=APP),
        spec=k8s.DeploymentSpec(
            selector=k8s.LabelSelector(match_labels=SELECTOR),
            min_ready_seconds=10,
            revision_history_limit=5,
            strategy=k8s.DeploymentStrategy(
                type="RollingUpdate",
                rolling_update=k8s.RollingUpdateDeployment(
                    max_unavailable=k8s.IntOrString.from_number(0), max_surge=k8s.IntOrString.from_string("25%")
                ),
            ),
            template=k8s.PodTemplateSpec(
                metadata=k8s.ObjectMeta(
                    labels=SELECTOR, annotations={"retail-forecast/environment": fingerprint(place, settings)}
                ),
                spec=_pod(place, settings),
            ),
        ),
    )


def _pod(place: Place, settings: ServiceSettings) -> k8s.PodSpec:
    keys = settings.api_key_secret
    return k8s.PodSpec(
        service_account_name=APP,
        automount_service_account_token=False,  # IRSA brings a token of its own, for STS alone
        enable_service_links=False,
        termination_grace_period_seconds=settings.grace_seconds,
        security_context=k8s.PodSecurityContext(
            run_as_non_root=True,
            run_as_user=USER,
            run_as_group=USER,
            fs_group=USER,
            seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
        ),
        topology_spread_constraints=[_spread("topology.kubernetes.io/zone"), _spread("kubernetes.io/hostname")],
        containers=[_container(place, settings)],
        volumes=[
            k8s.Volume(name="tmp", empty_dir=k8s.EmptyDirVolumeSource(size_limit=k8s.Quantity.from_string(SCRATCH))),
            *(
                [k8s.Volume(name="keys", secret=k8s.SecretVolumeSource(secret_name=keys, default_mode=0o440))]
                if keys
                else []
            ),
        ],
    )


def _container(place: Place, settings: ServiceSettings) -> k8s.Container:
    memory = k8s.Quantity.from_string(f"{settings.memory_mb}Mi")
    return k8s.Container(
        name=APP,
        image=place.image,
        image_pull_policy="IfNotPresent",  # tags are immutable
        args=["serve"],
        ports=[k8s.ContainerPort(name=PORT_NAME, container_port=PORT)],
        env_from=[k8s.EnvFromSource(config_map_ref=k8s.ConfigMapEnvSource(name=APP))],
        resources=k8s.ResourceRequirements(
            requests={"cpu": _millis(settings.cpu_millis), "memory": memory},
            limits={"cpu": _millis(4 * settings.cpu_millis), "memory": memory},
        ),
        # Loading takes seconds; only after it does the liveness probe begin.
        startup_probe=_probe("/livez", every=2, failures=60),
        liveness_probe=_probe("/livez", every=10, failures=3),
        # Not for a start: without a champion a pod is alive, and not ready for as long as there is none.
        readiness_probe=_probe("/readyz", every=5, failures=2),
        lifecycle=k8s.Lifecycle(
            pre_stop=k8s.LifecycleHandler(sleep=k8s.SleepAction(seconds=settings.pre_stop_seconds))
        ),
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            run_as_non_root=True,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
        volume_mounts=[
            k8s.VolumeMount(name="tmp", mount_path="/tmp"),  # noqa: S108 - an emptyDir of the pod's own
            *(
                [k8s.VolumeMount(name="keys", mount_path=KEYS_FOLDER, read_only=True)]
                if settings.api_key_secret
                else []
            ),
        ],
    )


def _probe(path: str, *, every: int, failures: int) -> k8s.Probe:
    return k8s.Probe(
        http_get=k8s.HttpGetAction(path=path, port=k8s.IntOrString.from_string(PORT_NAME)),
        period_seconds=every,
        timeout_seconds=2,
        failure_threshold=failures,
    )


def _spread(key: str) -> k8s.TopologySpreadConstraint:
    """Even, but never at the price of a pod that finds no place."""
    return k8s.TopologySpreadConstraint(
        max_skew=1,
        topology_key=key,
        when_unsatisfiable="ScheduleAnyway",
        label_selector=k8s.LabelSelector(match_labels=SELECTOR),
        match_label_keys=["pod-template-hash"],
    )


def _millis(cpu: int) -> k8s.Quantity:
    return k8s.Quantity.from_string(f"{cpu}m")
