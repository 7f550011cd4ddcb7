"""Settings to Keras models."""
