"""Rules, alerts and dashboards: Prometheus takes them, and every figure they name is exposed."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tapeloom.app.api.metrics import Metrics
from tapeloom.app.jobs import Event, JobService, ledger
from tests.deploy.files import DEPLOY, tool

PROMETHEUS = DEPLOY / "prometheus"
DASHBOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
# Prometheus' own; the others are ours.
_OF_PROMETHEUS = {"up", "scrape_duration_seconds"}


def _rules() -> list[dict[str, Any]]:
    return [rule for path in sorted((PROMETHEUS / "rules").glob("*.yml"))
            for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
            for rule in group["rules"]]  # fmt: skip


def _targets() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            for target in panel["targets"]:
                yield path.stem, panel["title"], target


def _adapter_rules() -> list[str]:
    path = DEPLOY / "kubernetes/prometheus-adapter-values.yaml"
    rules = yaml.safe_load(path.read_text("utf-8"))["rules"]["external"]
    queries = [
        rule["metricsQuery"].replace("<<.LabelMatchers>>", 'queue="render"') for rule in rules
    ]
    return [*queries, *(rule["seriesQuery"] for rule in rules)]


def _expressions() -> list[str]:
    return [*(rule["expr"] for rule in _rules()), *(target["expr"] for _, _, target in _targets()),
            *_adapter_rules()]  # fmt: skip


def _names(expression: str) -> set[str]:
    """Return the figures that an expression reads, by a parser of PromQL."""
    promql_parser = pytest.importorskip("promql_parser")
    promql_parser.parse(expression)  # raises where it is none
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right) *\([^)]*\)", "", bare)
    return {name for name in re.findall(r"[a-z][\w:]*(?!\w|\s*\()", bare)
            if name not in ("or", "and", "unless", "by", "bool")}  # fmt: skip


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names that the service really tells, after a request, an end, a failure and a stage."""
    with closing(JobService.open(tmp_path_factory.mktemp("figures"))) as jobs:
        metrics = Metrics(jobs, lambda: 1, lambda: 0)
        metrics.on_request("GET", "/v1/jobs", 200, 0.01)
        for state in ("done", "failed"):
            told = {"state": state, "job_kind": "make", "stage": "render"}
            metrics.on_event(Event(1, "a", "ann", "state", 0.0, told))
        from tapeloom.app.jobs import JobOrder

        job = jobs.submit(JobOrder("make", {"words": "rain", "bars": 4}, "ann"))
        for stage in ("render", "master"):
            ledger.end_stage(jobs.database, job.id, "make", stage, 20.0,
                             models={"generator": (100, 2.0)})  # fmt: skip
        with jobs.database.logging() as connection:
            ledger.settle(connection, jobs.database, job.id, "done", states=("queued",),
                          result={"duration_s": 60.0})  # fmt: skip
        text = metrics.text().decode()
    samples = re.findall(r"^(tapeloom_\w+)(?=[{ ])", text, re.MULTILINE)
    families = re.findall(r"^# TYPE (tapeloom_\w+) (?:counter|gauge)$", text, re.MULTILINE)
    return {*samples, *families}


def test_every_figure_that_is_read_is_exposed(exposed: set[str]) -> None:
    recorded = {rule["record"] for rule in _rules() if "record" in rule}
    read = set().union(*map(_names, _expressions()))
    assert read - exposed - recorded - _OF_PROMETHEUS == set()
    assert recorded <= read, "a record that nobody reads"


def test_every_figure_that_is_exposed_is_shown(exposed: set[str]) -> None:
    read = set().union(*map(_names, _expressions()))
    series = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exposed
              if not name.endswith("_created")}  # fmt: skip
    shown = {re.sub(r"_(bucket|count|sum)$", "", name) for name in read}
    assert series <= shown


def test_the_names_of_an_expression_are_found() -> None:
    told = 'sum by (le) (rate(a_total{b="c"}[5m])) / on (d) group_left () e:f:sum or vector(0)'
    assert _names(told) == {"a_total", "e:f:sum"}
    with pytest.raises(ValueError, match=r"unclosed"):
        _names("sum(rate(a_total[5m])")


