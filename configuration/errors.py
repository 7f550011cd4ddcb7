"""What can be wrong between a program and its cluster, before any record flows.

ConfigurationError
├── SettingsError      a setting is missing, misspelt or out of range
├── BrokerUnavailable  no broker answers at the bootstrap addresses
└── MissingTopics      the cluster lacks topics, and we were not asked to create them
"""


class ConfigurationError(Exception):
    """A program cannot start as it is configured; the message says what to do."""


class SettingsError(ConfigurationError):
    """A setting cannot be used; the message names its variable and option."""


class BrokerUnavailable(ConfigurationError):
    """No broker answers, or none lets us in."""


class MissingTopics(ConfigurationError):
    """Topics that the program needs do not exist."""
