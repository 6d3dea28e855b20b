"""class Trials: how well the base model does on this task without tuning, measured at an endpoint or imported."""

from curation.desk import Desk


class Trials(Desk):
    """Arms scored on rows held back."""
