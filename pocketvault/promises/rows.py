"""The promises, in the order of the policy.

``policy`` is the policy's own sentence, ``kept`` how this software makes it true, ``proofs`` the
tests that fail when the control is taken away.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from pocketvault.promises import evidence, trials
from pocketvault.promises.evidence import LookUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One row. ``more`` is where to read on, an address of ours."""

    number: int
    chapter: str
    policy: str
    kept: str
    look_up: LookUp
    proofs: tuple[str, ...] = ()
    more: str = ""


CONTROL = gettext_noop("Ownership and control")
TRAINING = gettext_noop("No training")
SECURITY = gettext_noop("Encryption and security")
SCRAPING = gettext_noop("Scrapers and deepfakes")
OTHERS = gettext_noop("Third parties")
RIGHTS = gettext_noop("Your rights")

PROMISES: tuple[Promise, ...] = (
    Promise(
        number=1, chapter=CONTROL,
        policy=gettext_noop(
            "You remain the sole owner of all intellectual property rights associated with your"
            " images."
        ),
        kept=gettext_noop(
            "Our terms take no licence. Each photo can say whose it is, and public copies carry"
            " that with them."
        ),
        look_up=trials.signed_words,
        proofs=("tests/proofs/test_p1_ownership.py",),
        more="/terms",
    ),
    Promise(
        number=2, chapter=CONTROL,
        policy=gettext_noop("You decide exactly who sees your images."),
        kept=gettext_noop(
            "Private, people, groups, links or everyone, photo by photo. One page lists whoever"
            " can open something, and ends it."
        ),
        look_up=trials.ways_in,
        proofs=("tests/proofs/test_p2_granular_permissions.py", "tests/api/test_personas.py"),
    ),
    Promise(
        number=3, chapter=CONTROL,
        policy=gettext_noop(
            "Upon deletion, we guarantee the immediate removal of the image from our active"
            " servers."
        ),
        kept=gettext_noop(
            "A deletion destroys the keys in the very transaction that answers you. The bytes"
            " follow within a minute; every place that could hold a copy is asked, and then you"
            " get a receipt that anybody can check."
        ),
        look_up=evidence.deletions,
        proofs=(
            "tests/proofs/test_p3_deletion.py",
            "tests/images/test_deleting.py",
        ),
        more="/verify",
    ),
    Promise(
        number=4, chapter=CONTROL,
        policy=gettext_noop("… and our backups within 30 days."),
        kept=gettext_noop(
            "Whatever leads to a photo is sealed under a key that lives for 22 days and is in no"
            " backup. Then no old copy opens any more, wherever it is."
        ),
        look_up=evidence.old_copies,
        proofs=(
            "tests/proofs/test_p4_backups.py",
            "tests/kernel/test_rotation.py",
        ),
        more="/drills",
    ),
    Promise(
        number=5, chapter=TRAINING,
        policy=gettext_noop(
            "Your images are never ingested into Large Multimodal Models or generative AI"
            " systems."
        ),
        kept=gettext_noop(
            "Private photos cannot be: we hold no key. Every use of stored bytes names its"
            " purpose, and there is none for training. What is public says no in every way"
            " machines read."
        ),
        look_up=evidence.signals,
        proofs=("tests/proofs/test_p5_never_for_training.py",),
        more="/no-training",
    ),
    Promise(
        number=6, chapter=TRAINING,
        policy=gettext_noop(
            "We do not create digital twins or synthetic variations of your photos without your"
            " explicit, written consent."
        ),
        kept=gettext_noop(
            "There is nothing here that makes them. The database takes none without a consent"
            " that you signed, for that very photo, and that is in force."
        ),
        look_up=evidence.derivatives,
        proofs=("tests/proofs/test_p6_no_derivatives.py",),
    ),
    Promise(
        number=7, chapter=SECURITY,
        policy=gettext_noop(
            "Only you hold the decryption keys. Even PocketComputer staff cannot view your"
            " private images."
        ),
        kept=gettext_noop(
            "Keys are made and used on your devices. Our servers, staff, backups and logs hold"
            " ciphertext."
        ),
        look_up=trials.stated_code,
        proofs=(
            "tests/journeys/test_only_you.py",
            "tests/hostile/test_browser.py",
        ),
    ),
    Promise(
        number=8, chapter=SECURITY,
        policy=gettext_noop("All image transfers utilize TLS 1.3 encryption."),
        kept=gettext_noop(
            "Anything older is refused, and plain connections exist on the machine itself only."
        ),
        look_up=trials.transfers, proofs=("tests/proofs/test_p8_transport.py",),
    ),
    Promise(
        number=9, chapter=SECURITY,
        policy=gettext_noop(
            "By default, we offer an option to strip EXIF data upon upload, while preserving the"
            " visual integrity of the photo."
        ),
        kept=gettext_noop(
            "Your device takes it out before it encrypts. The picture's own bytes stay as they"
            " were."
        ),
        look_up=trials.clean_copies, proofs=("static/src/photo/strip/strip.test.ts",),
    ),
    Promise(
        number=10, chapter=SCRAPING,
        policy=gettext_noop(
            "Our systems actively detect and block automated scrapers attempting to harvest"
            " images from public profiles."
        ),
        kept=gettext_noop(
            "Addresses of pictures are signed and short-lived, everybody has an allowance, and"
            " programs meet puzzles and traps."
        ),
        look_up=trials.doors_for_programs, proofs=("tests/proofs/test_p10_scrapers.py",),
    ),
    Promise(
        number=11, chapter=SCRAPING,
        policy=gettext_noop(
            "We offer optional invisible watermarking to help trace unauthorized usage back to"
            " the original source."
        ),
        kept=gettext_noop(
            "A public copy can carry a number that nobody sees. A found copy, cropped or"
            " recompressed, leads back to where it came from."
        ),
        look_up=trials.marks, proofs=("tests/proofs/test_p11_watermark.py",),
    ),
    Promise(
        number=12, chapter=SCRAPING,
        policy=gettext_noop(
            "Our dedicated team provides a streamlined process to issue DMCA takedowns and"
            " coordinate with hosting providers."
        ),
        kept=gettext_noop(
            "Report an address: evidence is kept, a notice is drafted with all that the law wants"
            " in it, sent once you signed, chased, and the removal is checked for 90 days."
        ),
        look_up=evidence.takedowns,
        proofs=(
            "tests/proofs/test_p12_takedown.py", "tests/rights/test_takedown_fetching.py",
            "tests/journeys/test_takedown_journey.py",
        ),
    ),
    Promise(
        number=13, chapter=OTHERS,
        policy=gettext_noop(
            "We do not sell your images or visual metadata to advertisers, data brokers, or"
            " third-party analytics firms."
        ),
        kept=gettext_noop(
            "No page of ours asks any other site for anything: your browser would refuse it."
            " There is no advertising, no analytics, and no purpose under which anything could be"
            " sold."
        ),
        look_up=trials.no_sale,
        proofs=("tests/proofs/test_p13_no_sale.py",),
    ),
    Promise(
        number=14, chapter=OTHERS,
        policy=gettext_noop(
            "Images are only shared with third-party processors strictly necessary for delivery,"
            " contractually bound to the same privacy standards."
        ),
        kept=gettext_noop(
            "A public register of who works for us, thirty days' notice of every change, and one"
            " door to the outside that opens for nobody else."
        ),
        look_up=evidence.processors,
        proofs=("tests/proofs/test_p14_processors.py",),
        more="/processors",
    ),
    Promise(
        number=15, chapter=OTHERS,
        policy=gettext_noop(
            "We will only disclose images in response to a valid legal order and will notify you"
            " immediately unless legally prohibited from doing so."
        ),
        kept=gettext_noop(
            "A register of orders that three people see through, held by the database itself. What"
            " is handed over lists what exists; there is no key here to give. The notice to you"
            " sends itself as soon as nothing forbids it."
        ),
        look_up=evidence.orders,
        proofs=(
            "tests/proofs/test_p15_legal_orders.py",
            "tests/rights/test_legal_orders.py",
        ),
        more="/transparency",
    ),
    Promise(
        number=16, chapter=RIGHTS,
        policy=gettext_noop("Download a complete archive of all images you have stored with us."),
        kept=gettext_noop(
            "In the browser, into a folder or one file, opened on your device. Or packed by us as"
            " ciphertext, with a page that opens it without us."
        ),
        look_up=trials.archives,
        proofs=(
            "tests/proofs/test_p16_access.py",
            "tests/proofs/test_p18_portability.py",
        ),
    ),
    Promise(
        number=17, chapter=RIGHTS,
        policy=gettext_noop("Correct metadata errors or replace corrupted files."),
        kept=gettext_noop(
            "Corrections stand beside what they correct. Everything stored is read again each"
            " month, and what a disk has changed is found and replaced."
        ),
        look_up=evidence.health, proofs=("tests/proofs/test_p17_rectify.py",),
    ),
    Promise(
        number=18, chapter=RIGHTS,
        policy=gettext_noop(
            "Export your images in standard formats (JPEG, PNG, RAW) to move to another service."
        ),
        kept=gettext_noop(
            "Originals come back byte for byte, with JSON and XMP beside them that other services"
            " read; JPEG or PNG copies if you want them."
        ),
        look_up=trials.originals,
        proofs=("tests/proofs/test_p18_portability.py",),
    ),
    Promise(
        number=19, chapter=RIGHTS,
        policy=gettext_noop("Opt out of any non-essential processing of your visual data."),
        kept=gettext_noop(
            "Whatever is not essential is off until you turn it on. A browser's Global Privacy"
            " Control turns all of it off."
        ),
        look_up=trials.objections,
        proofs=("tests/proofs/test_p19_objection.py",),
    ),
    Promise(
        number=20, chapter=RIGHTS,
        policy=gettext_noop(
            "If you wish to exercise your rights, contact our Data Protection Officer."
        ),
        kept=gettext_noop(
            "A form for everybody, a mailbox, and your own pages. Each request gets the date of"
            " its law, and a second person takes over what is late."
        ),
        look_up=evidence.requests,
        proofs=("tests/proofs/test_p20_requests.py",),
        more="/request",
    ),
)  # fmt: skip
