"""Sources of tweets, published to the input topic.

A source (a file, standard input, later a network) yields records; the pace decides when each
is due; the Kafka writer sends it and counts what the brokers acknowledge.
"""
