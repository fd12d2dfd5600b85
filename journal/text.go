// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

// base64 of RFC 4648 section 4, with padding, and only in its one form:
// Strict refuses stray bits at the end, the length check refuses the line
// ends that the decoder would skip.
var std = base64.StdEncoding.Strict()

// decode64 reads s into exactly len(dst) bytes.
func decode64(dst []byte, s string) error {
	if len(s) != std.EncodedLen(len(dst)) || strings.ContainsAny(s, "\r\n") {
		return fmt.Errorf("%w: %.64q is not %d bytes in base64", fault.Invalid, s, len(dst))
	}
	b, err := std.DecodeString(s)
	if err != nil || len(b) != len(dst) {
		return fmt.Errorf("%w: %.64q is not %d bytes in base64", fault.Invalid, s, len(dst))
	}
	copy(dst, b)
	return nil
}

// decodeAny reads base64 of one byte up to limit bytes.
func decodeAny(s string, limit int) ([]byte, error) {
	if s == "" || len(s) > std.EncodedLen(limit) || strings.ContainsAny(s, "\r\n") {
		return nil, fmt.Errorf("%w: base64 of 1 to %d bytes is accepted", fault.Invalid, limit)
	}
	b, err := std.DecodeString(s)
	if err != nil || len(b) > limit {
		return nil, fmt.Errorf("%w: base64 of 1 to %d bytes is accepted", fault.Invalid, limit)
	}
	return b, nil
}

func encode64(b []byte) string { return std.EncodeToString(b) }

func parseHash(s string) (tlog.Hash, error) {
	var h tlog.Hash
	err := decode64(h[:], s)
	return h, err
}

// parseNumber reads a decimal from 0 to MaxSize without leading zeros.
func parseNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > MaxSize || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%w: %.32q is no number from 0 to %d without leading zeros", fault.Invalid, s, int64(MaxSize))
	}
	return n, nil
}

// splitLines cuts a text, each of whose lines ends with a newline, and wants
// the first to be as given. It answers the others.
func splitLines(b []byte, first string, limit int) ([]string, error) {
	if len(b) > limit {
		return nil, fmt.Errorf("%w: %d bytes for a %q; at most %d are accepted", fault.Invalid, len(b), first, limit)
	}
	text, ok := strings.CutPrefix(string(b), first+"\n")
	if !ok {
		return nil, fmt.Errorf("%w: not a %q: its first line is another", fault.Invalid, first)
	}
	if text == "" {
		return nil, nil
	}
	text, ok = strings.CutSuffix(text, "\n")
	if !ok {
		return nil, fmt.Errorf("%w: a %q whose last line has no end", fault.Invalid, first)
	}
	return strings.Split(text, "\n"), nil
}
