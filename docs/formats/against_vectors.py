"""Runs recounter.py and formats.py over the vectors and says where they disagree with what is published."""
import json, os
import formats as f, rule
from recounter import BAD, CLAIMS, Bundle
from formats import need, sha
def run(folder):
    load = lambda name: json.load(open(os.path.join(folder, name + ".json"), encoding="utf-8")); failed, n = [], 0
    read = lambda name: open(os.path.join(folder, name), "rb").read(); unhex = bytes.fromhex
    def judge(sort, v, check):
        nonlocal n; n += 1; want = {"ok": "ok", "unknown-kind": "open", "unsigned": "open"}.get(v.get("verdict", "ok"), "bad")
        try: check(v); got = "ok"
        except f.Open: got = "open"
        except BAD: got = "bad"
        if got != want: failed.append(f"{sort} {v.get('file', '')} ({v.get('why', v.get('name'))}): {want} expected, {got} found")
    def checkpoint(v):
        text, signed = f.note(read(v["file"]), v["vkeys"]); need(signed, "", f.Open); f.checkpoint(text)
    def opening(v):
        o, seq, _, leaf, _ = f.opening(read(v["file"])); need((o, seq, leaf.hex()) == (v["origin"], v["seq"], v["leaf_hex"]))
    def leaf(v):
        for x in v["fields"]: need(sha(b"rc1 field\n", *(len(p).to_bytes(4, "big") + p for p in (x["name"].encode(), unhex(x["value_hex"]))), unhex(x["salt_hex"])).hex() == x["commitment_hex"])
        b = lambda h: f.base64.b64encode(unhex(h)).decode(); tokens = ["o:%s:%s" % (b(x["salt_hex"]), b(x["value_hex"])) for x in v["fields"]]
        need(f.leaf_of(v["origin"], v["kind"], tokens, [x["name"] for x in v["fields"]])[0].hex() == v["leaf_hex"])
    def rows(v):
        raw = read(v["file"]); head = f"recount rows/1\n{v['origin']}\n".encode(); need(raw.startswith(head)); at, leaves, known = len(head), [], True
        while at < len(raw):
            k = int.from_bytes(raw[at+32:at+34], "big"); kind = raw[at+34:at+34+k].decode(); size = int.from_bytes(raw[at+34+k:at+38+k], "big")
            need(f.re.fullmatch(r"[a-z][a-z0-9.-]*@[1-9]\d*", kind) and size % 256 == 16 and size > 16); known = known and kind in f.KINDS
            need(not leaves or leaves[-1] < raw[at:at+32]); leaves.append(raw[at:at+32]); at += 38 + k + size
        need(at == len(raw) and len(leaves) == v.get("size", 0) and f.mth(leaves).hex() == v["root_hex"]); need(known, "", f.Open)
    def named(v):
        x = {k: read(name) for k, name in v["files"].items()}; text, signed = f.note(x["checkpoint"], [v["vkey"]]); need(signed); own = f.checkpoint(text)
        lines = list(f.count(x["count"], own[0], v["count_size"], root=unhex(v["count_root_hex"]))); member, record = f.opening(x["member"]), f.opening(x["record"])
        need(member[3].hex() in lines[v["line"]-1][1]["members"].split("\n") and member[4]["record"] == record[3].hex())
        o, seq, _, l, e = f.opening(x["import"]); header = f"recount entry/1\n{o}\n{seq}\n{f.base64.b64encode(l).decode()}\n".encode()
        f.entry_proof(x["import_proof"], header, own); f.row_proof(x["record_proof"], record[3], o, f.number(e["n"]), unhex(e["root"]))
    def bundle(v):
        files = {}
        for top in filter(None, (v.get("base"), v["bundle"])):
            root = os.path.join(folder, "bundles", top)
            if top == v["bundle"]: [files.pop(name, None) for name in v.get("removed", [])]
            files.update({os.path.relpath(os.path.join(d, x), root): read(os.path.join("bundles", top, os.path.relpath(os.path.join(d, x), root))) for d, _, names in os.walk(root) for x in names})
        b = Bundle(files, v["vkeys"], *(read("bundles/" + v[k]) if v.get(k) else None for k in ("against", "consistency")))
        got = {c: ("holds", "refuted", "undecided")[b.verdict(c)] for c in CLAIMS}; nonlocal n; n += 1
        if (got, b.exit(), b.lines) != (v["claims"], v["exit"], list(v["lines"].values())): failed.append(f"bundle {v['bundle']} ({v['why']}): {v['claims']} {v['lines']} expected, {got} {b.lines} found: {b.found}")
    cp = lambda text: f.checkpoint(text)
    for v in load("checkpoint"): judge("checkpoint", v, checkpoint)
    for v in load("consistency"): judge("consistency", v, lambda v: f.consistency(read(v["file"]), cp(v["old"]), cp(v["new"])))
    for v in load("proof"): judge("proof", v, lambda v: f.entry_proof(read(v["file"]), v["header"].encode(), cp(v["checkpoint"])))
    for v in load("row-proof"): judge("row-proof", v, lambda v: f.row_proof(read(v["file"]), unhex(v["leaf_hex"]), v["origin"], v["size"], unhex(v["root_hex"])))
    for v in load("count"): judge("count", v, lambda v: list(f.count(read(v["file"]), v["origin"], v.get("size", 0), root=unhex(v["root_hex"]))))
    for v in load("opening"): judge("opening", v, opening)
    for v in [v for v in load("leaf") if "fields" in v]: judge("leaf", v, leaf)
    for v in load("rows"):      # what is wrong within a sealed body alone cannot be seen here
        if v["file"] not in ("rows/body.rows", "rows/other-kind.rows"): judge("rows", v, rows)
    for v in load("entry")["headers"]: judge("header", v, lambda v: f.read_header(v["text"].encode()))
    for v in load("named"): judge("named", v, named)
    tree = load("tree"); records = [sha(b"\0", str(i).encode()) for i in range(70000)]; root = {v["size"]: unhex(v["root_hex"]) for v in tree["roots"]}
    for v in tree["roots"]: judge("root", v, lambda v: need(f.over(records[:v["size"]]).hex() == v["root_hex"]))
    for v in tree["inclusion"]:
        judge("inclusion", v, lambda v: need(f.climb(v["from"], v["size"], [unhex(h) for h in v["path_hex"]], records[v["from"]])[0] == root[v["size"]]))
    for v in tree["consistency"]:
        text = "\n".join(["recount consistency/1", str(v["from"]), str(v["size"])] + [f.base64.b64encode(unhex(h)).decode() for h in v["path_hex"]]) + "\n"
        judge("consistency of the tree", v, lambda v: f.consistency(text.encode(), ("o", v["from"], root[v["from"]]), ("o", v["size"], root[v["size"]])))
    for v in load("figure"):
        d, words = v["definition"], ("out", "unknown", "in")
        for x in v["lines"]: judge("figure " + d["title"], x, lambda x: need(",".join(words[r] for r in rule.decide(d, d.get("parts", []), x)) == x["verdicts"], x))
    for v in load("bundles/index"): bundle(v)
    print(*failed, f"{n} vectors, {len(failed)} disagreements", sep="\n"); return 1 if failed else 0
