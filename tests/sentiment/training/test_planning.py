from sentiment.settings import TrainingSettings
from sentiment.training.planning import planned_steps


def test_few_texts_are_passed_over_more_often():
    settings = TrainingSettings(epochs=4, least_steps=600, batch_size=64)
    assert planned_steps(300, settings) == 5 * 120
    assert planned_steps(64_000, settings) == 1000 * 4
