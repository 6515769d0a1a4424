"""Metadata out of photos that become public. The door is `strip`; the rest is behind it."""

from sharing.stripping.door import Stripped, strip
from sharing.stripping.findings import Finding, Kind, described
from sharing.stripping.kinds import PhotoKind
from sharing.stripping.refusals import StripError

__all__ = ["Finding", "Kind", "PhotoKind", "StripError", "Stripped", "described", "strip"]
