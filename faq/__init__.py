"""The answers: one article an intent, by profile, in English; translations live in `locales`."""
