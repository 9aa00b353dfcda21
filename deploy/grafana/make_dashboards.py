"""Write the dashboards of Grafana: `python deploy/grafana/make_dashboards.py`.

A panel is a title, a unit, and expressions with their legends; where it lies follows from its turn.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "tapeloom-prometheus"}
COLUMNS = 24  # of Grafana's grid


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a dashboard."""

    title: str
    unit: str  # as Grafana names it
    queries: tuple[tuple[str, str], ...]  # (expression, legend)
    about: str = ""
    kind: str = "timeseries"
    width: int = 12
    height: int = 8
    is_stacked: bool = False
    red_from: float | None = None  # a number from which the value is a worry


def figure(title: str, expression: str, unit: str = "short", *, about: str = "",
           red_from: float | None = None) -> Panel:  # fmt: skip
    """One number."""
    return Panel(title, unit, ((expression, ""),), about, "stat", 4, 4, red_from=red_from)


JOBS = (
    figure("Workers alive", "max(tapeloom_workers)"),
    figure("Waiting", "sum(tapeloom:queue_depth:max)"),
    figure("At work", 'sum(tapeloom:jobs:max{state="running", kind!="batch"}) or vector(0)'),
    figure("Done in a day",
           'sum(max by (kind) (increase(tapeloom_jobs_ended_total{state="done"}[1d]))) '
           "or vector(0)"),
    figure("Failed in a day",
           'sum(max by (kind) (increase(tapeloom_jobs_ended_total{state="failed"}[1d]))) '
           "or vector(0)", red_from=1),
    figure("Rendering", "max(tapeloom_render_realtime)", "suffix:× real time",
           about="Seconds of music that a second of synthesis makes, in the last fifty records."),
    Panel("Rendering and mastering, × real time", "short",
          (("max(tapeloom_render_realtime)", "rendering"),
           ("max(tapeloom_master_realtime)", "mastering"))),
    Panel("Jobs that wait", "short", (("sum by (queue) (tapeloom:queue_depth:max)", "{{queue}}"),),
          is_stacked=True),
    Panel("The longest wait", "s",
          (("max by (queue) (tapeloom_queue_oldest_wait_seconds)", "{{queue}}"),), red_from=900),
    Panel("Load: waiting and at work", "short",
          (("sum by (queue) (tapeloom:queue_load:sum)", "{{queue}}"),
           ("max(tapeloom_workers)", "workers")),
          about="Workers are scaled by this on Kubernetes."),
    Panel("Jobs ended in an hour", "short",
          (("sum by (state) (max by (kind, state) (increase(tapeloom_jobs_ended_total[1h])))",
            "{{state}}"),)),
    Panel("Failures in an hour, by stage", "short",
          (("max by (kind, stage) (increase(tapeloom_job_errors_total[1h])) > 0",
            "{{kind}}, {{stage}}"),), is_stacked=True),
    Panel("Jobs taken over from dead workers, in an hour", "short",
          (("max(increase(tapeloom_takeovers_total[1h]))", "taken over"),)),
    Panel("Half of the stages end within", "s",
          (("histogram_quantile(0.5, sum by (stage, le) (max by (kind, stage, le) "
            "(rate(tapeloom_stage_seconds_bucket[1h]))))", "{{stage}}"),)),
    Panel("Nineteen stages of twenty end within", "s",
          (("histogram_quantile(0.95, sum by (stage, le) (max by (kind, stage, le) "
            "(rate(tapeloom_stage_seconds_bucket[1h]))))", "{{stage}}"),)),
    Panel("Where the time goes", "percentunit",
          (("sum by (stage) (max by (kind, stage) (rate(tapeloom_stage_seconds_sum[1h]))) "
            "/ ignoring (stage) group_left () "
            "sum(max by (kind, stage) (rate(tapeloom_stage_seconds_sum[1h])))",
            "{{stage}}"),), is_stacked=True),
    Panel("Tokens a second of the learned models", "short",
          (("max by (model) (rate(tapeloom_model_tokens_total[15m])) "
            "/ max by (model) (rate(tapeloom_model_seconds_total[15m]))", "{{model}}"),),
          about="In a second of writing; the replicas of the API tell the same."),
    Panel("All jobs there are", "short", (("sum by (state) (tapeloom:jobs:max)", "{{state}}"),)),
)  # fmt: skip

