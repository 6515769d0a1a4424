"""How sure a reading has to be. Apart from the reader, because whoever checks an answer needs no
Fourier transforms for it.
"""

# A reading is given only when chance explains it at most once in a hundred million pictures.
CHANCE_AT_MOST = 1e-8