def test_promtool_takes_rules_configuration_and_every_expression(tmp_path: Path) -> None:
    promtool = tool("promtool", "apt install prometheus")
    groups = {"groups": [{"name": "dashboards", "rules": [
        {"record": f"panel:{number}", "expr": expression}
        for number, expression in enumerate(_expressions())
    ]}]}  # fmt: skip
    (tmp_path / "panels.yml").write_text(json.dumps(groups), "utf-8")
    values = yaml.safe_load((DEPLOY / "kubernetes/prometheus-values.yaml").read_text("utf-8"))
    scraping = yaml.safe_load(values["extraScrapeConfigs"])
    del scraping[0]["kubernetes_sd_configs"]  # Debian builds Prometheus without
    (tmp_path / "kubernetes.yml").write_text(json.dumps({"scrape_configs": scraping}), "utf-8")
    assert scraping[0]["job_name"] == "tapeloom"  # the alerts ask for it by this name
    for command in (
        ["check", "rules", str(tmp_path / "panels.yml")],
        ["check", "config", str(PROMETHEUS / "prometheus.yml")],
        ["check", "config", "--syntax-only", str(tmp_path / "kubernetes.yml")],
    ):
        done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_every_alert_has_a_test_and_passes_it() -> None:
    promtool = tool("promtool", "apt install prometheus")
    path = PROMETHEUS / "tests.yml"
    done = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    tests = yaml.safe_load(path.read_text("utf-8"))["tests"]
    fired = {case["alertname"] for one in tests for case in one.get("alert_rule_test", [])
             if case["exp_alerts"]}  # fmt: skip
    assert fired == {rule["alert"] for rule in _rules() if "alert" in rule}


@pytest.mark.slow
def test_a_broken_alert_fails_its_test(tmp_path: Path) -> None:
    promtool = tool("promtool", "apt install prometheus")
    shutil.copytree(PROMETHEUS, tmp_path / "prometheus")
    alerts = tmp_path / "prometheus/rules/alerts.yml"
    text = alerts.read_text("utf-8")
    alerts.write_text(text.replace("(tapeloom_workers) == 0", "(tapeloom_workers) < 0"), "utf-8")
    command = [promtool, "test", "rules", str(tmp_path / "prometheus/tests.yml")]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_every_alert_says_what_to_do() -> None:
    for rule in _rules():
        if "alert" in rule:
            assert rule["labels"]["severity"] in ("page", "warn")
            assert set(rule["annotations"]) == {"summary", "description"}
            assert rule["for"]


def _maker() -> ModuleType:
    path = DEPLOY / "grafana/make_dashboards.py"
    spec = importlib.util.spec_from_file_location("make_dashboards", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_dashboards_are_what_their_script_writes() -> None:
    maker = _maker()
    assert [path.stem for path in DASHBOARDS] == sorted(maker.DASHBOARDS)
    for path in DASHBOARDS:
        assert path.read_text("utf-8") == maker.text_of(path.stem)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_whole(path: Path) -> None:
    read = json.loads(path.read_text("utf-8"))
    provisioning = DEPLOY / "grafana/provisioning"
    (source,) = yaml.safe_load(
        (provisioning / "datasources/prometheus.yml").read_text("utf-8")
    )["datasources"]  # fmt: skip
    assert read["uid"] == path.stem
    panels = read["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                 for y in range(at["y"], at["y"] + at["h"])}  # fmt: skip
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, "two panels lie on one another"
        taken |= cells
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == source["uid"] == panel["datasource"]["uid"]


def test_grafana_finds_its_dashboards_and_its_source() -> None:
    from tests.deploy.files import compose

    grafana = compose()["services"]["grafana"]
    (provider,) = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/dashboards/tapeloom.yml").read_text("utf-8")
    )["providers"]  # fmt: skip
    mounted = {mount.split(":")[1] for mount in grafana["volumes"]}
    assert provider["options"]["path"] in mounted
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert Path(home).name in {path.name for path in DASHBOARDS}
