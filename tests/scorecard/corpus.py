"""Telemetry of a shop that nobody runs, with labels: what is sensitive in it, and what only looks so.

Values are made by grammars that know how their issuers describe them (lengths, alphabets, check digits), not how the detectors
find them; lines are made as loggers, proxies, shells, databases and people write them. The same seed gives the same
corpus. A case is (id, text, spans), a span (start, end, family, leak): `leak` is the text that must not survive.
"""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass, field

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
FIRST = "Ann Ben Cleo Dora Emil Fay Gus Hana Ivo Jun Kaja Lev Mila Nils Oda Paz Rui Sena Tove Uma".split()
LAST = "Example Sample Muster Placeholder Testerson Specimen Dummyfield Mockridge Fakenham Demoville".split()
WORDS = ("order cart payment inventory shipment invoice retry queue worker cache session checkout catalog refund index batch "
         "timeout upstream handler request response shard replica lease snapshot").split()


@dataclass
class Case:
    text: str
    spans: list = field(default_factory=list)
    kind: str = "mixed"


class Grammar:
    """Everything that is drawn; one generator of numbers for all."""

    def __init__(self, seed: int):
        self.r = random.Random(seed)

    # --- plain things ---
    def pick(self, *xs):
        return self.r.choice(xs[0] if len(xs) == 1 and not isinstance(xs[0], str) else xs)

    def text(self, alphabet, n):
        return "".join(self.r.choice(alphabet) for _ in range(n))

    def digits(self, n, first="123456789"):
        return self.r.choice(first) + self.text(string.digits, n - 1)

    def word(self):
        return self.r.choice(WORDS)

    def person(self):
        return f"{self.r.choice(FIRST)} {self.r.choice(LAST)}"

    def time(self):
        r = self.r
        y, mo, d, h, m, s = 2026, r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59)
        ms = r.randint(0, 999)
        return r.choice([
            f"{y}-{mo:02}-{d:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z",
            f"{y}-{mo:02}-{d:02} {h:02}:{m:02}:{s:02},{ms:03}",
            f"{y}-{mo:02}-{d:02}T{h:02}:{m:02}:{s:02}.{r.randint(0, 999999999):09}+02:00",
            f"{d:02}/Nov/{y}:{h:02}:{m:02}:{s:02} +0000",
            f"Nov {d:2} {h:02}:{m:02}:{s:02}",
            f"{y % 100:02}{mo:02}{d:02} {h:02}{m:02}{s:02} {ms}",
            f"{y}/{mo:02}/{d:02} {h:02}:{m:02}:{s:02}",
            str(r.randint(1_700_000_000, 1_790_000_000)),
            str(r.randint(1_700_000_000_000, 1_790_000_000_000)),
            f"[{y}-{mo:02}-{d:02} {h:02}:{m:02}:{s:02}.{r.randint(0, 999999):06}]",
        ])

    # --- check digits, from the published rules ---
    @staticmethod
    def luhn(body):
        total = 0
        for i, c in enumerate(reversed(body)):
            d = int(c)
            if i % 2 == 0:
                d = d * 2 - 9 if d > 4 else d * 2
            total += d
        return body + str(-total % 10)

    # --- identifiers: each gives (value, context words) ---
    def email(self):
        r = self.r
        local = r.choice([r.choice(FIRST).lower() + "." + r.choice(LAST).lower(), self.text(string.ascii_lowercase, 6) + self.digits(2),
                          r.choice(FIRST).lower() + "+news", r.choice(FIRST)[0].lower() + r.choice(LAST).lower(), "müller", "o_neil"])
        return f"{local}@{r.choice(['example.org', 'mail.example.com', 'example.co.uk', 'bücher.example', 'shop.example.net'])}"

    def card(self):
        r = self.r
        head, n = r.choice([("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("34", 15), ("6011", 16), ("3530", 16)])
        body = head + self.text(string.digits, n - len(head) - 1)
        number = self.luhn(body)
        if r.random() < .4 and n == 16:
            return r.choice(" -").join(number[i:i + 4] for i in range(0, 16, 4))
        return number

    def iban(self):
        country, n, letters = self.r.choice([("DE", 18, 0), ("GB", 18, 4), ("FR", 23, 0), ("ES", 20, 0), ("NL", 14, 4), ("AT", 16, 0), ("CH", 17, 0), ("PL", 24, 0), ("IT", 23, 1)])
        bban = self.text(string.ascii_uppercase, letters) + self.text(string.digits, n - letters)
        number = "".join(str(int(c, 36)) for c in bban + country)
        check = 98 - int(number + "00") % 97
        plain = f"{country}{check:02}{bban}"
        return plain if self.r.random() < .6 else " ".join(plain[i:i + 4] for i in range(0, len(plain), 4))

    def ipv4(self):
        r = self.r
        return r.choice([f"10.{r.randint(0,255)}.{r.randint(0,255)}.{r.randint(1,254)}", f"192.168.{r.randint(0,255)}.{r.randint(1,254)}",
                         f"203.0.113.{r.randint(1,254)}", f"198.51.100.{r.randint(1,254)}", f"172.{r.randint(16,31)}.{r.randint(0,255)}.{r.randint(1,254)}",
                         f"{r.randint(11,126)}.{r.randint(0,255)}.{r.randint(0,255)}.{r.randint(1,254)}"])

    def ipv6(self):
        h = lambda: f"{self.r.randint(1, 0xffff):x}"
        return self.r.choice([f"2001:db8:{h()}:{h()}:{h()}:{h()}:{h()}:{h()}", f"2001:db8::{h()}:{h()}", f"fe80::{h()}:{h()}:{h()}:{h()}", f"2001:db8:{h()}::{h()}"])

    def mac(self):
        return self.r.choice(":-").join(self.text(HEX, 2) for _ in range(6)) if True else ""

    def phone(self):
        r = self.r
        return r.choice([f"+1 {r.randint(201,909)} 555 {r.randint(100,199):04}", f"+49 30 {self.digits(7)}", f"+44 20 7946 {r.randint(0,999):04}", f"+33 1 99 00 {r.randint(10,99)} {r.randint(10,99)}",
                         f"+1{r.randint(212,799)}555{r.randint(100,199):04}", f"({r.randint(212,799)}) 555-{r.randint(100,199):04}", f"+91 98{self.digits(8)}", f"+81 3 {self.digits(4)} {self.digits(4)}"])

    def phone_national(self):
        r = self.r
        return r.choice([f"030 {self.digits(7)}", f"0170 {self.digits(7)}", f"06 {r.randint(10,99)} {r.randint(10,99)} {r.randint(10,99)} {r.randint(10,99)}", f"020 7946 {r.randint(1000,9999)}",
                         f"6{self.digits(8)}", f"0{self.digits(9)}", f"{r.randint(212,799)}555{r.randint(100,199):04}", f"03-{self.digits(4)}-{self.digits(4)}", f"11 9{self.digits(8)}"])

    def ssn(self):
        return f"{self.r.choice([n for n in range(100, 899) if n != 666]):03}-{self.r.randint(10,99)}-{self.r.randint(1000,9999)}"

    def national(self):
        """(value, label)"""
        r = self.r
        kind = r.choice("nino nhs steuer nir dni nie cf bsn pesel cpf cnpj sin aadhaar pan nric curp personnummer hetu ahv nrn tckn rrn cn za npi".split())
        day = f"{r.randint(1,28):02}"
        month = f"{r.randint(1,12):02}"
        year = f"{r.randint(50,99)}"
        if kind == "nino":
            v = r.choice("ABCEGHJ") + r.choice("ABCEGHJKLMPRSTWXYZ") + self.digits(6) + r.choice("ABCD")
            if v[:2] in ("BG", "GB"):
                v = "AB" + v[2:]
            return v, r.choice(["NI number", "national insurance", "nino"])
        if kind == "nhs":
            while True:
                b = self.digits(9)
                c = 11 - sum(int(x) * w for x, w in zip(b, range(10, 1, -1))) % 11
                if c != 10:
                    v = b + str(c % 11)
                    return (f"{v[:3]} {v[3:6]} {v[6:]}" if r.random() < .5 else v), "NHS number"
        if kind == "steuer":
            while True:
                ds = list("0123456789")
                r.shuffle(ds)
                ds[r.randint(1, 8)] = ds[9]
                b = "".join(ds)
                if b[0] == "0" or len(set(b)) != 9:
                    continue
                p = 10
                for x in b:
                    s = (int(x) + p) % 10 or 10
                    p = s * 2 % 11
                c = 11 - p
                return b + str(0 if c == 10 else c), r.choice(["Steuer-ID", "steuerliche Identifikationsnummer", "tax id"])
        if kind == "nir":
            b = r.choice("12") + year + month + self.digits(2) + self.digits(3) + self.digits(3)
            return b + f"{97 - int(b) % 97:02}", "numéro de sécu"
        if kind in ("dni", "nie"):
            n = self.digits(8)
            if kind == "dni":
                return n + "TRWAGMYFPDXBNJZSQVHLCKE"[int(n) % 23], "DNI"
            p, n = r.choice("XYZ"), self.digits(7)
            return p + n + "TRWAGMYFPDXBNJZSQVHLCKE"[int(str("XYZ".index(p)) + n) % 23], "NIE"
        if kind == "cf":
            b = self.text("BCDFGLMNPRST", 6) + year + r.choice("ABCDEHLMPRST") + day + r.choice("ABCDEFGHIL") + self.digits(3)
            odd = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]))
            even = {c: (int(c) if c.isdigit() else ord(c) - 65) for c in ALNUM.upper()}
            s = sum(odd[c] if i % 2 == 0 else even[c] for i, c in enumerate(b))
            return b + chr(65 + s % 26), "codice fiscale"
        if kind == "bsn":
            while True:
                b = self.digits(8)
                c = sum(int(x) * w for x, w in zip(b, range(9, 1, -1))) % 11
                if c < 10:
                    return b + str(c), r.choice(["BSN", "burgerservicenummer"])
        if kind == "pesel":
            b = year + month + day + self.digits(4)
            return b + str(-sum(int(x) * w for x, w in zip(b, [1, 3, 7, 9] * 3)) % 10), "PESEL"
        if kind in ("cpf", "cnpj"):
            b = self.digits(9 if kind == "cpf" else 12)
            for _ in range(2):
                ws = range(len(b) + 1, 1, -1) if kind == "cpf" else [(len(b) - i - 1) % 8 + 2 for i in range(len(b))]
                m = sum(int(x) * w for x, w in zip(b, ws)) % 11
                b += str(0 if m < 2 else 11 - m)
            if kind == "cpf":
                return (f"{b[:3]}.{b[3:6]}.{b[6:9]}-{b[9:]}" if r.random() < .6 else b), "CPF"
            return f"{b[:2]}.{b[2:5]}.{b[5:8]}/{b[8:12]}-{b[12:]}", "CNPJ"
        if kind == "sin":
            v = self.luhn(self.r.choice("1234567") + self.text(string.digits, 7))
            return f"{v[:3]}-{v[3:6]}-{v[6:]}", r.choice(["SIN", "social insurance number"])
        if kind == "aadhaar":
            b = self.r.choice("23456789") + self.text(string.digits, 10)
            d5 = lambda a, b: ((a + b) % 5 if b < 5 else (a + b - 5) % 5 + 5) if a < 5 else ((a - 5 - b) % 5 + 5 if b < 5 else (a - b) % 5)
            perm = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]
            base = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
            for _ in range(7):
                perm.append([base[x] for x in perm[-1]])
            for k in "0123456789":
                c = 0
                for i, x in enumerate(reversed(b + k)):
                    c = d5(c, perm[i % 8][int(x)])
                if c == 0:
                    v = b + k
                    return f"{v[:4]} {v[4:8]} {v[8:]}", "Aadhaar"
        if kind == "pan":
            return self.text(string.ascii_uppercase, 3) + "P" + r.choice(string.ascii_uppercase) + self.digits(4) + r.choice(string.ascii_uppercase), "PAN card"
        if kind == "nric":
            p, n = r.choice("ST"), self.text(string.digits, 7)
            s = (sum(int(x) * w for x, w in zip(n, [2, 7, 6, 5, 4, 3, 2])) + (4 if p == "T" else 0)) % 11
            return p + n + "JZIHGFEDCBA"[s], "NRIC"
        if kind == "curp":
            b = self.text("BCDFG", 1) + r.choice("AEIOU") + self.text("BCDFG", 2) + year + month + day + r.choice("HM") + "DF" + self.text("BCDFG", 3) + "0"
            table = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
            s = sum(table.index(c) * (18 - i) for i, c in enumerate(b))
            return b + str(-s % 10), "CURP"
        if kind == "personnummer":
            v = self.luhn(year + month + day + self.digits(3))
            return v[:6] + "-" + v[6:], "personnummer"
        if kind == "hetu":
            n = self.digits(3)
            return f"{day}{month}{year}-{n}" + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(day + month + year + n) % 31], "henkilötunnus"
        if kind == "ahv":
            b = "756" + self.digits(9)
            c = -sum(int(x) * (1 if i % 2 == 0 else 3) for i, x in enumerate(b)) % 10
            return f"{b[:3]}.{b[3:7]}.{b[7:11]}.{b[11:]}{c}", "AHV"
        if kind == "nrn":
            b = year + month + day + self.digits(3)
            return f"{b[:2]}.{b[2:4]}.{b[4:6]}-{b[6:]}.{97 - int(b) % 97:02}", "rijksregisternummer"
        if kind == "tckn":
            b = self.digits(9)
            o, e = sum(map(int, b[::2])), sum(map(int, b[1::2]))
            b += str((o * 7 - e) % 10)
            return b + str(sum(map(int, b)) % 10), "TC kimlik no"
        if kind == "rrn":
            b = year + month + day + r.choice("12") + self.digits(5)
            return b[:6] + "-" + b[6:] + str((11 - sum(int(x) * w for x, w in zip(b, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])) % 11) % 10), "주민등록번호"
        if kind == "cn":
            b = "110101" + "19" + year + month + day + self.digits(3)
            return b + "10X98765432"[sum(int(x) * w for x, w in zip(b, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11], "身份证号"
        if kind == "za":
            return self.luhn(year + month + day + self.digits(4) + "08"), "SA ID number"
        v = self.luhn("80840" + "1" + self.digits(8))[5:]
        return v, "NPI"

    def medical(self):
        r = self.r
        l, a = "ACDEFGHJKMNPQRTUVWXY", "ACDEFGHJKMNPQRTUVWXY0123456789"
        if r.random() < .5:
            v = self.digits(1) + r.choice(l) + r.choice(a) + r.choice(string.digits) + r.choice(l) + r.choice(a) + r.choice(string.digits) + self.text(l, 2) + self.text(string.digits, 2)
            return (f"{v[:4]}-{v[4:7]}-{v[7:]}" if r.random() < .5 else v), "Medicare beneficiary"
        b = self.digits(6)
        c = (int(b[0]) + int(b[2]) + int(b[4]) + 2 * (int(b[1]) + int(b[3]) + int(b[5]))) % 10
        return r.choice("ABFM") + r.choice(string.ascii_uppercase) + b + str(c), "DEA registration"

    def crypto(self):
        import hashlib
        if self.r.random() < .5:
            return "0x" + self.text(HEX, 40)
        raw = bytes([0]) + self.r.randbytes(20)
        raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
        n, out = int.from_bytes(raw, "big"), ""
        alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
        while n:
            n, m = divmod(n, 58)
            out = alphabet[m] + out
        return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + out

    # --- secrets ---
    def token(self):
        t = self.text
        url = ALNUM + "-_"
        return self.r.choice([
            lambda: "gh" + self.r.choice("pousr") + "_" + t(ALNUM, 36),
            lambda: "github_pat_" + t(ALNUM, 22) + "_" + t(ALNUM, 59),
            lambda: "glpat-" + t(url, 20),
            lambda: "AKIA" + t(string.ascii_uppercase + "234567", 16),
            lambda: "AIza" + t(url, 35),
            lambda: "sk_live_" + t(ALNUM, 24),
            lambda: "rk_live_" + t(ALNUM, 24),
            lambda: "xoxb-" + self.digits(12) + "-" + self.digits(12) + "-" + t(ALNUM, 24),
            lambda: "SG." + t(url, 22) + "." + t(url, 43),
            lambda: "npm_" + t(ALNUM, 36),
            lambda: "pypi-AgEIcHlwaS5vcmc" + t(url, 60),
            lambda: "dop_v1_" + t(HEX, 64),
            lambda: "shpat_" + t(HEX, 32),
            lambda: "sk-proj-" + t(url, 60),
            lambda: "sk-ant-api03-" + t(url, 80) + "AA",
            lambda: "hf_" + t(string.ascii_letters, 34),
            lambda: "SK" + t(HEX, 32),
            lambda: "key-" + t(HEX, 32),
            lambda: t(HEX, 32) + "-us" + str(self.r.randint(1, 20)),
            lambda: self.digits(9) + ":AA" + self.r.choice("EFGH") + t(url, 32),
            lambda: "hvs." + t(url, 90),
            lambda: "dckr_pat_" + t(url, 27),
            lambda: "glsa_" + t(ALNUM, 32) + "_" + t(HEX, 8),
            lambda: "NRAK-" + t(string.ascii_uppercase + string.digits, 27),
            lambda: "lin_api_" + t(ALNUM, 40),
            lambda: "ntn_" + t(ALNUM, 46),
            lambda: "pat" + t(ALNUM, 14) + "." + t(HEX, 64),
            lambda: "tskey-auth-" + t(ALNUM, 12) + "-" + t(ALNUM, 32),
            lambda: "sq0csp-" + t(url, 43),
            lambda: "whsec_" + t(ALNUM, 32),
            lambda: "ya29." + t(url, 100),
            lambda: "GOCSPX-" + t(url, 28),
            lambda: "r8_" + t(ALNUM, 37),
            lambda: "gsk_" + t(ALNUM, 52),
            lambda: "phx_" + t(ALNUM, 43),
            lambda: "CCIPAT_" + t(ALNUM, 22) + "_" + t(HEX, 40),
            lambda: "dp.pt." + t(ALNUM, 43),
            lambda: "sntrys_" + t(ALNUM, 100),
            lambda: "PMAK-" + t(HEX, 24) + "-" + t(HEX, 34),
            lambda: "rubygems_" + t(HEX, 48),
        ])()

    def jwt(self):
        enc = lambda o: base64.urlsafe_b64encode(json.dumps(o).encode()).decode().rstrip("=")
        return enc({"alg": self.r.choice(["HS256", "RS256"]), "typ": "JWT"}) + "." + enc({"sub": self.digits(8), "iat": 1700000000}) + "." + self.text(ALNUM + "-_", 43)

    def password(self):
        r = self.r
        return r.choice([self.text(ALNUM, 12), r.choice(["hunter", "Winter", "letmein", "S3cret", "qwerty"]) + self.digits(3) + r.choice("!#%$?*"), self.text(ALNUM + "!#%^*+", 16),
                         "-".join(self.text(string.ascii_lowercase, 5) for _ in range(3)), r.choice(["correct", "battery"]) + r.choice(["Horse", "Staple"]) + self.digits(2)])

    # --- what survives ---
    def benign_id(self):
        r = self.r
        h = lambda n: self.text(HEX, n)
        return r.choice([
            f"trace_id={h(32)} span_id={h(16)}", f"uuid={h(8)}-{h(4)}-4{h(3)}-a{h(3)}-{h(12)}", f"commit {h(40)}", f"commit {h(7)}", f"image=registry.example.org/shop/{self.word()}:v{r.randint(0,9)}.{r.randint(0,30)}.{r.randint(0,9)}",
            f"sha256:{h(64)}", f"etag=\"{h(32)}\"", f"request_id=req-{self.digits(10)}", f"order={self.digits(r.randint(6, 12))}", f"pod={self.word()}-{h(10)}-{self.text('bcdfghjklmnpqrstvwxz2456789', 5)}",
            f"ulid=01{self.text('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}", f"offset={r.randint(0, 10**12)}", f"took {r.randint(0, 9999)}.{r.randint(0, 999)}ms", f"version={r.randint(0,9)}.{r.randint(0,30)}.{r.randint(0,9)}-rc.{r.randint(1,9)}",
            f"build {r.randint(1,9)}.{r.randint(0,9)}.{r.randint(1000,9999)}.{r.randint(0,99)}", f"status={r.choice([200, 201, 404, 500])} bytes={r.randint(0, 10**9)}", f"thread=http-nio-8080-exec-{r.randint(1,200)}",
            f"00-{h(32)}-{h(16)}-01", f"snowflake={self.digits(18)}", f"blk_{self.digits(19)}", f"seq={self.digits(10)}", f"epoch={r.randint(1_700_000_000_000_000_000, 1_790_000_000_000_000_000)}", f"ptr=0x{h(12)}", f"ratio=0.{self.digits(9)}",
            f"shard {r.randint(0,99)}/{r.randint(100,999)}", f"SKU {self.text(string.ascii_uppercase,3)}-{self.digits(5)}", f"isbn 978-{self.digits(1)}-{self.digits(4)}-{self.digits(4)}-{self.digits(1)}", f"partition {r.randint(0,64)} lag {r.randint(0, 10**7)}",
        ])

    def benign_line(self):
        r = self.r
        ids = " ".join(self.benign_id() for _ in range(r.randint(1, 3)))
        w = self.word
        return r.choice([
            lambda: f"{self.time()} INFO {w()}-service {w()} {w()} done {ids}",
            lambda: f"ts={self.time()} level={r.choice(['info','warn','error'])} msg=\"{w()} {w()} failed, retrying in {r.randint(1,60)}s\" {ids}",
            lambda: json.dumps({"timestamp": self.time(), "level": "INFO", "logger": f"com.example.shop.{w().title()}Service", "message": f"{w()} {w()} {ids}", "attempt": r.randint(1, 9), "durationMs": r.randint(1, 99999), "ok": True}),
            lambda: f"- - [{r.randint(1,28):02}/Nov/2026:{r.randint(0,23):02}:{r.randint(0,59):02}:{r.randint(0,59):02} +0000] \"{r.choice(['GET','POST'])} /api/v{r.randint(1,3)}/{w()}s/{r.randint(1,10**6)}?page={r.randint(1,40)} HTTP/1.1\" {r.choice([200,404,503])} {r.randint(100,10**6)} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{r.randint(90,130)}.0.{r.randint(1000,9999)}.{r.randint(1,200)} Safari/537.36\"",
            lambda: f"java.lang.IllegalStateException: {w()} {w()} {ids}\n\tat com.example.shop.{w().title()}Client.call({w().title()}Client.java:{r.randint(1,900)})\n\tat java.base/java.lang.Thread.run(Thread.java:{r.randint(700,900)})",
            lambda: f"Traceback (most recent call last):\n  File \"/srv/app/{w()}.py\", line {r.randint(1,900)}, in {w()}\nValueError: {w()} {ids}",
            lambda: f"SELECT id, total FROM {w()}s WHERE id = {r.randint(1,10**7)} AND created_at > '2026-0{r.randint(1,9)}-{r.randint(10,28)} 00:00:00' LIMIT {r.randint(1,100)}",
            lambda: f"{w()}_{w()}_total{{service=\"{w()}\",code=\"{r.choice([200,500])}\",le=\"{r.random():.3f}\"}} {r.randint(0,10**9)}",
            lambda: f"kubelet[{r.randint(100,9999)}]: I{r.randint(1001,1231)} {r.randint(0,23):02}:{r.randint(0,59):02}:{r.randint(0,59):02}.{r.randint(0,999999):06} {r.randint(1,99999)} {w()}.go:{r.randint(1,900)}] {w()} {ids}",
            lambda: f"gc pause {r.random():.9f}s heap {r.randint(1,10**10)}->{r.randint(1,10**10)} ({r.randint(1,10**10)})",
            lambda: f"invalid token: expected string at line {r.randint(1,99)} column {r.randint(1,99)}; password must be at least 8 characters",
            lambda: f"token bucket {w()} refilled to {r.randint(1,10**6)}, secret rotation scheduled, {r.randint(1,9)} keys active {ids}",
        ])()

    def near_miss(self):
        r = self.r
        w = self.word

        def wrong(v):
            i = max(j for j, c in enumerate(v) if c.isdigit())
            return v[:i] + str((int(v[i]) + r.randint(1, 8)) % 10) + v[i + 1:]
        return r.choice([
            lambda: f"order {wrong(self.card().replace(' ', '').replace('-', ''))} shipped",
            lambda: f"reference {wrong(self.iban().replace(' ', ''))} unknown",
            lambda: f"case {r.choice(['000', '666'])}-{r.randint(10,99)}-{r.randint(1000,9999)} closed",
            lambda: f"version {r.randint(1,9)}.{r.randint(0,99)}.{r.randint(0,99)}.{r.randint(0,99)} installed",
            lambda: f"oid 1.3.6.1.4.1.{r.randint(1,9999)}.{r.randint(1,99)}",
            lambda: f"digest {self.text(HEX, 40)} cached",
            lambda: f"job {self.digits(9)} finished",
            lambda: f"counter {self.digits(10)} overflowed",
            lambda: f"at {self.digits(13)} ms since epoch",
            lambda: f"user@{w()} connected",
            lambda: f"password=[credential] token=*** api_key=<redacted>",
            lambda: f"password=${{DB_PASSWORD}} secret=$SECRET",
            lambda: f"bind 127.0.0.1:{r.randint(1024,65535)} and 0.0.0.0:{r.randint(1024,65535)} and [::1]:{r.randint(1024,65535)}",
            lambda: f"ghp_ prefix is documented; sk_live_ too; use AKIA style ids",
            lambda: f"max_tokens={r.randint(1,9999)} token_count={r.randint(1,9999)} key={w()}",
            lambda: f"loc {self.text(HEX,2)}:{self.text(HEX,2)}:{self.text(HEX,2)}",
            lambda: f"time {r.randint(0,23):02}:{r.randint(0,59):02}:{r.randint(0,59):02}:{r.randint(0,999):03}",
            lambda: f"dimensions {r.randint(100,999)}x{r.randint(100,999)} dpi {r.randint(72,600)}",
            lambda: f"react@18.{r.randint(0,9)}.{r.randint(0,9)} lodash@4.17.{r.randint(0,30)}",
            lambda: f"ref {self.text(string.ascii_uppercase, 2)}{self.digits(7)} booked",
            lambda: f"range {r.randint(100,999)}-{r.randint(100,999)} of {r.randint(1000,9999)}",
            lambda: f"Basic authentication required, bearer of news",
            lambda: f"lat{r.randint(1,99)} p99={r.random()*100:.5f}, p50={r.random()*10:.5f}",
            lambda: f"0x{self.text(HEX, 16)} leaked {r.randint(1,999)} bytes",
        ])()


def labelled(parts, kind):
    """Joins plain text and (value, family) pairs."""
    text, spans = "", []
    for p in parts:
        if isinstance(p, tuple):
            value, family = p
            spans.append((len(text), len(text) + len(value), family, value))
            text += value
        else:
            text += p
    return Case(text, spans, kind)


def identifier(g):
    """A phrase with an identifier in it: text before, value, family."""
    r = g.r
    kind = r.choice("email email card iban ipv4 ipv4 ipv6 mac phone phone national national national ssn medical crypto dob imei coordinates passport name address".split())
    if kind == "email":
        return [r.choice(["no mailbox for ", "user=", "sent to <", "contact ", "email: "]), (g.email(), "email")]
    if kind == "card":
        return [r.choice(["card ", "pan=", "charged ", "payment with "]), (g.card(), "payment")]
    if kind == "iban":
        return [r.choice(["iban=", "transfer to ", "account "]), (g.iban(), "payment")]
    if kind == "ipv4":
        before, after = r.choice([("client=", ""), ("from ", ":" + str(r.randint(1024, 65535))), ("/", ":" + str(r.randint(1024, 65535))), ("rhost=", ""), ("[", "]"), ("peer ", "/24"), ("(", ")"), ("x-forwarded-for: ", "")])
        return [before, (g.ipv4(), "ip"), after]
    if kind == "ipv6":
        before, after = r.choice([("from ", ""), ("[", "]:443"), ("addr=", ""), ("peer ", "/64")])
        return [before, (g.ipv6(), "ip"), after]
    if kind == "mac":
        return [r.choice(["hwaddr ", "mac=", "device "]), (g.mac(), "device")]
    if kind == "phone":
        if r.random() < .6:
            return [r.choice(["call ", "phone=", "sms to ", "callback "]), (g.phone(), "phone")]
        return [r.choice(["phone: ", "Tel. ", "mobile=", "téléphone ", "Handy: ", "móvil "]), (g.phone_national(), "phone")]
    if kind == "national":
        v, label = g.national()
        return [label + r.choice([" ", ": ", "="]), (v, "id")]
    if kind == "ssn":
        return [r.choice(["ssn ", "SSN: ", "filed under "]), (g.ssn(), "id")]
    if kind == "medical":
        v, label = g.medical()
        return [label + r.choice([" ", ": "]), (v, "id")]
    if kind == "crypto":
        return [r.choice(["wallet ", "payout to ", "address "]), (g.crypto(), "payment")]
    if kind == "dob":
        d, m, y = r.randint(1, 28), r.randint(1, 12), r.randint(1940, 2005)
        return [r.choice(["dob=", "born on ", "Geburtsdatum: ", "date of birth ", "fecha de nacimiento: "]), (r.choice([f"{y}-{m:02}-{d:02}", f"{d:02}/{m:02}/{y}", f"{d:02}.{m:02}.{y}"]), "id")]
    if kind == "imei":
        return ["IMEI" + r.choice([" ", "=", ": "]), (g.luhn("35" + g.digits(12)), "device")]
    if kind == "coordinates":
        lat, lon = f"{r.uniform(-80, 80):.6f}", f"{r.uniform(-170, 170):.6f}"
        if r.random() < .5:
            return ["lat=", (lat, "location"), " lon=", (lon, "location")]
        return ["position ", (f"{lat}, {lon}", "location")]
    if kind == "passport":
        return [r.choice(["passport ", "passport no. ", "Reisepass: "]), (r.choice(string.ascii_uppercase) + g.digits(8), "id")]
    if kind == "name":
        return [r.choice(["customer_name=", "full_name: ", "cardholder="]), (g.person(), "name")]
    street = f"{r.randint(1, 999)} {r.choice(LAST)} {r.choice(['Street', 'Road', 'Avenue', 'Lane'])}"
    return [r.choice(["ship to ", "address: ", "lives at "]), (street, "location")]


def secret(g):
    r = g.r
    kind = r.choice("token token token jwt password password json header url flag basic pem env aws azure cookie dsn bare".split())
    cred = lambda v: (v, "credential")
    if kind == "token":
        return [r.choice(["using ", "token=", "auth failed for ", "key: ", '"']), cred(g.token()), r.choice(["", " ", ".", '"', ","])]
    if kind == "jwt":
        return [r.choice(["jwt ", "Authorization: Bearer ", "id_token="]), cred(g.jwt())]
    if kind == "password":
        return [r.choice(["password=", "passwd: ", "pwd=", "DB_PASSWORD=", "--password ", "contraseña: ", "Passwort: ", "login with password="]), cred(g.password())]
    if kind == "json":
        return ['{"' + r.choice(["password", "client_secret", "apiKey", "access_token", "secretKey", "refreshToken"]) + '":"', cred(g.text(ALNUM, r.randint(12, 40))), '","n":1}']
    if kind == "header":
        return [r.choice(["X-Api-Key: ", "x-auth-token: ", "Authorization: Bearer ", "authorization: token "]), cred(g.text(ALNUM, 32))]
    if kind == "url":
        return [r.choice(["postgres://", "amqp://", "redis://", "mongodb+srv://", "https://"]), cred(f"{r.choice(['app','shop','svc'])}:{g.text(ALNUM, 12)}"), "@db.example.org/shop"]
    if kind == "flag":
        return [r.choice(["tool --token ", "run --api-key=", "mysql -u root -p", "curl -u app:", "deploy --client-secret "]), cred(g.text(ALNUM, 16))]
    if kind == "basic":
        return ["Authorization: Basic ", cred(base64.b64encode(f"app:{g.text(ALNUM, 10)}".encode()).decode())]
    if kind == "pem":
        body = "\\n".join(g.text(ALNUM + "+/", 64) for _ in range(3))
        name = r.choice(["", "RSA ", "EC ", "OPENSSH "])
        return ["key ", cred(f"-----BEGIN {name}PRIVATE KEY-----\\n{body}\\n-----END {name}PRIVATE KEY-----")]
    if kind == "env":
        return [r.choice(["STRIPE_SECRET", "APP_API_KEY", "SESSION_SECRET", "GITHUB_TOKEN", "MAIL_PASSWORD"]) + "=", cred(g.text(ALNUM, 28))]
    if kind == "aws":
        return ["aws_secret_access_key = ", cred(g.text(ALNUM + "+/", 40))]
    if kind == "azure":
        return ["DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=", cred(g.text(ALNUM + "+/", 86) + "=="), ";EndpointSuffix=core.windows.net"]
    if kind == "cookie":
        return [r.choice(["Cookie: session=", "Set-Cookie: sid=", "JSESSIONID="]), cred(g.text(ALNUM, 32))]
    if kind == "dsn":
        return [r.choice(["Server=db;User Id=app;Password=", "jdbc:postgresql://db/shop?user=app&password="]), cred(g.text(ALNUM, 14)), r.choice(["", ";Encrypt=true"])]
    return [r.choice(["password ", "api key ", "token "]), cred(g.text(ALNUM, 24))]


def sensitive(g, kind, phrase):
    r = g.r
    parts = phrase(g)
    w = g.word
    quoted = any('"' in p for p in parts if isinstance(p, str)) or any("\\" in p[0] for p in parts if isinstance(p, tuple))
    shapes = [
        lambda: [f"{g.time()} WARN {w()}-service {w()} failed: "] + parts + [f" {g.benign_id()}"],
        lambda: [f"level=error service={w()} msg='"] + parts + [f"' status={r.choice([400, 500])}"],
        lambda: [f"java.lang.IllegalArgumentException: "] + parts + [f"\n\tat com.example.shop.{w().title()}.run({w().title()}.java:{r.randint(1,900)})"],
        lambda: parts,
        lambda: [r.choice(["hey, can you check ", "bitte prüfen: ", "por favor revisa ", "customer says "])] + parts + [r.choice([" thanks", " ok?", " danke"])],
        lambda: [f"{g.benign_id()} | "] + parts + [f" | {g.benign_id()}"],
    ]
    if not quoted:
        shapes.append(lambda: ['{"level":"WARN","message":"'] + parts + ['","attempt":%d}' % r.randint(1, 9)])
        shapes.append(lambda: [f"INSERT INTO {w()}s (note) VALUES ('"] + parts + ["')"])
    return labelled(r.choice(shapes)(), kind)


def corpus(seed=20261123, size=4000):
    """Cases of five kinds: secrets, identifiers, benign lines, near misses."""
    g = Grammar(seed)
    cases = [sensitive(g, "secrets", secret) for _ in range(size // 4)]
    cases += [sensitive(g, "identifiers", identifier) for _ in range(size // 4)]
    cases += [Case(g.benign_line(), [], "benign") for _ in range(size // 4)]
    cases += [Case(g.near_miss(), [], "near miss") for _ in range(size // 4)]
    return cases
