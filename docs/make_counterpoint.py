"""Write the table of rules in docs/counterpoint.md anew: `python docs/make_counterpoint.py`."""

import re
from pathlib import Path

from tapeloom.theory.counterpoint.rules import RULES, Rule

PAGE = Path(__file__).parent / "counterpoint.md"
STRICT = {0: "advice", 2: "in two voices", 3: "in up to three voices", 4: "always"}


def row(rule: Rule) -> str:
    species = "all" if len(rule.species) == 5 else ", ".join(map(str, rule.species))
    return f"| {rule.name} | {rule.says} | {species} | {STRICT[rule.hard_to]} | {rule.source} |"


def table() -> str:
    head = "| rule | what it asks | species | strict | source |\n|---|---|---|---|---|\n"
    return head + "\n".join(row(rule) for rule in RULES.values()) + "\n"


def page(text: str) -> str:
    """Return the page with its table of rules as the code has it."""
    return re.sub(r"\| rule \|.*?\n\n", lambda _: table() + "\n", text, count=1, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
