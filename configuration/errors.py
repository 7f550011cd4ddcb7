"""What can be wrong between a program and its cluster, before any record flows.

ConfigurationError
├── SettingsError      a setting is missing, misspelt or out of range
├── BrokerUnavailable  no broker answers at the bootstrap addresses
├── AccessRefused      the cluster does not let us in, or not do what we must; no retry helps
└── MissingTopics      the cluster lacks topics, and we were not asked to create them
"""


class ConfigurationError(Exception):
    """A program cannot start as it is configured; the message says what to do."""


class SettingsError(ConfigurationError):
    """A setting cannot be used; the message names its variable and option."""


class BrokerUnavailable(ConfigurationError):
    """No broker answers."""


class AccessRefused(ConfigurationError):
    """TLS, the login or a right is not as the cluster, or we, want it; the message names it."""


class MissingTopics(ConfigurationError):
    """Topics that the program needs do not exist."""
