"""The hunt for planted strings: no plaintext of anybody's lies anywhere (pitfalls B2, B3, B5, B8, B12)."""
