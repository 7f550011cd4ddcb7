"""The environment and the command line, turned into checked settings.

The worker and the producer are separate programs that may not import one another, yet both
reach Kafka in the same way and both promise that every option is also an environment
variable. What keeps that promise stands here, once, and so does where the project keeps what
takes long to get or to make (`kept_folders`). Import from the modules: `command_line`
serves programs without a Kafka client too.
"""
