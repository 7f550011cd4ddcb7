"""The rights that docs/security.md tells an administrator to grant, read from its commands."""

import argparse
import re
import shlex
from pathlib import Path

from tests.security.guarded_kafka import Right

PAGE = Path(__file__).parent.parent.parent / "docs" / "security.md"
KINDS = ("topic", "group", "transactional_id")


def documented_rights(user, names):
    """Return what the page grants to `user`, for a test's own topics and group."""
    own = {
        "tweets": names.input,
        "tweets.scored": names.output,
        "tweets.dead": names.dead,
        "sentiment": names.name,
        "sentiment:": f"{names.name}:",
        "tweets.dead-replay": f"{names.dead}-replay",
    }
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--bootstrap-server")
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--allow-principal")
    parser.add_argument("--operation")
    for kind in KINDS:
        parser.add_argument("--" + kind.replace("_", "-"))
    parser.add_argument("--resource-pattern-type", default="literal")
    rights = []
    for command in re.findall(r"^kafka-acls\.sh (.+)$", PAGE.read_text(), re.MULTILINE):
        told = parser.parse_args(shlex.split(command))
        if told.allow_principal == f"User:{user}":
            [(kind, name)] = [(kind, getattr(told, kind)) for kind in KINDS if getattr(told, kind)]
            right = Right(told.operation, kind.upper(), own[name], told.resource_pattern_type)
            rights.append(right)
    return rights
