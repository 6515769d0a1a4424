"""The public log's formats, without Django: RFC 6962 trees, C2SP notes, tiles and proofs."""
