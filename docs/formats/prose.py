"""bundle.md, "Words": a statement and what a page shows of it, each brought to the same list of words. For the class Pages of pages.py."""
import re, unicodedata
from formats import need
ENTITY, PUNCTUATION = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
PLACE = r"\{\{(.*?)\}\}"
def words(text): return [w for w in re.split("[ \t\n]+", text) if w]
def plain(s): return s.replace("_", "*").replace("|", " | ")
def control(c): return unicodedata.category(c) == "Cc" and c not in "\t\n" or c in "\ufdd0\ufdd1"
def directions(text):
    need(not any(map(control, text)) and not re.search("[\u202d\u202e]", text), "a control character or an override of direction")
    for paragraph in re.split("\n[ \t]*(?=\n)", text):
        ends = []
        for c in paragraph:
            if c in "\u202a\u202b\u2066\u2067\u2068": ends.append("\u202c" if c in "\u202a\u202b" else "\u2069")
            elif c in "\u202c\u2069": need(ends and ends.pop() == c, "a change of direction ends that did not begin")
        need(not ends, "a change of direction that does not end in its paragraph")
def written(body):
    n = iter(range(len(body))); lines = re.sub(PLACE, lambda m: f"\ufdd0{next(n)}\ufdd1", body).split("\n")
    define, links, depth, out = re.compile(r" {0,3}\[([0-9A-Za-z-]+)\]:[ \t]+(\S+)[ \t]*"), {}, 0, []
    for m in filter(None, map(define.fullmatch, lines)): links.setdefault(m[1], m[2])
    def inline(text):
        at, sign = 0, re.compile(r"\\(?P<escaped>.|$)|(?P<entity>&(?:amp|lt|gt|quot);)|<(?P<url>(?:https?://|mailto:)[0-9A-Za-z._~:/?#@!$&*+,;=%-]+)>|\]\[(?P<label>[0-9A-Za-z-]+)\]")
        while at < len(text):
            m = sign.match(text, at); c, at = text[at], at + 1
            if m and m["escaped"] is not None and (m["escaped"] in PUNCTUATION): c, at = m["escaped"], m.end()
            elif m and m["entity"]: c, at = ENTITY[m["entity"]], m.end()
            elif m and m["url"]: c, at = f"[{m['url']}]({m['url']})", m.end()
            elif m and m["label"] in links: c, at = f"]({links[m['label']]})", m.end()
            out.append(plain(c))
    def quoted(to):
        nonlocal depth
        out.append(" \1 " * (to - depth) + " \2 " * (depth - to)); depth = to
    for line in lines:
        if define.fullmatch(line): line, level = None, None
        else: line, level = line.strip(" \t"), 0
        while line is not None:
            if line.startswith(">"): level += 1; quoted(max(level, depth)); line = line[1:].lstrip(" \t"); continue
            quoted(level)
            if re.fullmatch(r"(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,}", line): out.append("---"); break
            if re.fullmatch(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*", line): inline(re.sub("-+", "-", line)); break
            m = re.match(r"(?:[-*+]|[0-9]{1,9}[.)])(?=[ \t]|\Z)", line)
            if not m: inline(line); break
            out.append(("-" if m[0] in "-*+" else m[0]) + " "); line = line[m.end():].lstrip(" \t")
        out.append("\n")
    quoted(0); return words("".join(out))
BLOCK, INLINE = set("p h1 h2 h3 h4 h5 h6 blockquote ul ol hr table #quote".split()), set("em strong a br #text #figure".split())
HOLDS = {**dict.fromkeys(("main", "blockquote"), BLOCK), "li": BLOCK | INLINE, **dict.fromkeys("p h1 h2 h3 h4 h5 h6 th td em strong a".split(), INLINE),
         "ul": {"li"}, "ol": {"li"}, "table": {"thead", "tbody"}, "thead": {"tr"}, "tbody": {"tr"}, "tr": {"th", "td"}}
HREF = r' href="(#[0-9A-Za-z._-]+|(?:https?://|mailto:)(?:[0-9A-Za-z._~:/?#@!$*+,;=%-]|&amp;)+)"'
ATTRIBUTE = {"ol": r'( start="(?:0|[1-9][0-9]{0,8})")?', "th": r'( align="(?:left|center|right)")?', "td": r'( align="(?:left|center|right)")?', "a": HREF}
ALIGN = {None: "-", "left": ":-", "center": ":-:", "right": "-:"}
def displayed(main, places):
    """the words that a page shows, and the characters that readers see; places: (is it a quotation, what stands there) in turn"""
    at, n, out, seen, open = 0, 0, [], [], [["main", None, 0]]
    inside = lambda name: any(e[0] == name for e in open)
    while at < len(main):
        if n < len(places) and main.startswith(places[n][1], at):
            quote, text = places[n]; child = "#quote" if quote else "#figure"; need(child in HOLDS[open[-1][0]] and (quote or not inside("a")), "where a place stands")
            mark = f"\ufdd0{n}\ufdd1"; out.append(f" {mark} " if quote else mark); seen.append("\n" if quote else "\ufdd0"); at += len(text); n += 1; continue
        if main[at] != "<":
            text = re.compile("[^<\ufdd0]*").match(main, at)[0]; need(text, "a mark"); at += len(text)
            if "#text" not in HOLDS[open[-1][0]]: need(not text.strip(" \t\n"), "text in no block"); out.append(" "); continue
            need(not any(map(control, text)) and not re.sub("|".join(ENTITY), "", text).count("&"), "a character reference or control character")
            text = re.sub("|".join(ENTITY), lambda m: ENTITY[m[0]], text); out.append(plain(text)); seen.append(re.sub("[ \t\n]", " ", text)); continue
        m = re.compile(r'<(/?)([a-z]+[1-6]?)((?: [a-z]+="[^"<>]*")?)>').match(main, at); need(m, "a tag"); at = m.end(); name = m[2]
        if name not in ("em", "strong", "a"): seen.append("\n")
        if m[1]:
            need(open[-1][0] == name and len(open) > 1 and not m[3], "the end of an element"); _, href, cells = open.pop()
            out.append({"em": "*", "strong": "**", "a": plain(f"]({href})"), "blockquote": " \2 ", "th": " | ", "td": " | ", "thead": f"\n | {' | '.join(cells) if name == 'thead' else ''} | \n"}.get(name, "\n")); continue
        up = open[-1]; need(name in HOLDS[up[0]] and not (name == "a" and inside("a")) and re.fullmatch(ATTRIBUTE.get(name, ""), m[3]), "an element or attribute")
        value = m[3].split('"')[1].replace("&amp;", "&") if m[3] else None
        if name == "li": up[2] += 1
        if name == "th": [e[2].append(ALIGN[value]) for e in open if e[0] == "thead"]
        out.append({"em": "*", "strong": "**", "a": "[", "blockquote": " \1 ", "hr": "\n---\n", "tr": "\n | ", "th": "", "li": "\n- " if up[0] == "ul" else f"\n{up[2]}. "}.get(name, "\n" + "#" * int(name[1] if name[1:].isdigit() else 0) + " "))
        if name not in ("hr", "br"): open.append([name, value, [] if name == "thead" else int(value or 1) - 1 if name == "ol" else 0])
    need(len(open) == 1 and n == len(places), "an element that is not closed, or a place too few"); return words("".join(out)), "".join(seen)
def touched(seen):
    """whether a figure would be read as part of a word or of another number"""
    word = lambda c: c == "\ufdd0" or c and unicodedata.category(c)[0] in "LNM"; digit = lambda c: c == "\ufdd0" or c and unicodedata.category(c)[0] == "N"
    joint = lambda c: c and c in ".,'’·٫٬\u00a0\u2007\u2009\u202f"; text = re.sub(" +", " ", seen); number = lambda c: bool(c) and unicodedata.category(c)[0] == "N"
    for i in [i for i, c in enumerate(text) if c == "\ufdd0"]:
        before, after = ([c for c in x if unicodedata.category(c) != "Cf"][:5] + [""] * 5 for x in (text[:i][::-1], text[i+1:]))
        if word(before[0]) or word(after[0]) or joint(before[0]) and digit(before[1]) or joint(after[0]) and digit(after[1]): return True
        if after[0] == " " and all(map(number, after[1:4])) and not number(after[4]): return True
    return False
