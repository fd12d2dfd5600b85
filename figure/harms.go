// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recount/fault"
)

// EncodeHarms writes harms as they stand in a line: code, month and district
// with commas between, harms in byte order with semicolons between, each
// once. The four characters % , ; and any control character are written as %
// and two capital hex digits of each byte. No harms: "".
func EncodeHarms(harms []Harm) string {
	if len(harms) == 0 {
		return ""
	}
	texts := make([]string, len(harms))
	for i, h := range harms {
		texts[i] = encodeHarm(h)
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ";")
}

func encodeHarm(h Harm) string {
	return escape(h.Code) + "," + escape(h.Month) + "," + escape(h.District)
}

// ParseHarms reads what EncodeHarms wrote and refuses every other spelling
// (fault.Invalid): what it accepts, EncodeHarms writes again byte for byte.
func ParseHarms(text string) ([]Harm, error) {
	if text == "" {
		return nil, nil
	}
	var harms []Harm
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Split(part, ",")
		if len(fields) != 3 {
			return nil, fmt.Errorf("%w: harm %q; accepted is code,month,district", fault.Invalid, part)
		}
		var h Harm
		for i, to := range []*string{&h.Code, &h.Month, &h.District} {
			value, err := unescape(fields[i])
			if err != nil {
				return nil, err
			}
			*to = value
		}
		harms = append(harms, h)
	}
	if EncodeHarms(harms) != text {
		return nil, fmt.Errorf("%w: harms %q are not written in order, each once, with only %%, comma, semicolon and control characters escaped", fault.Invalid, text)
	}
	return harms, nil
}

func escape(s string) string {
	if !strings.ContainsFunc(s, needsEscape) {
		return s
	}
	var b strings.Builder
	for _, c := range []byte(s) {
		if needsEscape(rune(c)) {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// needsEscape looks at ASCII only: bytes of longer characters stand as they are.
func needsEscape(r rune) bool {
	return r == '%' || r == ',' || r == ';' || r < 0x20 || r == 0x7f
}

func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("%w: %q ends within an escape; accepted is %% and two hex digits", fault.Invalid, s)
		}
		c, err := hex.DecodeString(s[i+1 : i+3])
		if err != nil {
			return "", fmt.Errorf("%w: %q holds %q; accepted is %% and two hex digits", fault.Invalid, s, s[i:i+3])
		}
		b.Write(c)
		i += 2
	}
	if !utf8.ValidString(b.String()) {
		return "", fmt.Errorf("%w: %q is not UTF-8 text", fault.Invalid, s)
	}
	return b.String(), nil
}
