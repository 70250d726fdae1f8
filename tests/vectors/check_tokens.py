#!/usr/bin/env python3
"""Checks tests/vectors/tokens.json against docs/reference/tokens.md, and its issued keys against docs/reference/keys.md.

Written from those pages alone, with Python's standard library alone: an implementation that shares no line with the one in
filter/keys. Prints what differs and exits 1, or prints a count and exits 0. With --write it computes every "token" of the
file anew, which is how a case is added; the bad ones are never computed.
"""

import base64
import hmac
import ipaddress
import json
import re
import sys
from decimal import Decimal
from pathlib import Path

from facts import Facts
from primitives import expand, extract, length_prefixed, mac, siphash

VECTORS = Path(__file__).with_name("tokens.json")


def render(kind, value):
    if kind == "text":
        return value.encode()
    if kind == "bytes":
        return bytes.fromhex(value)
    if kind == "bool":
        return b"true" if value else b"false"
    if kind == "int":
        return str(int(value)).encode()
    return ecmascript(float(value)).encode()


def ecmascript(number):
    """Number::toString(10) of ECMAScript: repr gives the shortest digits, this lays them out."""
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    _, digits, exponent = Decimal(repr(abs(number))).as_tuple()
    text = "".join(map(str, digits))
    exponent += len(text) - len(text.rstrip("0"))
    text = text.rstrip("0")
    k, n = len(text), exponent + len(text)
    if k <= n <= 21:
        out = text + "0" * (n - k)
    elif 0 < n <= 21:
        out = text[:n] + "." + text[n:]
    elif -6 < n <= 0:
        out = "0." + "0" * -n + text
    else:
        out = text[0] + ("." + text[1:] if k > 1 else "") + f"e{n - 1:+d}"
    return "-" + out if number < 0 else out


def canonical(canonicalizer, rendered):
    try:
        text = rendered.decode()
    except UnicodeDecodeError:
        return rendered
    if canonicalizer == "exact/1":
        return rendered
    if canonicalizer == "lowercase/1":
        return "".join(character.lower() for character in text).encode()
    if canonicalizer == "email/1":
        return rendered.strip(b"\t\n\x0c\r ").lower()
    if canonicalizer == "phone/1":
        return phone(text).encode()
    if canonicalizer == "ip/1":
        return ip(text).encode()
    raise ValueError(canonicalizer)


def phone(text):
    number = re.sub(r"[ \t.()-]", "", text)
    if not re.fullmatch(r"\+?[0-9]+", number, re.ASCII):
        return text
    return "+" + number[2:] if number.startswith("00") else number


def ip(text):
    written = text.strip("\t\n\x0c\r ")
    with_port = re.fullmatch(r"([0-9.]+):[0-9]{1,5}|\[([^\]]*)\](?::[0-9]{1,5})?", written, re.ASCII)
    four, six = with_port.groups() if with_port else (None, None)
    bare = four or six or written
    try:
        # The zone of IPv6 is whatever follows a percent sign, or nothing.
        address = ipaddress.IPv4Address(bare) if four else ipaddress.ip_address(bare.split("%")[0])
        if "%" in bare and address.version == 4 or six is not None and address.version == 4:
            return text
    except ValueError:
        return text
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    # Not str: versions of Python differ on dotted decimals.
    return str(address) if address.version == 4 else rfc5952(int(address))


def rfc5952(number):
    """The longest run of at least two zero groups becomes ::, the first of equally long ones."""
    groups = [f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)]
    runs = [(len(run.group()), run.start()) for run in re.finditer("0+", "".join("0" if g == "0" else "1" for g in groups))]
    length, start = max(((length, start) for length, start in runs if length > 1), key=lambda run: (run[0], -run[1]), default=(0, 0))
    if not length:
        return ":".join(groups)
    return ":".join(groups[:start]) + "::" + ":".join(groups[start + length :])


