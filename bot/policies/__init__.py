"""Policy profiles: what a shop promises, refuses and by when, as YAML files read and checked into values."""
