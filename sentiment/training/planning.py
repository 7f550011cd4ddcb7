"""How long a training is, if it is not stopped early."""

from sentiment.settings import TrainingSettings


def planned_steps(texts: int, settings: TrainingSettings) -> int:
    """Return how many steps training takes with so many texts."""
    return _steps_of_epoch(texts, settings) * planned_epochs(texts, settings)


def planned_epochs(texts: int, settings: TrainingSettings) -> int:
    """Return how often so many texts are passed over if training is not stopped early."""
    return max(settings.epochs, -(-settings.least_steps // _steps_of_epoch(texts, settings)))


def _steps_of_epoch(texts: int, settings: TrainingSettings) -> int:
    return -(-texts // settings.batch_size)
