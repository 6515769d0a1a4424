"""Why something about a report is refused."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class ReportDecidedError(ConflictError):
    """A step that the case has behind it, or not before it."""

    code = "report_decided"
    sentence = "This report is past that step. Reload the page to see where it stands."


class OwnDecisionError(VaultError):
    """A complaint is looked at by somebody else than whoever decided."""

    code = "own_decision"
    status = 403
    sentence = "You made this decision, so somebody else has to look at the complaint."


class NothingToWithholdError(ConflictError):
    """A report of a whole profile, or of a photo that is there no more."""

    code = "nothing_to_withhold"
    sentence = "There is no photo in this report that could be withheld."


class BadGroundError(VaultError):
    """A decision without a ground of the table."""

    code = "bad_ground"
    sentence = "Choose the ground of this decision: the person is told it."


class NoComplaintError(ConflictError):
    """A complaint or counter-notice where none can be given, or a second one."""

    code = "no_complaint"
    sentence = "There is nothing to object to here, or you did so already."


class ComplaintLateError(ConflictError):
    """More than six months after the decision."""

    code = "complaint_late"
    sentence = "A decision can be complained of for six months, and those are over."


class CounterNoticeError(VaultError):
    """A counter-notice without something that 17 USC 512(g)(3) asks for."""

    code = "counter_notice_incomplete"
    sentence = "A counter-notice needs every part that the law asks for."
