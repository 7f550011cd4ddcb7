"""Labelled texts to train small models with, made up here."""

import json
import random

TELLING = {
    "negative": ("awful", "hate", "worst", "sad", "broken", "boring"),
    "neutral": ("monday", "schedule", "report", "announced", "station", "meeting"),
    "positive": ("love", "great", "best", "happy", "thanks", "amazing"),
}
SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve")


def make_texts(number, labels=tuple(TELLING), seed=0):
    """Give `number` pairs of text and label; no two texts resemble one another."""
    draw = random.Random(seed)

    def word():
        return "".join(draw.choices(SYLLABLES, k=3))

    pairs = []
    for place in range(number):
        label = labels[place % len(labels)]
        words = [word() for _ in range(draw.randint(3, 9))] + draw.choices(TELLING[label], k=2)
        draw.shuffle(words)
        pairs.append((" ".join(words), label))
    return pairs


def write_jsonl(path, pairs):
    """Write pairs of text and label, with ids, and give the path."""
    rows = (
        json.dumps({"id": str(number), "text": text, "label": label})
        for number, (text, label) in enumerate(pairs)
    )
    path.write_text("\n".join(rows) + "\n")
    return path
