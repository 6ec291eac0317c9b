"""As ``benchmarks.constant.settings``, but without any middleware: what Django itself costs."""

from benchmarks.constant.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
