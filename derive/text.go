// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"recount/fault"
)

// maxText is how much of a text is read, in bytes. A quote is not looked for in
// a larger exhibit either.
const maxText = 64 << 20

// makeText answers a page of the file's text.
func makeText(q request, found string, r io.Reader) (Text, error) {
	t := Text{Found: found, Page: q.Page}
	if found == "application/pdf" {
		return pdfText(q, t, r)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		return t, fmt.Errorf("reading the file: %w", err)
	}
	if t.Cut = len(data) > maxText; t.Cut {
		data = data[:maxText]
	}
	text, err := t.decode(data)
	if err != nil {
		return t, err
	}
	t.Form = AsWritten
	switch {
	case q.Kind == KindSource:
	case found == "text/html" || found == "application/xhtml+xml":
		if lines, ok := visibleText(text); ok {
			text, t.Form = lines, AsVisible
		}
	case isRendered(found):
		if lines, ok := indented(text); ok {
			text, t.Form = lines, Indented
		}
	}
	t.Exact = t.Exact && t.Form == AsWritten && isText(found)
	return t, t.window(text)
}

// decode turns the bytes into UTF-8 without a byte order mark, and says how.
func (t *Text) decode(data []byte) ([]byte, error) {
	how, err := encodingOf(t.Found, data)
	if err != nil {
		return nil, err
	}
	t.Encoding, t.Guessed = how.name, how.guessed
	text, err := how.decode(data, t.Cut)
	if err != nil {
		return nil, fmt.Errorf("%w: the text is not %s: %w", fault.Invalid, how.name, err)
	}
	t.Exact = how.exact && !t.Cut
	return text, nil
}

// maxIndented and maxDepth bound what lines and tabs make of a JSON value.
const (
	maxIndented = 4 << 20
	maxDepth    = 24
)

// indented is JSON with lines and tabs; false where it is no JSON, or so large
// or deep that the tabs would be most of it. Numbers and texts stay as written.
func indented(text []byte) ([]byte, bool) {
	if len(text) > maxIndented || depthOf(text) > maxDepth {
		return nil, false
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "\t"); err != nil {
		return nil, false
	}
	return out.Bytes(), true
}

// depthOf is how deep brackets outside of texts go.
func depthOf(text []byte) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}
