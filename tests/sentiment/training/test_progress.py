import io

from rich.console import Console

from sentiment.training.progress import TrainingProgress


def shown(terminal):
    screen = io.StringIO()
    with TrainingProgress(Console(file=screen, force_terminal=terminal, width=80)) as progress:
        progress.say("epoch 1: [loss] 0.5")
        progress.steps(3)
        for _ in range(3):
            progress.step()
    return screen.getvalue()


def test_without_a_terminal_there_are_plain_lines():
    assert shown(terminal=False) == "epoch 1: [loss] 0.5\n"


def test_a_terminal_gets_a_bar():
    assert "3/3" in shown(terminal=True)
