"""The stream in words: a line a second without a terminal, and what it came to at the end."""

from demo.observer import View


def progress_line(view: View) -> str:
    """Return the view as one plain line."""
    tally = view.tally
    parts = [
        f"{view.elapsed_seconds:6.1f} s",
        f"published {view.published:,}",
        f"scored {tally.scored:,}",
        f"dead {tally.dead:,}",
        f"{view.rate:,.0f} tweets/s",
        f"lag {'?' if view.lag is None else f'{view.lag:,}'}",
        latency(view),
        labels(view),
    ]
    return "  ".join(part for part in parts if part)


def latency(view: View) -> str:
    """Return p50 and p99 in words, or nothing before the first tweet."""
    seconds = view.tally.latency_seconds()
    if seconds is None:
        return ""
    return f"p50 {duration(seconds[0])} p99 {duration(seconds[1])}"


def duration(seconds: float) -> str:
    """Return a duration in the unit that suits it."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def labels(view: View) -> str:
    """Return the share of each label."""
    total = sum(view.tally.labels.values())
    counts = sorted(view.tally.labels.items())
    return " ".join(f"{label} {100 * count / total:.0f} %" for label, count in counts)


def summary(view: View) -> list[str]:
    """Return what the run came to, as lines."""
    tally = view.tally
    outcomes = (
        f"{tally.scored:,} scored, {tally.dead:,} dead letters, {tally.deletions:,} deletions"
    )
    lines = [f"published {view.published:,} records: {outcomes}"]
    ids, with_id = tally.distinct_ids
    if with_id:
        lines.append(f"{ids:,} distinct ids among {with_id:,} scored tweets that have one")
    missing = view.published - tally.accounted_for
    if missing > 0:
        lines.append(f"{missing:,} records were not scored yet when the demo was stopped")
    elif tally.duplicates:
        lines.append(f"NOT exactly once: {tally.duplicates:,} records were seen twice")
    else:
        lines.append("every record exactly once, read back with isolation.level=read_committed")
    for reason, count in sorted(tally.reasons.items()):
        lines.append(f"dead letters, {reason}: {count:,}")
    return lines
