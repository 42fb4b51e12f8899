"""Crossdesk: the house, from a customer's message to an answer or a person."""
