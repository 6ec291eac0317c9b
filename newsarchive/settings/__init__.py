"""Settings, read from the environment only (docs/operations.md lists every variable)."""

from newsarchive.settings.base import *
