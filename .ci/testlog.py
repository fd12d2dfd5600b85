#!/usr/bin/env python3
"""Reads `go test -json`, prints each package's verdict, the histograms of the
kill tests, the output of what failed, and every test that skipped; exits 1
where a test failed or skipped.

With --first FILE skipping is no failure: the packages in which something
skipped, and behind them the pattern of the tests that did, are written to FILE,
to be run again with everything there."""
import collections
import json
import sys

first = sys.argv[2] if sys.argv[1] == "--first" else None
output = collections.defaultdict(list)
failed, skipped, passed = [], [], 0
for line in open(sys.argv[-1], encoding="utf-8", errors="replace"):
    try:
        event = json.loads(line)
    except ValueError:
        print(line.rstrip())
        continue
    key = (event.get("Package", event.get("ImportPath", "")), event.get("Test"))
    action = event["Action"]
    if action in ("output", "build-output"):
        output[key].append(event["Output"])
        if event["Output"].startswith("kills: "):
            print(event["Output"].rstrip())
    elif action == "pass":
        passed += key[1] is not None
        if key[1] is None:
            print(f"ok    {key[0]}  {event.get('Elapsed', 0):.1f}s")
    elif action in ("fail", "build-fail"):
        failed.append(key)
    elif action == "skip" and key[1] is not None:
        skipped.append(key)
for key in failed:
    print(f"\nFAIL  {key[0]} {key[1] or ''}")
    print("".join(output[key])[-6000:])
if first:
    with open(first, "w", encoding="utf-8") as f:
        for package in sorted({package for package, _ in skipped}):
            tests = sorted({test.split("/")[0] for of, test in skipped if of == package})
            f.write(f"{package} ^({'|'.join(tests)})$\n")
    print(f"{passed} tests passed, {len([k for k in failed if k[1]])} failed, {len(skipped)} need more than Go")
    sys.exit(1 if failed else 0)
for key in skipped:
    print(f"SKIPPED, which is a failure here: {key[0]} {key[1]}: {''.join(output[key]).strip()[-300:]}")
print(f"{passed} tests passed, {len([k for k in failed if k[1]])} failed, {len(skipped)} skipped")
sys.exit(1 if failed or skipped else 0)
