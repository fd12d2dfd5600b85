"""The formats that a bundle is made of, read by docs/formats alone with Python's standard library; recounter.py does the rest.

Whatever is not as a page says raises ValueError or LookupError ("tampered" and "invalid" alike, as both refute); what is unsigned,
missing or of a later release raises Open. Not done: limits of size, opening sealed bodies (Python has no AES)."""
import base64, hashlib, os, re
class Open(Exception): "undecided: something is missing, unsigned or of a later release"
def need(ok, what="not as the page says", error=ValueError):
    if not ok: raise error(what)
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def b64(s, n=None):
    raw = base64.b64decode(s, validate=True); need(base64.b64encode(raw).decode() == s and n in (None, len(raw)), "base64"); return raw
def number(s): need(re.fullmatch("0|[1-9][0-9]{0,15}", s) and int(s) < 2**53, "number"); return int(s)
def is_origin(s): need(re.fullmatch(r"[!-*,-~]{1,255}", s), "origin"); return s
def lines(raw): need(raw.endswith(b"\n") and b"\r" not in raw, "ends of lines"); return raw.decode()[:-1].split("\n")
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "kinds.md"), encoding="utf-8") as f:
    KINDS = {m[1]: m[2].split(" ") for m in re.finditer(r"^([a-z.]+@\d+) (.+)$", f.read(), re.M)}
# Ed25519 (RFC 8032 section 6), points in extended coordinates
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
def add(p, q):
    a, b, c, d = (p[1]-p[0])*(q[1]-q[0]) % P, (p[1]+p[0])*(q[1]+q[0]) % P, 2*p[3]*q[3]*D % P, 2*p[2]*q[2] % P
    e, f, g, h = b-a, d-c, d+c, b+a
    return e*f % P, g*h % P, f*g % P, e*h % P
def mul(s, p):
    q = (0, 1, 1, 0)
    while s: q, p, s = (add(q, p) if s & 1 else q), add(p, p), s >> 1
    return q
