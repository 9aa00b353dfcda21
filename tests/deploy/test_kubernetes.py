"""The manifests: kustomize builds them, Kubernetes' schemas take them, and they fit one another."""

import copy
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tapeloom.app.jobs.settings import ServiceSettings
from tests.deploy.files import DEPLOY, image_facts, tool

KUBERNETES = DEPLOY / "kubernetes"
CLOUDS = [pytest.param(name, marks=pytest.mark.slow) for name in ("aws", "gcp", "azure")]
OVERLAYS = ["one-node", "many-nodes", *CLOUDS]
OURS = ("api", "worker", "watchdog")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _kustomize() -> list[str]:
    return ["kustomize", "build"] if shutil.which("kustomize") else [
        tool("kubectl", "it holds kustomize"), "kustomize",
    ]  # fmt: skip


@cache
def built(overlay: str) -> tuple[dict[str, Any], ...]:
    """Let kustomize build an overlay."""
    done = subprocess.run(
        [*_kustomize(), str(KUBERNETES / "overlays" / overlay)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return tuple(yaml.load_all(done.stdout, _LOADER))


def of_kind(overlay: str, kind: str) -> dict[str, dict[str, Any]]:
    """Return an overlay's objects of a kind, by name."""
    return {one["metadata"]["name"]: one for one in built(overlay) if one["kind"] == kind}


def pods(overlay: str) -> dict[str, dict[str, Any]]:
    """Return what each deployment and stateful set runs."""
    found = of_kind(overlay, "Deployment") | of_kind(overlay, "StatefulSet")
    return {name: one["spec"]["template"] for name, one in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_schemas_take_every_object(overlay: str) -> None:
    validate = pytest.importorskip("kubernetes_validate").validate
    for one in built(overlay):
        validate(one, "1.30", strict=True)


@pytest.mark.slow
def test_the_schemas_refuse_a_slip() -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    deployment = copy.deepcopy(of_kind("one-node", "Deployment")["api"])
    deployment["spec"]["template"]["spec"]["containers"][0]["livenessprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, "1.30", strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_is_locked_up_bounded_and_watched(overlay: str) -> None:
    assert set(OURS) <= set(pods(overlay))
    for name, pod in pods(overlay).items():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        mounts = {volume["name"] for volume in spec["volumes"]}
        for container in spec["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert {"cpu", "memory"} <= set(container["resources"]["requests"])
            assert {"cpu", "memory"} <= set(container["resources"]["limits"])
            assert {"startupProbe", "livenessProbe"} <= set(container), name
            assert ":" in container["image"]
            named = {mount["name"] for mount in container["volumeMounts"]}
            assert named <= mounts | {"cluster"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_selector_finds_its_pods(overlay: str) -> None:
    labels = [pod["metadata"]["labels"] for pod in pods(overlay).values()]

    def finds(selector: dict[str, str]) -> bool:
        return any(selector.items() <= one.items() for one in labels)

    for service in of_kind(overlay, "Service").values():
        assert finds(service["spec"]["selector"])
    for budget in of_kind(overlay, "PodDisruptionBudget").values():
        assert finds(budget["spec"]["selector"]["matchLabels"])
    policies = of_kind(overlay, "NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for policy in policies.values():
        assert finds(policy["spec"]["podSelector"].get("matchLabels", {}))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_secrets_are_named_and_not_held(overlay: str) -> None:
    assert not of_kind(overlay, "Secret")
    for name in OURS:
        volumes = {one["name"]: one for one in pods(overlay)[name]["spec"]["volumes"]}
        assert volumes["database"]["secret"]["secretName"] == "tapeloom-database"
    text = yaml.safe_dump_all(built(overlay))
    assert not re.search(r"postgresql://\S*:\S*@", text)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_settings_are_those_of_the_program(overlay: str) -> None:
    (settings,) = of_kind(overlay, "ConfigMap").values()
    for variable in settings["data"]:
        name = variable.removeprefix("TAPELOOM_").lower()
        known = name in ServiceSettings.model_fields or variable == "TAPELOOM_SITE"
        assert known or not variable.startswith("TAPELOOM_"), variable
    image = image_facts()
    for name in OURS:
        (container,) = pods(overlay)[name]["spec"]["containers"]
        written = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert {*image["volumes"], "/tmp"} <= written  # noqa: S108
    file = settings["data"]["TAPELOOM_DATABASE_URL_FILE"]
    assert file == "/run/secrets/tapeloom/url"


def test_one_node_brings_its_database_and_keeps_its_files() -> None:
    assert set(of_kind("one-node", "StatefulSet")) == {"postgres"}
    claims = set(of_kind("one-node", "PersistentVolumeClaim"))
    for name in OURS:
        volumes = {one["name"]: one for one in pods("one-node")[name]["spec"]["volumes"]}
        assert volumes["data"]["persistentVolumeClaim"]["claimName"] in claims


@pytest.mark.parametrize("overlay", ["many-nodes", *CLOUDS])
def test_many_nodes_scale_by_what_waits_and_keep_files_where_all_reach_them(overlay: str) -> None:
    assert not of_kind(overlay, "StatefulSet")
    scaler = of_kind(overlay, "HorizontalPodAutoscaler")["worker"]
    assert "replicas" not in of_kind(overlay, "Deployment")["worker"]["spec"]
    values = yaml.safe_load((KUBERNETES / "prometheus-adapter-values.yaml").read_text("utf-8"))
    offered = {rule["name"]["as"] for rule in values["rules"]["external"]}
    asked = {one["external"]["metric"]["name"] for one in scaler["spec"]["metrics"]}
    assert asked == offered
    (settings,) = of_kind(overlay, "ConfigMap").values()
    artefacts = settings["data"]["TAPELOOM_ARTEFACTS"]
    if artefacts.startswith("/"):
        for name in OURS:
            (container,) = pods(overlay)[name]["spec"]["containers"]
            assert artefacts in {mount["mountPath"] for mount in container["volumeMounts"]}
        (claim,) = of_kind(overlay, "PersistentVolumeClaim").values()
        assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    else:
        assert artefacts.startswith("s3://")


def test_the_image_is_set_in_one_place(tmp_path: Path) -> None:
    folder = tmp_path / "kubernetes"
    shutil.copytree(KUBERNETES, folder)
    mine = folder / "overlays/mine"
    mine.mkdir()
    (mine / "kustomization.yaml").write_text(
        "resources: [../one-node]\n"
        "images: [{name: tapeloom, newName: registry.example/tapeloom, newTag: 9.9.9}]\n"
    )
    done = subprocess.run([*_kustomize(), str(mine)], capture_output=True, text=True, check=True)
    assert done.stdout.count("image: registry.example/tapeloom:9.9.9") == len(OURS)
    assert "image: tapeloom" not in done.stdout
