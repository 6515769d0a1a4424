"""The numbers, and why they are what they are. Measured in docs/scrapers.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and so many more a second."""

    at_once: int
    per_second: float

    @property
    def cost(self) -> int:
        """Of one, in microseconds of filling."""
        return int(1e6 / self.per_second)

    @property
    def window(self) -> int:
        """Until it is full again, in microseconds."""
        return self.cost * self.at_once


# Small pictures. Somebody who scrolls through 500 of them as fast as they can look sees five or
# six a second, after some screens at once.
SMALL_OF_GRANT = Allowance(150, 6.0)
# Of a network whose browsers run no script and wait instead: ten an hour.
SMALL_WITHOUT_SCRIPT = Allowance(10, 10 / 3600)
WITHOUT_SCRIPT_SECONDS = 10
# Before anybody moved, scrolled or pressed a key: the first screen, on a large display. A browser
# that only loads pages gets no further.
SMALL_UNMOVED = Allowance(24, 0.02)
# Large pictures. 300 photos opened in ten minutes are one every two seconds; each brings along its
# two neighbours once.
LARGE_OF_GRANT = Allowance(30, 0.7)
LARGE_UNMOVED = Allowance(3, 0.02)
# Of everybody behind one network together, counting each photo once: twenty people in an office
# look at the same ones.
LARGE_OF_NETWORK = Allowance(60, 1.0)
# Who has so many photos of one profile has seen it. Whoever wants the rest has until tomorrow.
SEEN_ENOUGH = 300
LARGE_OF_NETWORK_LATER = Allowance(3, 0.1)

# Of somebody with an account, whatever network they come from and while a profile is guarded too: a
# photo every two seconds, after a screen of them, and a few more once they have seen the profile.
LARGE_OF_PERSON = Allowance(30, 0.5)
LARGE_OF_PERSON_LATER = Allowance(3, 0.1)
# From the vault's page to the public one; then as long as a grant.
PASS_SECONDS, PERSON_SECONDS = 60, 3600

# Covers are for cards elsewhere, and the one sharp picture that costs no grant. A network has so
# many of different profiles at once, and then one every ten seconds.
COVERS_OF_NETWORK = Allowance(60, 0.1)

# An opened photo and its neighbours; as many small ones as a batch of the page asks for.
LARGE_A_REQUEST = 3
SMALL_A_REQUEST = 48

GRANT_SECONDS = 3600
ADDRESS_SECONDS = 60
DAY_SECONDS = 24 * 3600
# What a page that has to wait is told. Long enough to be no busy loop, short enough to be borne.
WAIT_SECONDS = 2

# A solution costs a phone of today some 200 ms: 256 tries on average of so many rounds of PBKDF2.
ROUNDS = 1_500
FEWEST_TRIES, MOST_TRIES = 128, 384
# Whoever followed a link that no person sees pays eight times as much for ten minutes.
TRAPPED_FACTOR, TRAPPED_SECONDS = 8, 600
# A network that asks for many grants an hour pays twice as much with each further twenty.
GRANTS_AT_ONE_PRICE, DEAREST_FACTOR = 20, 32
CHALLENGE_SECONDS = 120

# Who says to be a search engine's crawler is looked up, and again after an hour if it was none. A
# network of crawlers has a few dozen addresses, and our DNS is not for strangers to keep busy.
ASK_AGAIN_SECONDS = 3600
CHECKS_OF_NETWORK, CHECKS_OF_EVERYBODY = Allowance(30, 0.01), Allowance(60, 1.0)
# How long the address of one that is to be looked up lies in the shared cache at most.
TICKET_SECONDS = 300

# A person opens no more than 60 new photos in two minutes (one every two seconds). Three networks
# that take half as much again from one profile, within ten minutes, are after the whole of it.
FAST_SECONDS, FAST_PHOTOS = 120, 90
ALARM_SECONDS, ALARM_NETWORKS = 600, 3
GUARDED_SECONDS = 900