def point(raw):
    y, sign = int.from_bytes(raw, "little") & 2**255 - 1, raw[31] >> 7
    x2 = (y*y-1) * pow(D*y*y+1, -1, P) % P; x = pow(x2, (P+3)//8, P)
    if (x*x-x2) % P: x = x * pow(2, (P-1)//4, P) % P
    need(y < P and (x*x-x2) % P == 0 and (x or not sign), "point"); x = P-x if x & 1 != sign else x
    return x, y, 1, x*y % P
BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
def good(key, text, sig):
    a, r, s = point(key), point(sig[:32]), int.from_bytes(sig[32:], "little")
    h = int.from_bytes(hashlib.sha512(sig[:32] + key + text).digest(), "little") % L
    p, q = mul(s, BASE), add(r, mul(h, a))
    return len(sig) == 64 and s < L and (p[0]*q[2]-q[0]*p[2]) % P == 0 == (p[1]*q[2]-q[1]*p[2]) % P
def note(raw, vkeys=()):
    """checkpoint.md: the text, and whether one of the keys signed it; a signature of theirs that does not hold refutes"""
    text, _, sigs = raw.decode().rpartition("\n\n"); text += "\n"; signed = False
    sigs = [re.fullmatch("— ([^ +]+) ([^ ]+)", s).groups() for s in lines(sigs.encode())]
    need(len(sigs) <= 100 and not any(ord(c) < 32 and c != "\n" for c in raw.decode()), "note")
    for name, hint, key in (k.strip().split("+", 2) for k in vkeys):
        key = b64(key, 33); need(key[0] == 1 and sha(name.encode(), b"\n", key)[:4].hex() == hint, "key")
        for sig in (b64(s)[4:] for n, s in sigs if n == name and b64(s)[:4].hex() == hint):
            need(good(key[1:], text.encode(), sig), "signature"); signed = True
    return text, signed
def checkpoint(text):
    origin, size, root = lines(text.encode())
    c = is_origin(origin), number(size), b64(root, 32); need(c[1] or c[2] == sha(), "root of nothing"); return c
def mth(records): return over([sha(b"\0", r) for r in records])
def over(level):
    while len(level) > 1: level = [sha(b"\1", *level[i:i+2]) if level[i+1:] else level[i] for i in range(0, len(level), 2)]
    return level[0] if level else sha()
def climb(index, size, path, up, down=None):
    """RFC 9162 2.1.3.2 with up alone, 2.1.4.2 with up and down: the root(s) that the path leads to"""
    fn, sn = index, size - 1; need(index < size, "place")
    while down and fn & 1: fn, sn = fn >> 1, sn >> 1
    for h in path:
        need(sn, "a hash too many")
        if fn & 1 or fn == sn:
            up, down = sha(b"\1", h, up), down and sha(b"\1", h, down)
            while fn and not fn & 1: fn, sn = fn >> 1, sn >> 1
        else: up = sha(b"\1", up, h)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "a hash is missing"); return up, down
def consistency(raw, old, new):
    head, a, b, *path = lines(raw); a, b, path = number(a), number(b), [b64(h, 32) for h in path]
    need(head == "recount consistency/1" and a <= b and (a, b, old[0]) == (old[1], new[1], new[0]), "sizes or origins")
    if a in (0, b): return need(not path and (a == 0 or old[2] == new[2]), "two roots")
    path = path if a & a-1 else [old[2]] + path; need(path, "no path")
    need(climb(a-1, b, path[1:], path[0], path[0]) == (new[2], old[2]), "two histories")
def entry_proof(raw, header, trusted):
    text, sep, signed = raw.partition(b"\n\n"); head, *path = lines(text + b"\n"); need(sep and head == "c2sp.org/tlog-proof@v1")
    extra = path.pop(0) if path[0].startswith("extra ") else ""; b64(extra[6:])
    index, path = number(re.fullmatch("index (.+)", path[0])[1]), [b64(h, 32) for h in path[1:]]
    seq, origin = read_header(header); need(checkpoint(note(signed)[0]) == trusted and (index, origin) == (seq, trusted[0]), "another one")
    need(climb(index, trusted[1], path, sha(b"\0", header))[0] == trusted[2], "not in the log"); return extra, signed
def read_header(raw):
    head, origin, seq, leaf = lines(raw); need(head == "recount entry/1" and b64(leaf, 32)); return number(seq), is_origin(origin)
def leaf_of(origin, kind, tokens, names=None):
    """leaf.md: the leaf, and the open fields: a text, None where absent"""
    h, fields = b"rc1 leaf\n", {}; lp = lambda x: len(x).to_bytes(4, "big") + x; tokens = [t.split(":") for t in tokens]
    cut = [(b64(t[1], 32), b64(t[2])) if t[0] == "o" and len(t) == 3 else (b64(t[1], 32),) for t in tokens if len(t) == 3 or t[0] == "c"]
    need(len(cut) == len(tokens) and all(len(c) == 1 or c[1] == b"\0" or c[1][:1] == b"\1" for c in cut), "token")
    need(kind in KINDS, "unknown kind " + kind, Open); need(names in (None, KINDS[kind]) and len(cut) == len(KINDS[kind]), "fields")
    h += lp(origin.encode()) + lp(kind.encode())
    for name, c in zip(KINDS[kind], cut):
        h += c[0] if len(c) == 1 else sha(b"rc1 field\n", lp(name.encode()), lp(c[1]), c[0])
        if len(c) == 2: fields[name] = c[1][1:].decode(errors="surrogateescape") if c[1][0] else None
    return sha(h), fields
def opening(raw):
    head, origin, seq, kind, *rest = lines(raw); need(head == "recount opening/1")
    names, tokens = zip(*(re.fullmatch("([^ ]+) ([^ ]+)", r).groups() for r in rest))
    leaf, fields = leaf_of(is_origin(origin), kind, tokens, list(names)); seq = -1 if seq == "-" else number(seq)
    need(fields.get("seq", str(seq)) == str(seq), "seq"); return origin, seq, kind, leaf, fields
def count(raw, origin, n, kind="line@1", root=None, erased=()):
    """count.md: its lines one by one; what is wrong with the whole is found where the lines end"""
    head, o, k, size, own, blank, *rest = lines(raw); need((head, o, blank) == ("recount count/1", origin, "") and b64(own, 32), "head")
    need(k in KINDS, "unknown kind", Open); need(k == kind and n in (None, number(size) + len(erased)), "kind or number"); leaves = []
    for line in rest:
        leaf, fields = leaf_of(origin, k, line.split(" ")); need(not leaves or leaves[-1] < leaf, "order"); leaves.append(leaf)
        yield leaf, fields
    need(len(leaves) == number(size) and mth(leaves) == b64(own), "lines are missing or changed")
    need(root in (None, mth(sorted(leaves + list(erased)))), "root")
def row_proof(raw, leaf, origin, n, root):
    head, o, i, size, own, *path = lines(raw); need(head == "recount row-proof/1" and (o, number(size), b64(own, 32)) == (origin, n, root))
    need(climb(number(i), n, [b64(h, 32) for h in path], sha(b"\0", leaf))[0] == root, "row")
