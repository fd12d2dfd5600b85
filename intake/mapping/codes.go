// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"recount/names"
)

// readCode finds the code of a value as it is written, then without the white
// space around it, then with accents composed otherwise, then by its letters alone: " GUNSHOT " is then read as
// "gunshot" is, with a doubt, so that a person sees the fold.
func (b *bound) readCode(written string) reading {
	if code, ok := b.field.Codes[written]; ok {
		return coded(code)
	}
	if code, ok := b.field.Codes[strings.TrimSpace(written)]; ok {
		return coded(code)
	}
	for _, form := range []norm.Form{norm.NFC, norm.NFD} { // the same letters, composed otherwise
		if code, ok := b.field.Codes[form.String(strings.TrimSpace(written))]; ok {
			return coded(code)
		}
	}
	if key := names.Fold(written); key != "" {
		if code, ok := b.folded[key]; ok {
			r := coded(code)
			r.doubt = "the mapping names this value in another spelling; the two were taken for one"
			return r
		}
	}
	if b.field.Other == "x-" {
		if code, ok := ownCode(written); ok {
			return reading{text: code}
		}
		return reading{refused: "the mapping does not name this value, and no code of the case's own can be made of its letters",
			want: "codes for: " + b.accepted()}
	}
	return reading{refused: "the mapping does not name this value", want: b.accepted()}
}

func coded(code *string) reading {
	if code == nil {
		return reading{state: none}
	}
	return reading{text: *code}
}

// foldedCodes are the codes by the letters of their values, without those
// whose letters are the same and whose codes differ.
func foldedCodes(codes map[string]*string) map[string]*string {
	out := map[string]*string{}
	var clash []string
	for value, code := range codes {
		key := names.Fold(value)
		if key == "" {
			continue
		}
		if other, ok := out[key]; ok && !sameCode(other, code) {
			clash = append(clash, key)
			continue
		}
		out[key] = code
	}
	for _, key := range clash {
		delete(out, key)
	}
	return out
}

func sameCode(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// accepted are the values that the mapping names, for a message.
func (b *bound) accepted() string {
	values := make([]string, 0, len(b.field.Codes))
	for v := range b.field.Codes {
		values = append(values, strconv.Quote(v))
	}
	sort.Strings(values)
	const few = 20
	more := ""
	if len(values) > few {
		values, more = values[:few], fmt.Sprintf(" and %d more", len(values)-few)
	}
	return strings.Join(values, ", ") + more + `; or the value added to the mapping's "codes" or "unknown"`
}

// ownCode makes a code of the case's own from the letters of a value:
// "Gun and Knife" is x-gun-and-knife. Letters of other scripts have none.
func ownCode(written string) (string, bool) {
	fold := names.Fold(written)
	if fold == "" || len(fold) > 61 {
		return "", false
	}
	for _, r := range fold {
		if r != ' ' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return "", false
		}
	}
	return "x-" + strings.ReplaceAll(fold, " ", "-"), true
}
