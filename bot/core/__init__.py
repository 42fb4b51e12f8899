"""The functional core: values and rules, without I/O, clock or chance."""
