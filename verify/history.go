// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/journal"
)

// FileHistory holds the hash of every entry of the log, in their order, so that
// any older checkpoint can be compared without asking the archive. A hash of a
// header says nothing; how many there are the checkpoint says already.
const FileHistory = "proof/history"

const historyHead = "recount history/1"

// HistoryText is that file: a line that names the form, the origin, and one
// base64 hash a line: SHA-256(0x00 ‖ header), RFC 6962 2.1.
func HistoryText(origin string, entries []tlog.Hash) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\n", historyHead, origin)
	for _, h := range entries {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return b.Bytes()
}

// history is a log rebuilt from the hashes of its entries.
type history struct {
	size   int64
	hashes []tlog.Hash // as tlog stores them
}

// ReadHashes answers stored hashes by tlog's index.
func (h *history) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(h.hashes)) {
			return nil, fmt.Errorf("%w: no hash %d in a log of %d entries", fault.Tampered, x, h.size)
		}
		out[i] = h.hashes[x]
	}
	return out, nil
}

func parseHistory(text []byte, origin string) (*history, error) {
	lines := strings.Split(string(text), "\n")
	if len(lines) < 3 || lines[0] != historyHead || lines[1] != origin || lines[len(lines)-1] != "" {
		return nil, fmt.Errorf("%w: not a history of %s", fault.Tampered, origin)
	}
	h := &history{}
	for _, line := range lines[2 : len(lines)-1] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			return nil, fmt.Errorf("%w: entry %d of the history is no hash", fault.Tampered, h.size)
		}
		more, err := tlog.StoredHashesForRecordHash(h.size, tlog.Hash(raw), h)
		if err != nil {
			return nil, err
		}
		h.hashes = append(h.hashes, more...)
		h.size++
	}
	return h, nil
}

// rootAt is the root of the log when it had that many entries.
func (h *history) rootAt(size int64) (tlog.Hash, error) {
	if size > h.size {
		return tlog.Hash{}, fmt.Errorf("%w: the history has %d entries", fault.Tampered, h.size)
	}
	return journal.RootAt(size, h)
}

// history reads the bundle's, if it has one; what does not lead to the
// checkpoint is refuted.
func (c *checking) history() *history {
	if !c.bag.has(FileHistory) {
		return nil
	}
	refuted := func(expected, found string) *history {
		c.report.add(InLog, Finding{Verdict: Refuted, File: FileHistory, What: "the hashes of the entries do not lead to the checkpoint", Expected: expected, Found: found})
		return nil
	}
	own := *c.checkpoint
	text, err := c.bag.read(FileHistory)
	if err != nil {
		return refuted("a file that can be read", err.Error())
	}
	h, err := parseHistory(text, own.Origin)
	if err != nil {
		return refuted("the hash of each entry", err.Error())
	}
	root, err := h.rootAt(own.Size)
	if err != nil || h.size != own.Size || root != own.Root {
		return refuted(fmt.Sprintf("%d entries, root %s", own.Size, journal.Leaf(own.Root)), fmt.Sprintf("%d entries, root %s", h.size, journal.Leaf(root)))
	}
	return h
}
