"""The site's own settings, middleware included, with nothing behind them but one constant page."""

from newsarchive.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.constant.urls"
