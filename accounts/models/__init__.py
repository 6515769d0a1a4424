"""The nouns of accounts."""

from accounts.models.account import Account, UnusableAddressError, normalise_email
from accounts.models.account_session import AccountSession, ResumeKey, SessionKind
from accounts.models.audit_event import AuditEvent
from accounts.models.challenge import (
    ChallengeKind,
    EmailToken,
    SecondFactorChallenge,
    SecondFactorMethod,
)
from accounts.models.kept_answer import KeptAnswer
from accounts.models.key_bundle import FormerPassword, KeyBundle, Wraps
from accounts.models.known_device import KnownDevice
from accounts.models.outgoing_mail import MailKind, OutgoingMail
from accounts.models.passkey import Passkey
from accounts.models.preferences import DigestRhythm, Preferences, Theme
from accounts.models.push_subscription import PushSubscription, PushUrgency
from accounts.models.second_factor import RecoveryCode, TotpDevice
from accounts.models.sign_up import SignUp
from accounts.models.staff import Role, StaffRole

__all__ = [
    "Account",
    "AccountSession",
    "AuditEvent",
    "ChallengeKind",
    "DigestRhythm",
    "EmailToken",
    "FormerPassword",
    "KeptAnswer",
    "KeyBundle",
    "KnownDevice",
    "MailKind",
    "OutgoingMail",
    "Passkey",
    "Preferences",
    "PushSubscription",
    "PushUrgency",
    "RecoveryCode",
    "ResumeKey",
    "Role",
    "SecondFactorChallenge",
    "SecondFactorMethod",
    "SessionKind",
    "SignUp",
    "StaffRole",
    "Theme",
    "TotpDevice",
    "UnusableAddressError",
    "Wraps",
    "normalise_email",
]
