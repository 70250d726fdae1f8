#!/usr/bin/env python3
"""Checks tests/vectors/shares.json against docs/reference/shares.md.

Written from that page alone, with whole numbers for the curve: splits the private keys of seals.json, lends for their encapsulated
keys, and opens by each two of the shares, without ever putting a key together. Shares no line with filter/keys. Prints what
differs and exits 1, or prints a count and exits 0. With --write it computes the file anew.
"""

import hashlib
import itertools
import json
import sys
from pathlib import Path

import check_seals
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

VECTORS = Path(__file__).with_name("shares.json")

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1
NEUTRAL = (0, 1)


def number(data):
    return int.from_bytes(data, "little")


def added(one, other):
    """On the Edwards curve -x² + y² = 1 + d x² y² (RFC 8032, section 5.1.4, in affine coordinates)."""
    (a, b), (c, e) = one, other
    cross = D * a * c * b * e % P
    x = (a * e + b * c) * pow(1 + cross, -1, P) % P
    y = (b * e + a * c) * pow(1 - cross, -1, P) % P
    return x, y


def times(scalar, point):
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = added(result, point)
        point = added(point, point)
        scalar >>= 1
    return result


def of_y(y, odd):
    """The point with this y and an x of this parity, or None (RFC 8032, section 5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return (P - x if x & 1 != odd else x), y


def of_u(u):
    """The point of the Edwards curve with this Montgomery u and an even x (RFC 7748, section 4.1)."""
    u = number(u) % 2**255 % P
    return None if u == P - 1 else of_y((u - 1) * pow(u + 1, -1, P) % P, 0)


def compressed(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decompressed(data):
    y = number(data)
    return of_y(y % 2**255, y >> 255)


def split(private, random, count):
    clamped = bytearray(private)
    clamped[0] &= 248
    clamped[31] = clamped[31] & 127 | 64
    secret, slope = number(clamped) * pow(8, -1, L) % L, number(random) % L
    return [((secret + slope * person) % L).to_bytes(32, "little") for person in range(1, count + 1)]


def lend(share, encapsulated):
    point = of_u(encapsulated)
    if point is None or (eight := times(8, point)) == NEUTRAL:
        return None
    return compressed(times(number(share), eight))


def agreed(one, other):
    (i, lent_i), (j, lent_j) = one, other
    parts = [
        times(j * pow(j - i, -1, L) % L, decompressed(lent_i)),
        times(i * pow(i - j, -1, L) % L, decompressed(lent_j)),
    ]
    y = added(*parts)[1]
    return ((1 + y) * pow(1 - y, -1, P) % P).to_bytes(32, "little")


def opened(case, agreement):
    data, public = check_seals.parse(case["sealed"]), check_seals.public_of(bytes.fromhex(case["private"]))
    head, encapsulated, nonce, sealed = data[:5], data[5:37], data[37:49], data[49:-8]
    prk = check_seals.extract(check_seals.KEM, b"", b"eae_prk", agreement)
    shared = check_seals.expand(check_seals.KEM, prk, b"shared_secret", encapsulated + public)
    padded = ChaCha20Poly1305(check_seals.value_key(shared)).decrypt(nonce, sealed, head + check_seals.parties(case))
    return padded.rstrip(b"\x00")[:-1]


def computed(name, case):
    """What the file holds for a seal: random bytes that its name decides, and what follows from them."""
    count = 2 + len(name) % 3
    random = hashlib.sha512(b"shares of " + name.encode()).digest()
    encapsulated = check_seals.parse(case["sealed"])[5:37]
    shares = split(bytes.fromhex(case["private"]), random, count)
    lent = [lend(share, encapsulated) for share in shares]
    return {
        "seal": name,
        "random": random.hex(),
        "shares": [share.hex() for share in shares],
        "lent": [point.hex() for point in lent],
    }


def main():
    seals = {case["name"]: case for case in json.loads(check_seals.VECTORS.read_text())["seals"]}
    made = [computed(name, case) for name, case in seals.items()]
    if "--write" in sys.argv:
        about = "Shares of the private keys of seals.json: docs/reference/shares.md. Written by check_shares.py --write."
        VECTORS.write_text(json.dumps({"about": about, "shares": made}, indent=2) + "\n")
    wrong, checked = [], 0
    for one, kept in itertools.zip_longest(made, json.loads(VECTORS.read_text())["shares"]):
        checked += 1
        if one != kept:
            wrong.append(f"{(one or kept)['seal']}: the file and the specification differ")
            continue
        case, lent = seals[one["seal"]], [bytes.fromhex(point) for point in one["lent"]]
        for pair in itertools.permutations(enumerate(lent, 1), 2):
            checked += 1
            if opened(case, agreed(*pair)) != check_seals.value_of(case):
                wrong.append(f"{one['seal']}: does not open by shares {pair[0][0]} and {pair[1][0]}")
    for line in wrong:
        print(line)
    print(f"{checked} checked, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
