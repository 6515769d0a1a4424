"""The twenty-seven ways in which a server may lie, and what is expected of each device.

``known`` is a device that was here before: it has the account's newest state. ``fresh`` is one
that signs in for the first time and has nothing but what a person remembers or was handed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["noticed", "harmless", "undetectable", "not yet built"]
CLIENTS = ("browser", "reference")
DEVICES = ("known", "fresh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One way to lie. ``does`` is what the server does; ``why`` explains each outcome there is."""

    slug: str
    name: str
    does: str
    why: str
    known: Outcome = "noticed"
    fresh: Outcome = "noticed"

    def outcomes(self, device: str) -> tuple[Outcome, ...]:
        """What may come of it on a device. Harmless is as good as noticed."""
        expected = self.known if device == "known" else self.fresh
        return (expected, "harmless") if expected == "noticed" else (expected,)


ATTACKS = (
    Attack(
        slug="swapped-fields", name="Swapped fields",
        does="Gives one photo's record (name, date, place) with another photo's id.",
        why="A record's context names its photo, so the other one does not open. A browser "
        "that has the photo's own goes on showing that, and says so.",
    ),
    Attack(
        slug="swapped-thumbnails", name="Swapped thumbnails",
        does="Serves one photo's thumbnail for another's.",
        why="A stream's context names photo, part and version. In the browser the photo's own "
        "blurred stand-in stays, which came sealed with its record; no other picture is shown.",
    ),
    Attack(
        slug="truncated-stream", name="Truncated stream",
        does="Ends a photo's bytes after whole segments, as if that were all.",
        why="Only the last segment is sealed as the last, and the length is in the first.",
    ),
    Attack(
        slug="reordered-segments", name="Reordered segments",
        does="Changes two segments of a photo for one another, keeping its length.",
        why="A segment's nonce has its number.",
    ),
    Attack(
        slug="replayed-metadata", name="Replayed old metadata",
        does="Gives a photo with the correction its owner has since replaced.",
        why="A device that saw a number takes no lower one. A fresh one has nothing to compare "
        "with: what it is given was true once and is sealed as it should be.",
        fresh="undetectable",
    ),
    Attack(
        slug="rolled-back-album", name="Rolled-back album",
        does="Gives an album with the name of before.",
        why="As for metadata: numbers only rise for whoever saw them.",
        fresh="undetectable",
    ),
    Attack(
        slug="dropped-image", name="Dropped image",
        does="Says that the feed begins anew, and leaves a photo out of it.",
        why="A device that had the photo says that it is no longer listed. For a fresh one "
        "nothing is missing: a library has no signed list. (A shared album has one.)",
        fresh="undetectable",
    ),
    Attack(
        slug="substituted-key", name="Substituted recipient key",
        does="Names keys of its own as a contact's, and withholds the book of pinned keys and "
        "all that is shared.",
        why="A device that had a book insists on it. A fresh one meets the contact for the first "
        "time: only the safety number, compared by voice or face, tells the keys apart. (Any "
        "group or album that both are in names the true keys.)",
        fresh="undetectable",
    ),
    Attack(
        slug="changed-key", name="Key changed after pinning",
        does="Names keys of its own as a contact's, whose keys are pinned.",
        why="Pins are in the account, under its key, so that a fresh device has them too.",
    ),
    Attack(
        slug="forged-album", name="Forged album",
        does="Makes up an album with a history, in a contact's name, and shares it.",
        why="The contact's pinned identity signed none of it.",
    ),
    Attack(
        slug="forged-member", name="Forged group member",
        does="Lists somebody in a group whom no member let in.",
        why="Who is in is what the signed history says; whoever is listed besides gets no key.",
    ),
    Attack(
        slug="weak-kdf", name="Weakened KDF parameters",
        does="Asks for the password stretched by 8 KiB and one pass.",
        why="Below the floor the password is not touched.",
    ),
    Attack(
        slug="changed-salt", name="Changed salt",
        does="Gives another salt for the password.",
        why="Another salt leads to other keys: nothing opens, and the proof is of no use.",
    ),
    Attack(
        slug="wrong-scheme", name="Wrong scheme version",
        does="Names a scheme for the password that does not exist.",
        why="A scheme that is not known is refused before the password is touched.",
    ),
    Attack(
        slug="oversized-length", name="Oversized length",
        does="Says that a photo has 2^50 bytes, and sends a segment more than there is.",
        why="Lengths are counted from what was sealed. Nothing is set aside by the server's word.",
    ),
    Attack(
        slug="recovery-key", name="Recovery-key replacement",
        does="Gives a wrap for the recovery phrase that was made with another phrase.",
        why="The words lead to one key alone, which opens no other wrap.",
    ),
    Attack(
        slug="link-key", name="Link key mismatch",
        does="Names keys of its own as those of whoever made a link.",
        why="The fingerprint of the owner's keys is in the address, behind the #.",
    ),
    Attack(
        slug="stale-share", name="Stale share after revocation",
        does="Goes on serving an album to somebody who was removed from it, and with it a photo "
        "that was added afterwards.",
        why="The photo is under the next key, which they never get, and in no history they can "
        "read. What was shown before could have been kept.",
    ),
    Attack(
        slug="mixed-accounts", name="Mixed-up accounts",
        does="Answers with the keys and the library of another account.",
        why="Every context names its owner, and every wrap its account.",
    ),
    Attack(
        slug="unknown-suite", name="Unknown suite",
        does="Hands out an album's key sealed by a suite that does not exist.",
        why="A suite byte that is not known is refused.",
    ),
    Attack(
        slug="unsigned-grant", name="Unsigned grant",
        does="Hands out an album's true key, got from somebody in it, without a signature.",
        why="Who gave a key has to have signed it for this recipient.",
    ),
    Attack(
        slug="other-signature", name="Signature by another",
        does="Gives the newest entry of an album with a signature by somebody else in it.",
        why="An entry counts only with the identity under which its author was let in.",
    ),
    Attack(
        slug="duplicated-ids", name="Duplicated image ids",
        does="Lists a photo twice, the second time with another photo's bytes and keys.",
        why="One id is one photo, and what is listed under it has to open for it. (A photo whose "
        "corrections are gone would count as an older state; what does not open is said first.)",
    ),
    Attack(
        slug="publication-statement", name="Altered owner-signed publication statement",
        does="Puts another caption into what an owner signed when publishing, and beside it.",
        why="The owner's own identity signs each statement, and every device of theirs holds what "
        "is listed against it. (A browser that saw a statement takes no older one, and none of "
        "what it took back.)",
    ),
    Attack(
        slug="swapped-places", name="Swapped places on a public page",
        does="Lists two published photos each in the place of the other.",
        why="Where a photo stands is in its own statement. (A visitor's browser is told so too: "
        "`tests/journeys/test_signed_words_journey.py`. Which places a statement had before, only "
        "a device that saw the newer one knows.)",
    ),
    Attack(
        slug="other-cover", name="Another cover of a public page",
        does="Names another published photo as the one that stands for the page.",
        why="Which photo is the cover is in the statement of the page. (None at all is what taking "
        "one back leaves: where the photo is still there, a browser of its owner says so.)",
    ),
    Attack(
        slug="receipt", name="Altered receipt",
        does="Says something else in a receipt for a deletion, and makes all that vouches for it "
        "anew: signature, opening, entry, proof, checkpoint, under a key of its own.",
        why="A device that was here before keeps the log's key as it first saw it. For a fresh one "
        "the other log is as good as this one: only a key or a checkpoint from elsewhere, or "
        "whoever follows the log, tells them apart. (Whatever is altered without all the rest does "
        "not fit, and any device notices: `tests/hostile/test_receipts.py`.)",
        fresh="undetectable",
    ),
)  # fmt: skip
BUILT = tuple(attack for attack in ATTACKS if attack.known != "not yet built")