API = (
    figure("APIs that answer", 'sum(up{job="tapeloom"}) or vector(0)'),
    figure("Requests a second", "sum(tapeloom:http_requests:rate5m)", "reqps"),
    figure("Our errors", "max(tapeloom:http_errors:ratio5m)", "percentunit", red_from=0.01),
    figure("99 of 100 answers within", "max(tapeloom:http_request_seconds:p99_5m)", "s",
           red_from=2.5),
    figure("Event streams", "sum(tapeloom_event_streams)"),
    figure("Live generations", "sum(tapeloom_live_sessions)"),
    Panel("Requests, by route", "reqps",
          (("topk(12, sum by (route) (tapeloom:http_requests:rate5m))", "{{route}}"),)),
    Panel("Answers, by status", "reqps",
          (("sum by (status) (tapeloom:http_requests:rate5m)", "{{status}}"),), is_stacked=True),
    Panel("Time to the end of an answer", "s",
          tuple((f"histogram_quantile(0.{share}, sum by (le) "
                 "(rate(tapeloom_http_request_seconds_bucket[5m])))", f"{share} of 100")
                for share in (50, 95, 99))),
    Panel("99 of 100 answers, the slowest routes", "s",
          (("topk(12, histogram_quantile(0.99, sum by (route, le) "
            "(rate(tapeloom_http_request_seconds_bucket[15m]))))", "{{route}}"),)),
    Panel("Errors of ours, by route", "reqps",
          (('sum by (route) (tapeloom:http_requests:rate5m{status=~"5.."}) > 0', "{{route}}"),)),
    Panel("Refused", "reqps",
          (('sum by (status) (tapeloom:http_requests:rate5m{status=~"4.."})', "{{status}}"),),
          about="401 and 403: keys; 413 and 422: orders that cannot be; 429: asked too often."),
    Panel("Open streams", "short",
          (("sum(tapeloom_event_streams)", "event streams"),
           ("sum(tapeloom_live_sessions)", "live"))),
    Panel("Time that figures take", "s",
          (('max(scrape_duration_seconds{job="tapeloom"})', "scrape"),), red_from=5),
)  # fmt: skip


def dashboard(uid: str, title: str, about: str, panels: tuple[Panel, ...]) -> dict[str, Any]:
    """Lay panels out, row by row, and return what Grafana reads."""
    laid, x, y, row_height = [], 0, 0, 0
    for number, panel in enumerate(panels, 1):
        if x + panel.width > COLUMNS:
            x, y, row_height = 0, y + row_height, 0
        laid.append(_panel(panel, number, x, y))
        x, row_height = x + panel.width, max(row_height, panel.height)
    return {
        "uid": uid, "title": title, "description": about, "tags": ["tapeloom"],
        "schemaVersion": 39, "version": 1, "editable": False, "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"}, "timezone": "browser", "panels": laid,
        "templating": {"list": []}, "annotations": {"list": []},
        "links": [{"type": "dashboards", "tags": ["tapeloom"], "title": "Tapeloom",
                   "asDropdown": False}],
    }  # fmt: skip


def _panel(panel: Panel, number: int, x: int, y: int) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.red_from is not None:
        steps.append({"color": "red", "value": panel.red_from})
    field: dict[str, Any] = {
        "unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps},
    }  # fmt: skip
    options: dict[str, Any] = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"}
    if panel.kind == "timeseries":
        field["custom"] = {
            "lineWidth": 1, "fillOpacity": 25 if panel.is_stacked else 8, "showPoints": "never",
            "stacking": {"mode": "normal" if panel.is_stacked else "none"},
            "thresholdsStyle": {"mode": "line" if panel.red_from is not None else "off"},
        }  # fmt: skip
        options = {
            "legend": {"displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    return {
        "id": number, "type": panel.kind, "title": panel.title, "description": panel.about,
        "datasource": SOURCE, "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": field, "overrides": []}, "options": options,
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": expression,
             "legendFormat": legend, "range": panel.kind != "stat", "instant": panel.kind == "stat"}
            for place, (expression, legend) in enumerate(panel.queries)
        ],
    }  # fmt: skip


DASHBOARDS = {
    "tapeloom-jobs": dashboard(
        "tapeloom-jobs", "Tapeloom: jobs", "What is ordered, made, waits and fails.", JOBS
    ),
    "tapeloom-api": dashboard(
        "tapeloom-api", "Tapeloom: the API",
        "Who asks, how fast they are answered, and what fails.", API,
    ),
}  # fmt: skip


def text_of(name: str) -> str:
    """Return a dashboard's file."""
    return json.dumps(DASHBOARDS[name], indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in DASHBOARDS:
        (FOLDER / f"{name}.json").write_text(text_of(name), "utf-8")
