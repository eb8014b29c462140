"""The gate: no purpose, no key. Rooms import it as `from troth import gate` once Django is ready."""
