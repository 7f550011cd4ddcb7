"""The peers, each small enough to be read: what a good engineer would write with that library.

All of them score through `scoring.TweetScoring`: the same text preparation, the same Keras model
behind one `tf.function` with batches sorted by length, the same JSON in and out. What differs is
how each library moves records and when it commits.
"""
