"""Token ids to probabilities: the folded network, or Keras."""
