"""Everything that can go wrong here, as one tree.

SentimentError
├── SettingsError     the command or its options cannot be what was meant (exit code 2)
├── DataError         the texts or labels given cannot be used
├── BundleError       a model, a teacher or soft labels cannot be written, read or trusted
└── TrainingError     the data was read, but nothing came of it

Each message is one line that says what is wrong and what to do next.
"""


class SentimentError(Exception):
    """Anything that this package refuses to do; its message is meant for the user."""

    exit_code = 1


class SettingsError(SentimentError):
    """The command or its options cannot be what was meant."""

    exit_code = 2


class DataError(SentimentError):
    """The texts or labels given cannot be used."""


class BundleError(SentimentError):
    """The directory of a model, a teacher or soft labels cannot be written, read or trusted."""


class TrainingError(SentimentError):
    """The data was read, but no model, and no soft labels, came of it."""
