import pickle

import numpy as np
import pytest
import tensorflow as tf
from keras_hub.models import Backbone

from sentiment.errors import TrainingError
from sentiment.settings import TeachingSettings
from sentiment.teaching.fold import Fold
from sentiment.teaching.teacher_directory import TeacherDirectory
from sentiment.teaching.transformer import Transformer


def fold(tiny_teacher, classes, weights):
    return Fold(
        number=0,
        teacher=TeacherDirectory.look_at(tiny_teacher),
        settings=TeachingSettings(),
        labels=2,
        texts=["a"] * len(classes),
        classes=np.array(classes),
        weights=np.array(weights, np.float32),
        scored=["b"],
        words=["c"],
    )


def test_all_labels_count_the_same_and_texts_keep_their_weights(tiny_teacher):
    work = fold(tiny_teacher, [0, 0, 0, 1], [1, 1, 2, 0.5])
    assert work.balanced().dtype == np.float32
    assert work.balanced().tolist() == pytest.approx([0.5625, 0.5625, 1.125, 2.25])
    assert fold(tiny_teacher, [0, 1], [1, 1]).balanced().tolist() == [1, 1]


def test_it_can_be_sent_to_another_process(tiny_teacher):
    work = fold(tiny_teacher, [0, 1], [1, 1])
    again = pickle.loads(pickle.dumps(work))
    assert again.teacher == work.teacher
    assert again.settings == work.settings


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        tf.errors.ResourceExhaustedError(None, None, "OOM"),
        OSError("RESOURCE_EXHAUSTED"),
    ],
)
@pytest.mark.parametrize("of", [(Backbone, "from_preset"), (Transformer, "learn")])
def test_a_lack_of_memory_is_told_in_one_line(tiny_teacher, monkeypatch, error, of):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(*of, fail)
    with pytest.raises(TrainingError, match="not enough memory for teacher 1: take fewer"):
        fold(tiny_teacher, [0, 1], [1, 1]).run(lambda: None)


def test_other_errors_stay_what_they_are(tiny_teacher, monkeypatch):
    monkeypatch.setattr(Transformer, "learn", lambda: None)
    with pytest.raises(TypeError):
        fold(tiny_teacher, [0, 1], [1, 1]).run(lambda: None)
