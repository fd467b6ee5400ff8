"""The hash of texts, written after its description and byte by byte."""

from __future__ import annotations

_MODULUS = 1 << 64
_M = 0xC6A4A7935BD1E995


def hash_of(text: str) -> int:
    h = murmur_hash_64a(text.encode())
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        h = (h ^ h >> 33) * multiplier % _MODULUS
    return h ^ h >> 33


def murmur_hash_64a(key: bytes, seed: int = 0) -> int:
    h = (seed ^ len(key) * _M) % _MODULUS
    n_whole = len(key) // 8 * 8
    for start in range(0, n_whole, 8):
        word = int.from_bytes(key[start : start + 8], "little") * _M % _MODULUS
        word = (word ^ word >> 47) * _M % _MODULUS
        h = (h ^ word) * _M % _MODULUS
    if n_whole < len(key):
        h = (h ^ int.from_bytes(key[n_whole:], "little")) * _M % _MODULUS
    h = (h ^ h >> 47) * _M % _MODULUS
    return h ^ h >> 47