class Key:
    def __init__(self, key):
        self.root = extract(b"frostglass/standalone/v1", key)
        self.check_secret = expand(self.root, b"frostglass/check-secret/v1")

    def epoch_key(self, epoch):
        return expand(self.root, b"frostglass/epoch/v1" + epoch.to_bytes(4, "big"))

    def domain_key(self, epoch, tenant, recipient, class_name, canonicalizer, label=b"frostglass/domain/v1"):
        epoch_key = self.epoch_key(epoch)
        parts = length_prefixed(tenant, recipient, class_name, canonicalizer)
        return expand(epoch_key, label + parts)

    def check_key(self, tenant, recipient):
        return expand(self.check_secret, b"frostglass/check/v1" + length_prefixed(tenant, recipient))[:16]

    def check(self, tenant, recipient, message):
        """The check over prefix, "_" and the first 15 bytes of the body."""
        return siphash(self.check_key(tenant, recipient), message)[:5]

    def key_id(self, tenant, recipient):
        return expand(self.check_secret, b"frostglass/key-id/v1" + length_prefixed(tenant, recipient))[:1]

    def checked(self, case, value):
        """Bytes 0 to 14 of the body."""
        head = (1 << 28 | case["epoch"]).to_bytes(4, "big")
        domain = (case["tenant"], case["recipient"])
        return head + self.key_id(*domain) + self.middle(case, value)

    def middle(self, case, value):
        """Bytes 5 to 14 of the body, by the mode."""
        bound = (case["epoch"], case["tenant"], case["recipient"], case["class"], case["canonicalizer"])
        mode = case.get("mode", "deterministic")
        if mode == "randomized":
            return bytes.fromhex(case["random"])
        if mode == "document":
            document_key = self.domain_key(*bound, label=b"frostglass/document/v1")
            return mac(document_key, bytes.fromhex(case["document"]) + value)[:10]
        return mac(self.domain_key(*bound), value)[:10]

    def token(self, case, value):
        checked, prefix = self.checked(case, value), case["prefix"] + "_"
        check = self.check(case["tenant"], case["recipient"], prefix.encode() + checked)
        return prefix + base64.b32encode(checked + check).decode().lower()

    def recognizes(self, text, tenant, recipient):
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,15}_[a-z2-7]{32}", text, re.ASCII):
            return False
        prefix, body = text[:-32], base64.b32decode(text[-32:].upper())
        checked, check = body[:15], body[15:]
        expected = self.check(tenant, recipient, prefix.encode() + checked)
        known = body[0] >> 4 == 1 and body[4:5] == self.key_id(tenant, recipient)
        return known and hmac.compare_digest(check, expected)


