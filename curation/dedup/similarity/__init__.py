"""Which texts are alike: texts in, verified pairs out. It knows no rows, labels or keepers."""
