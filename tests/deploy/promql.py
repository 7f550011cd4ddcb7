"""What a PromQL expression asks for: metrics, the labels it matches, the labels it groups by."""

import re
from typing import NamedTuple

GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
RANGE = re.compile(r"\[[^\]]*\]")
OPERATORS = {"and", "or", "unless", "bool"}
# A name with or without matchers, unless a parenthesis makes it a function.
SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)(?!\w)\s*(?:\{([^}]*)\})?(?!\s*\()")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')

# What Prometheus adds to every target that it scrapes, and makes by itself.
OF_THE_TARGET = {"job", "instance"}
OWN = {"up": {"job": {"worker"}}, "ALERTS": {"alertstate": {"pending", "firing"}}}


class Selector(NamedTuple):
    """One metric as it is selected."""

    metric: str
    matchers: dict[str, str]


class Query(NamedTuple):
    """What an expression uses."""

    selectors: list[Selector]
    grouped_by: set[str]


def parse(expression):
    """Return what `expression` uses; enough PromQL for our own dashboards and rules."""
    grouped_by = {
        label.strip()
        for labels in GROUPING.findall(expression)
        for label in labels.split(",")
        if label.strip()
    }
    bare = RANGE.sub("", GROUPING.sub(" ", expression))
    selectors = [
        Selector(name, dict(MATCHER.findall(matchers)))
        for name, matchers in SELECTOR.findall(bare)
        if name not in OPERATORS
    ]
    return Query(selectors, grouped_by)


def unknown_to(exposed, expression):
    """Return what `expression` asks for in vain, where workers expose `exposed`.

    `exposed` holds, by sample name and label, the values that there are.
    """
    known, query, vain = {**exposed, **OWN}, parse(expression), set()
    labels = set(OF_THE_TARGET)
    for metric, matchers in query.selectors:
        if metric not in known:
            vain.add(metric)
            continue
        labels |= set(known[metric])
        for label, value in matchers.items():
            if value not in known[metric].get(label, ()):
                vain.add(f'{metric}{{{label}="{value}"}}')
    return vain | (query.grouped_by - labels)
