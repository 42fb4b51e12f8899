"""The general holidays of a region as plain dates, from a package that the core may not import."""

from collections.abc import Collection
from datetime import date

import holidays


def general_holidays(region: str, categories: Collection[str], years: Collection[int]) -> frozenset[date]:
    """The dates in these years on which the region rests, weekends among them or not.

    For Hong Kong the categories `public` and `optional` together are the general holidays: `public` alone
    leaves out Good Friday and others. ValueError, with one sentence, for a region, category or year that the
    package has not.
    """
    try:
        found = {
            year: holidays.country_holidays(region, years=year, categories=tuple(categories), expand=False)
            for year in years
        }
    except NotImplementedError:
        raise ValueError(
            f"found the region {region!r}; expected an ISO 3166 code that has holidays, such as HK"
        ) from None
    except ValueError as error:
        named = ", ".join(categories)
        raise ValueError(f"found the categories {named} for {region}: {error}") from None
    for year, days in found.items():
        if not days:
            raise ValueError(f"found the year {year}, for which no holidays of {region} are known")
    return frozenset(day for days in found.values() for day in days)
