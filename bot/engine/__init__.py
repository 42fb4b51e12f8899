"""The imperative shell: takes messages in, lets the core decide, writes, sends, wakes."""
