"""The rights that are kept, in the words that machines read: no training, no mining.

Said on every answer, photo or not: whoever copies one thing of a page has been told with it.
These are signals. They bind whoever keeps to them and stop nobody else.
"""

from __future__ import annotations

from django.conf import settings

# IETF AI Preferences (draft-ietf-aipref-attach): what a thing may be used for.
CONTENT_USAGE = "train-ai=n"
# Words of image sites that crawlers of training sets read, beside those of search engines.
NO_TRAINING = "noai, noimageai, noimageindex"
UNLISTED = f"noindex, {NO_TRAINING}"
POLICY_PATH = "/no-training.json"
RULES_PATH = "/.well-known/tdmrep.json"
PAGE_PATH = "/no-training"


def policy_url() -> str:
    """Where the policy for text and data mining is. The protocol wants the whole address."""
    return f"{settings.PUBLIC_URL}{POLICY_PATH}"


def reservation_headers() -> dict[str, str]:
    """What every answer says; a page that search engines may list says ``X-Robots-Tag`` itself.

    ``tdm-reservation`` and ``tdm-policy`` are of the W3C's TDM Reservation Protocol, of which
    article 4(3) of Directive (EU) 2019/790 is the ground.
    """
    return {
        "Content-Usage": CONTENT_USAGE,
        "X-Robots-Tag": UNLISTED,
        "tdm-reservation": "1",
        "tdm-policy": policy_url(),
    }
