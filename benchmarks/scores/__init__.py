"""What other people's tools say of our TLS and of the headers of our pages.

``make scores`` starts a service of its own, once behind nginx with the files of ``deploy/nginx``
and once with granian speaking TLS by itself, and has four tools look at the vault's origin and
at the public one: ``openssl s_client``, ``testssl.sh``, ``sslyze`` with Mozilla's modern
configuration, and MDN's HTTP Observatory. What they said is kept in ``docs/evidence/scores.json``.
Nothing leaves this machine: names of example.org lead to it for these processes alone.
"""
