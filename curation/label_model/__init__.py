"""Classifiers of label sets, scored on rows they never saw: below the rooms, as checks and readiness both read them.

Two live here, as neither is as good as the other at both jobs (`benchmarks/label_model.py`): `linear_svm` scores better
on rows held back, learns five times as fast and can be taken away; `logistic_neighbours` ranks wrong labels better.
"""
