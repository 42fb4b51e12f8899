"""`crossdesk check`: everything that people write for the program, looked over before it runs."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import typer

from bot.commands.given import POLICIES, Config, Data, Files, deployment, files, policies
from bot.errors import MisconfiguredError
from bot.policies.load import PolicyError, check_policy, load_policies
from bot.policies.overview import overview
from bot.policies.profile import read_facts
from bot.settings import BadSettingsError, Fault, Settings, load_settings
from bot.wording.catalog import po_files
from bot.wording.checking import check as check_wording
from bot.wording.values import value_names
from faq.library import articles_dir
from faq.library import check as check_articles
from intents.catalog import catalog
from intents.check import check as check_phrases
from intents.phrasebook import languages


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(context: typer.Context, *, config: Config = None, data: Data = None) -> None:
    """Look over settings, policy, articles, phrases and translations; exit status 1 if anything is wrong.

    Every fault is told as file:line: what is wrong. If there is none, the versions and notices of the policy
    are listed with what is in force now and what comes next.
    """
    found = list(dict.fromkeys(_faults(files(context, config, data))))
    for fault in found:
        typer.echo(str(fault._replace(file=_short(fault.file))))
    if found:
        typer.echo(f"{len(found)} fault{'s' * (len(found) > 1)} found.", err=True)
        raise typer.Exit(1)
    here = deployment(context, config, data)
    name = here.settings.profile.name
    articles = sum(1 for _ in articles_dir(name).glob("*.md"))
    typer.echo(
        f"All good: {len(catalog())} intents, {articles} articles, "
        f"phrases in {len(languages())} languages, texts in {len(po_files())} and English."
    )
    typer.echo("\n".join([f"\nPolicy {name}:", *overview(policies(here), here.clock())]))


def _faults(given: Files) -> Iterator[Fault]:
    settings = Settings()
    try:
        settings = load_settings(given.config)
    except BadSettingsError as error:
        yield from error.faults
    yield from _told(check_phrases)
    yield from _policy(settings, given.data / POLICIES)
    yield from _told(check_wording)


def _policy(settings: Settings, folder: Path) -> Iterator[Fault]:
    name = settings.profile.name
    try:
        versions = load_policies(name, folder=folder, operator=settings.operator).versions
        facts = read_facts(name, folder)[1].facts
        articles = articles_dir(name)
        intents = list(catalog())
    except PolicyError as error:
        yield from (Fault(*fault) for fault in ((each.file, each.line, each.text) for each in error.faults))
        return
    except MisconfiguredError as error:  # the phrases' own check has told of a broken catalog by now
        yield Fault(name, 0, str(error))
        return
    for fault in check_policy(
        name, folder=folder, articles=articles, intents=intents, operator=settings.operator
    ):
        yield Fault(fault.file, fault.line, fault.text)
    names = frozenset[str]().union(*(value_names(each) for each in versions))
    yield from _told(lambda: check_articles(facts, name, intents, names))


def _told(look: Callable[[], Iterable[tuple[Path, int, str]]]) -> Iterator[Fault]:
    """The faults of a part that keeps its own kind of them."""
    yield from (Fault(str(file), line, text) for file, line, text in look())


def _short(file: str) -> str:
    """The path from here, if it lies below."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file
