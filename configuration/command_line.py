"""What all commands share: one-line complaints, kinds of numbers, and options from settings.

Options are made from a settings class, so that the two cannot drift apart.
"""

import argparse
import math
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from configuration.errors import SettingsError

Settings = typing.TypeVar("Settings", bound=BaseSettings)


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, without repeating the whole usage."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def complain(self, trouble: object, code: int) -> int:
        """Tell in one line what went wrong, and return the exit code to leave with."""
        print(f"{self.prog}: {trouble}", file=sys.stderr)
        return code


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return an argument type: the whole numbers from `least`, and to `most` if that is given."""
    bounds = f"of at least {least}" if most is None else f"from {least} to {most}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least or (most is not None and number > most):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {bounds}")
        return number

    return read


def above_zero(text: str) -> float:
    """Return the number that `text` is, as an argument type: above 0 and finite."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


class _NotHere(argparse.Action):
    """Refuses a secret, and does not repeat it as the complaint about a mistyped option would."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: argparse.Namespace,
        _values: object,
        option_string: str | None = None,
    ) -> None:
        variable = self.const.variable
        parser.error(
            f"{option_string} is no option, for others can read command lines: set {variable} or "
            f"{variable}_FILE"
        )


class SettingField(typing.NamedTuple):
    """One setting as users meet it."""

    name: str
    variable: str
    option: str | None
    info: FieldInfo

    @property
    def default(self) -> str:
        """The default as a user would write it."""
        value = self.info.default
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else str(value)


def setting_fields(settings_class: type[BaseSettings]) -> Iterator[SettingField]:
    """Yield every setting of `settings_class` with its variable and, unless secret, its option."""
    prefix = settings_class.model_config.get("env_prefix", "")
    for name, info in settings_class.model_fields.items():
        alias = info.validation_alias
        variable = alias if isinstance(alias, str) else f"{prefix}{name}".upper()
        option = None if _is_secret(info) else "--" + name.replace("_", "-")
        yield SettingField(name, variable, option, info)


def add_settings_options(
    parser: argparse.ArgumentParser, settings_class: type[BaseSettings]
) -> None:
    """Give `parser` one option for every setting that may stand on a command line."""
    group = parser.add_argument_group("settings (each is also the environment variable named)")
    for field in setting_fields(settings_class):
        if field.option is None:
            secret = "--" + field.name.replace("_", "-")
            group.add_argument(
                secret,
                action=_NotHere,
                const=field,
                default=argparse.SUPPRESS,
                help=argparse.SUPPRESS,
            )
            continue
        default = f", default {field.default}" if field.default else ""
        help_text = f"{field.info.description} [{field.variable}{default}]".replace("%", "%%")
        arguments: dict[str, Any] = {"dest": field.name, "default": argparse.SUPPRESS}
        choices = _choices(field.info)
        if field.info.annotation is bool:
            arguments["action"] = argparse.BooleanOptionalAction
        elif choices:
            arguments["metavar"] = "|".join(choices)
        else:
            arguments["metavar"] = field.name.rsplit("_", 1)[-1].upper()
        group.add_argument(field.option, help=help_text, **arguments)


def read_settings(settings_class: type[Settings], arguments: argparse.Namespace) -> Settings:
    """Build settings from the environment, overridden by what the command line gave.

    Raises:
        SettingsError: in one line, naming every setting that cannot be used.
    """
    given = {k: v for k, v in vars(arguments).items() if k in settings_class.model_fields}
    try:
        return settings_class(**given)
    except ValidationError as error:
        raise SettingsError(_in_one_line(settings_class, error)) from None


def _in_one_line(settings_class: type[BaseSettings], error: ValidationError) -> str:
    """Tell each broken setting by the names that users know, without showing secrets."""
    known = {field.name: field for field in setting_fields(settings_class)}
    known |= {field.variable: field for field in known.values()}
    complaints = []
    for item in error.errors():
        message = item["msg"].removeprefix("Value error, ")
        field = known.get(str(item["loc"][0])) if item["loc"] else None
        if field is None:
            complaints.append(message)
            continue
        names = f"{field.variable} ({field.option})" if field.option else field.variable
        given = f", not {item['input']!r}" if field.option else ""
        complaints.append(f"{names}: {message[0].lower()}{message[1:]}{given}")
    return "; ".join(complaints)


def _is_secret(info: FieldInfo) -> bool:
    return SecretStr in (info.annotation, *typing.get_args(info.annotation))


def _choices(info: FieldInfo) -> tuple[str, ...]:
    """The values of a `Literal` setting; empty for every other kind."""
    if typing.get_origin(info.annotation) is typing.Literal:
        return typing.get_args(info.annotation)
    return ()


def type_name(info: FieldInfo) -> str:
    """What to write for a setting, in the words of its reference table."""
    choices = _choices(info)
    if choices:
        return " \\| ".join(f"`{choice}`" for choice in choices)
    annotation: Any = info.annotation
    if isinstance(annotation, types.UnionType):
        annotation = next(a for a in typing.get_args(annotation) if a is not types.NoneType)
    names = {bool: "true/false", int: "whole number", float: "number", Path: "path"}
    return names.get(annotation, "secret" if annotation is SecretStr else "text")
