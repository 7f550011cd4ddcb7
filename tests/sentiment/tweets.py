"""The shipped model, its network, and the labelled tweets that it was made from, if at hand."""

import os
from pathlib import Path

import pytest

from sentiment.data.dataset import read_labelled
from sentiment.data.row import Columns
from sentiment.storage.bundle import Bundle

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT / "models" / "default"
SHIPPED = Bundle.load(DEFAULT).manifest.network
SHARED = ROOT / "../shared"
TWEETS = SHARED / "data/semeval-2013-2016.jsonl.gz"


def read_tweets():
    """Give the labelled tweets; where there are none, the test is skipped."""
    # Where there is a shared folder, the tweets are expected to be in it.
    expected = os.environ.get("CI") and SHARED.is_dir()
    if not TWEETS.exists() and not expected:
        pytest.skip("the labelled tweets are not on this machine")
    return read_labelled([TWEETS], Columns(label="label"), print).examples
