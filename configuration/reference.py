"""The table of settings in the documentation, made from the settings themselves."""

from pydantic_settings import BaseSettings

from configuration.command_line import setting_fields, type_name


def settings_table(settings_class: type[BaseSettings]) -> str:
    """Return a Markdown table with one row for every setting of `settings_class`."""
    rows = ["| variable | option | value | default | meaning |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| `{field.variable}` | {f'`{field.option}`' if field.option else '(environment only)'} "
        f"| {type_name(field.info)} | {f'`{field.default}`' if field.default else ''} "
        f"| {field.info.description} |"
        for field in setting_fields(settings_class)
    ]
    return "\n".join(rows) + "\n"
