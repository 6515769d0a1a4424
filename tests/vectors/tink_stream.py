"""Google Tink's own AES256-GCM-HKDF streaming, with our parameters: the independent oracle."""

import io

import tink
from tink import secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

SEGMENT_BYTES = 256 * 1024
TYPE_URL = "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey"


class _Unclosed(io.BytesIO):
    """Tink closes what it wrote to; we still want to read it."""

    def close(self) -> None:
        self.flush()


def tink_primitive(key: bytes) -> streaming_aead.StreamingAead:
    """Return Tink's streaming primitive for a content key."""
    streaming_aead.register()
    parameters = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
        ciphertext_segment_size=SEGMENT_BYTES,
        derived_key_size=32,
        hkdf_hash_type=common_pb2.SHA256,
    )
    streaming_key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(
        version=0, key_value=key, params=parameters
    )
    keyset_key = tink_pb2.Keyset.Key(
        key_data=tink_pb2.KeyData(
            type_url=TYPE_URL,
            value=streaming_key.SerializeToString(),
            key_material_type=tink_pb2.KeyData.SYMMETRIC,
        ),
        status=tink_pb2.ENABLED,
        key_id=1,
        output_prefix_type=tink_pb2.RAW,
    )
    keyset = tink_pb2.Keyset(primary_key_id=1, key=[keyset_key])
    handle = tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(streaming_aead.StreamingAead)


def tink_encrypt(plaintext: bytes, key: bytes, associated_data: bytes) -> bytes:
    """Encrypt with Tink."""
    ciphertext = _Unclosed()
    with tink_primitive(key).new_encrypting_stream(ciphertext, associated_data) as stream:
        stream.write(plaintext)
    return ciphertext.getvalue()


def tink_decrypt(ciphertext: bytes, key: bytes, associated_data: bytes) -> bytes:
    """Decrypt with Tink; raises tink.TinkError."""
    source = io.BytesIO(ciphertext)
    with tink_primitive(key).new_decrypting_stream(source, associated_data) as stream:
        return bytes(stream.read())
