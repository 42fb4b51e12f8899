"""Reading customers: language, intent, parts, scope, order numbers and subject lines."""
