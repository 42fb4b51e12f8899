"""What one deployment may set, with its defaults: addresses, switches and where the secrets are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import MisconfiguredError
from bot.settings.clean import as_list, redis_address, shop_origin, web_address

Port = Annotated[int, Field(ge=0, le=65535)]
Security = Literal["tls", "starttls", "none"]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(as_list)]
Secret = Annotated[SecretStr | None, Field(repr=False)]
SecretFile = Path | None
ONLY_FROM_ENVIRONMENT = frozenset({"token", "password"})
"""Secrets that are refused in the settings file, which people copy about and paste into questions."""


class Section(BaseModel):
    """A table of the settings file; it cannot be changed once read, and knows no further keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="after")
    def _one_place_for_a_secret(self) -> Self:
        for name in type(self).model_fields:
            if f"{name}_file" in self.model_fields_set and getattr(self, name, None) is not None:
                raise ValueError(f"{name} and {name}_file are both set; keep one of them")
        return self

    def secret(self, name: str) -> str:
        """The secret called `name`: its own value, or what the file named by `<name>_file` holds; "" if none.

        Raises MisconfiguredError when the file cannot be read or is empty. Its last line break is cut off.
        """
        value: SecretStr | None = getattr(self, name)
        file: Path | None = getattr(self, f"{name}_file")
        if value is not None:
            return value.get_secret_value()
        if file is None:
            return ""
        try:
            text = file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise MisconfiguredError(f"{name}_file names {file}, which cannot be read: {reason}.") from None
        if not text:
            raise MisconfiguredError(f"{name}_file names {file}, which is empty; put the secret into it.")
        return text


class Server(Section):
    """Where the program listens and how the world reaches it."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: Annotated[str, AfterValidator(web_address)] = ""
    production: bool = False


class Store(Section):
    """Where the truth is kept."""

    url: str = Field(default="", repr=False)
    models: Path | None = None


class Coordination(Section):
    """What several processes ring one another's bell with."""

    url: Annotated[str, AfterValidator(redis_address)] = Field(default="", repr=False)


class Profile(Section):
    """Which policy holds."""

    name: Annotated[str, Field(min_length=1)] = "xoobay"


class Webchat(Section):
    """The chat in the shop's pages."""

    demo: bool = True
    origins: Annotated[
        tuple[Annotated[str, AfterValidator(shop_origin)], ...], NoDecode, BeforeValidator(as_list)
    ] = ()
    identity_key: Secret = None
    identity_key_file: SecretFile = None


class Oauth(Section):
    """How a mailbox signs in by a token instead of a password."""

    token_url: Annotated[str, AfterValidator(web_address)]
    client_id: str
    client_secret_file: Path
    scope: str = ""


class Mailbox(Section):
    """One address that customers write to."""

    address: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    duties: Annotated[
        tuple[Literal["support", "complaints"], ...], NoDecode, BeforeValidator(as_list), Field(min_length=1)
    ] = ("support",)
    imap_host: str = ""
    imap_port: Port = 993
    imap_security: Security = "tls"
    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_security: Security = "starttls"
    user: str = ""
    password: Secret = None
    password_file: SecretFile = None
    oauth: Oauth | None = None
    trusted_authserv_ids: Names = ()


class Group(Section):
    """A community group on Telegram."""

    id: int
    region: str = ""
    language: str = ""


class Telegram(Section):
    """The bot on Telegram; without a token it stays off."""

    token: Secret = None
    token_file: SecretFile = None
    base_url: Annotated[str, AfterValidator(web_address)] = "https://api.telegram.org"
    groups: tuple[Group, ...] = ()
    agents_group: int | None = None


class Log(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Settings(BaseSettings):
    """Everything one deployment sets. Made by `bot.settings.load_settings` from file and environment."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix="CROSSDESK_",
        env_nested_delimiter="__",
    )

    server: Server = Server()
    store: Store = Store()
    coordination: Coordination = Coordination()
    profile: Profile = Profile()
    webchat: Webchat = Webchat()
    mailbox: tuple[Mailbox, ...] = ()
    telegram: Telegram = Telegram()
    operator: Mapping[str, str] = {}
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `load_settings` has merged and nothing else, so that every value's origin is known."""
        return (init_settings,)
