"""What happens to somebody from whom things have to be withheld again and again.

17 USC 512(i)(1)(A) asks for such a policy, and DSA Art. 23 for one that warns first and looks at
each case. This is all of it, as data; the person reads it on their data page.
"""

from __future__ import annotations

from datetime import timedelta

# A strike counts for so long. A decision that is reversed takes its strike with it at once.
COUNTS_FOR = timedelta(days=180)
# With so many that count, nothing new can be published for a while. What is public stays so.
MOST = 3
BARRED_FOR = timedelta(days=30)