class IssuedKey(Key):
    """A key of a document of issued keys; raises ValueError where the document is to be refused."""

    def __init__(self, entry):
        members(entry, {"name", "use", "check_secret", "epochs"}, {"epoch_seconds", "overlap_seconds"})
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", entry["name"], re.ASCII) or len(entry["name"]) > 63:
            raise ValueError("name")
        if entry["use"] not in ("pseudonymize", "seal", "tokenize"):
            raise ValueError("use")
        self.use, self.seconds = entry["use"], entry.get("epoch_seconds")
        overlap = entry.get("overlap_seconds", 0)
        if self.seconds is not None and self.seconds < 60 or overlap >= (self.seconds or 1) or len(entry["epochs"]) > 3:
            raise ValueError("bounds")
        self.check_secret = unhex(entry["check_secret"], 32)
        self.epochs, last = {}, None
        half = "public" if self.use == "seal" else "key"
        for given in entry["epochs"]:
            members(given, {"epoch", "not_before", "not_after", "check_value", half}, set())
            number, begins, ends, key = given["epoch"], given["not_before"], given["not_after"], unhex(given[half], 32)
            if not 0 <= number < 1 << 28 or last is not None and number <= last[0]:
                raise ValueError("epoch")
            if self.seconds:
                start = number * self.seconds
                if begins != start or not start + self.seconds <= ends < start + 2 * self.seconds:
                    raise ValueError("bounds")
            elif begins >= ends or last is not None and last[1] > begins:
                raise ValueError("bounds")
            label = b"frostglass/check-value/v1" + length_prefixed(self.use) + number.to_bytes(4, "big")
            if mac(key, label + self.check_secret)[:4] != unhex(given["check_value"], 4):
                raise ValueError("check value")
            self.epochs[number] = (begins, ends, key)
            last = (number, ends)

    def secrets(self):
        return [self.check_secret] + [key for _, _, key in self.epochs.values()]

    def epoch_key(self, epoch):
        return self.epochs[epoch][2]

    def epoch_at(self, time):
        """The epoch whose key serves a payload of this time, or None."""
        for number, (begins, ends, _) in self.epochs.items():
            if begins <= time < ends and (not self.seconds or number == time // self.seconds):
                return number
        return None


def unhex(text, length):
    if not re.fullmatch(r"[0-9a-f]*", text, re.ASCII) or len(text) != 2 * length:
        raise ValueError("hexadecimal digits")
    return bytes.fromhex(text)


def members(entry, needed, allowed):
    if not needed <= set(entry) <= needed | allowed:
        raise ValueError("members")


def issued(document):
    """The keys of a document by name."""
    members(document, {"frostglass", "version", "issued", "keys"}, set())
    if document["frostglass"] != "issued-keys" or document["version"] != 1:
        raise ValueError("version")
    keys = {}
    for entry in document["keys"]:
        if entry.get("name") in keys:
            raise ValueError("name twice")
        keys[entry.get("name")] = IssuedKey(entry)
    secrets = [secret for key in keys.values() for secret in key.secrets()]
    if len(set(secrets)) < len(secrets):
        raise ValueError("one secret twice")
    return keys


def epoch(case):
    return case["unix_seconds"] // case["epoch_seconds"] if case["epoch_seconds"] else 0


def main():
    facts = Facts(VECTORS)
    vectors, expect = facts.vectors, facts.expect
    keys = {name: Key(bytes.fromhex(key)) for name, key in vectors["keys"].items()}

    for case in vectors["siphash"]:
        output = siphash(bytes.fromhex(case["key"]), bytes.fromhex(case["message"])).hex()
        expect(f"siphash of {case['message']!r}", "output", output, case["output"])

    example = vectors["derivation"]
    key = keys[example["key"]]
    domain = (example["tenant"], example["recipient"])
    steps = {
        "root": key.root,
        "check_secret": key.check_secret,
        "epoch_key": expand(key.root, b"frostglass/epoch/v1" + example["epoch"].to_bytes(4, "big")),
        "domain_key": key.domain_key(example["epoch"], *domain, example["class"], example["canonicalizer"]),
        "check_key": key.check_key(*domain),
        "key_id": key.key_id(*domain),
        "message": example["prefix"].encode() + b"_" + key.checked(example, example["value"].encode()),
    }
    steps["siphash"] = siphash(steps["check_key"], steps["message"])
    steps["check"] = steps["siphash"][:5]
    for name, step in steps.items():
        facts.made("derivation", name, step.hex(), example, name)

    for case in vectors["tokens"]:
        key = keys[case["key"]]
        rendered = render(case["kind"], case["value"]) * case.get("times", 1)
        value = canonical(case["canonicalizer"], rendered)
        token = key.token(case, value)
        if "canonical" in case:
            expect(case["name"], "canonical", value.decode(), case["canonical"])
        expect(case["name"], "epoch", epoch(case), case["epoch"])
        facts.made(case["name"], "token", token, case, "token")
        expect(case["name"], "genuine", key.recognizes(case["token"], case["tenant"], case["recipient"]), True)

    for case in vectors["not_ours"]:
        recognized = keys[case["key"]].recognizes(case["text"], case["tenant"], case["recipient"])
        expect(f"not_ours: {case['why']}", "genuine", recognized, False)
        if case["why"].endswith("rightly checked"):
            # Something else than the check must turn these away, so their check has to be right.
            prefix, body = case["text"][:-32], base64.b32decode(case["text"][-32:].upper())
            right = keys[case["key"]].check(case["tenant"], case["recipient"], prefix.encode() + body[:15])
            expect(f"not_ours: {case['why']}", "check", body[15:].hex(), right.hex())

    given = vectors["issued"]
    held = issued(given["document"])
    for case in given["tokens"]:
        key, name = held[case["key"]], "issued: " + case["name"]
        number = key.epoch_at(case["unix_seconds"])
        expect(name, "epoch", number, case["epoch"])
        token = None
        if number is not None and key.use == "pseudonymize":
            token = key.token({**case, "prefix": given["prefix"]}, case["value"].encode())
        facts.made(name, "token", token, case, "token")
    for case in given["genuine"]:
        genuine = held[case["key"]].recognizes(case["text"], case["tenant"], case["recipient"])
        expect(f"issued: {case['name']}", "genuine", genuine, True)
    for case in given["refused"]:
        document = json.loads(json.dumps(given["document"]))
        *path, last = case["at"]
        place = document
        for step in path:
            place = place[step]
        if "becomes" in case:
            place[last] = case["becomes"]
        else:
            del place[last]
        try:
            issued(document)
            refused = False
        except ValueError:
            refused = True
        expect(f"issued: {case['why']}", "refused", refused, True)

    return facts.finish("docs/reference/tokens.md and keys.md")


if __name__ == "__main__":
    sys.exit(main())
