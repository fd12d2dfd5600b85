// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"recount/fault"
	"recount/vault"
)

// KeysHead is the beginning of what Snapshot.WriteKeys writes: whose keys they
// are. It holds the epoch key, so it is as secret as the keys.
type KeysHead struct {
	Case, PublicName, Origin, VKey, SealVKey string
	Size                                     int64 // entries in the journal that they are the keys of
	Erased                                   int64 // of these, up to the last decision to erase
	Published                                []byte
	epoch                                    epochKey
}

// maxHead is how long a line of the head may be: a signed note in base64.
const maxHead = 2 << 20

// ReadKeysHead reads the head of keys; what follows in r is their rows.
// fault.Invalid for what is no such head.
func ReadKeysHead(r *bufio.Reader) (h KeysHead, err error) {
	defer fault.Wrap(&err, "the head of the keys")
	var epoch, published, size, erased string
	fields := []struct {
		name string
		dest *string
	}{
		{"case", &h.Case}, {"public_name", &h.PublicName}, {"origin", &h.Origin}, {"vkey", &h.VKey}, {"seal_vkey", &h.SealVKey},
		{"size", &size}, {"erased", &erased}, {"epoch", &epoch}, {"published", &published},
	}
	line, err := headLine(r)
	if err == nil && line != keysLine {
		err = fmt.Errorf("%w: it does not begin with %q", fault.Invalid, keysLine)
	}
	if err != nil {
		return h, err
	}
	for _, f := range fields {
		if line, err = headLine(r); err != nil {
			return h, err
		}
		text, found := strings.CutPrefix(line, f.name+" ")
		if !found || text == "" {
			return h, fmt.Errorf("%w: the line %s is missing", fault.Invalid, f.name)
		}
		*f.dest = text
	}
	if line, err = headLine(r); err != nil {
		return h, err
	}
	if line != "" {
		return h, fmt.Errorf("%w: no empty line ends it", fault.Invalid)
	}
	if h.Size, err = headNumber(size); err != nil {
		return h, err
	}
	if h.Erased, err = headNumber(erased); err != nil {
		return h, err
	}
	key, err := decoded(epoch)
	if err != nil || len(key) != len(h.epoch) {
		return h, fmt.Errorf("%w: the epoch key is not 32 bytes in base64", fault.Invalid)
	}
	copy(h.epoch[:], key)
	if h.Published, err = decoded(published); err != nil {
		return h, fmt.Errorf("%w: the published checkpoint is no base64", fault.Invalid)
	}
	return h, checkCaseID(h.Case)
}

func headLine(r *bufio.Reader) (string, error) {
	var line strings.Builder
	for {
		part, err := r.ReadSlice('\n')
		line.Write(part)
		if err == nil {
			return strings.TrimSuffix(line.String(), "\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", cutOff(err)
		}
		if line.Len() > maxHead {
			return "", fmt.Errorf("%w: a line of more than %d bytes", fault.Invalid, maxHead)
		}
	}
}

func headNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 1<<53-1 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%w: the number %.40q", fault.Invalid, text)
	}
	return n, nil
}

// cutOff makes an end in the midst of something an error that says so; errors
// of the reader itself stay as they are.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends in the midst", fault.Invalid)
	}
	return err
}

// atEnd sees that nothing follows.
func atEnd(r *bufio.Reader) error {
	switch _, err := r.ReadByte(); {
	case err == nil:
		return fmt.Errorf("%w: something stands behind the end", fault.Invalid)
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

// keyRowRead is one row of keys, for its table.
type keyRowRead struct {
	table   string
	values  []any
	address vault.Address // of a k_object, with its stored size
	stored  int64
}

// readKeyRows calls visit with each row behind the head, until the end.
func readKeyRows(r *bufio.Reader, visit func(keyRowRead) error) (err error) {
	defer fault.Wrap(&err, "the rows of the keys")
	for n := uint64(0); ; n++ {
		tag, err := r.ReadByte()
		if err != nil {
			return cutOff(err)
		}
		if tag == rowEnd {
			count, err := readNumber(r)
			if err != nil {
				return err
			}
			if uint64(count) != n {
				return fmt.Errorf("%w: there are %d, and the end says %d", fault.Invalid, n, count)
			}
			return atEnd(r)
		}
		row, err := readKeyRow(r, tag)
		if err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
		if err := visit(row); err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
	}
}

func readKeyRow(r *bufio.Reader, tag byte) (row keyRowRead, err error) {
	parts := map[byte]struct{ table, parts string }{
		rowEntry: {"k_entry", "nhh"}, rowBatch: {"k_batch", "nt"}, rowRow: {"k_row", "nhh"},
		rowObject: {"k_object", "hhhnn"}, rowSecret: {"k_secret", "tb"},
	}[tag]
	if row.table = parts.table; row.table == "" {
		return row, fmt.Errorf("%w: it begins with the byte %d", fault.Invalid, tag)
	}
	for _, part := range parts.parts {
		var value any
		switch part {
		case 'n':
			value, err = readNumber(r)
		case 'h':
			value, err = readBytes(r, 32)
		case 't':
			var text []byte
			text, err = readShort(r)
			value = string(text)
		case 'b':
			value, err = readLong(r, 1<<16)
		}
		if err != nil {
			return row, err
		}
		row.values = append(row.values, value)
	}
	if row.table == "k_object" {
		row.address, row.stored = vault.Address(row.values[0].([]byte)), row.values[4].(int64)
	}
	return row, nil
}

func readBytes(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, cutOff(err)
	}
	return b, nil
}

func readNumber(r io.Reader) (int64, error) {
	b, err := readBytes(r, 8)
	if err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint64(b)
	if n > 1<<53-1 {
		return 0, fmt.Errorf("%w: the number %d", fault.Invalid, n)
	}
	return int64(n), nil
}

func readShort(r io.Reader) ([]byte, error) {
	b, err := readBytes(r, 2)
	if err != nil {
		return nil, err
	}
	return readBytes(r, int(binary.BigEndian.Uint16(b)))
}

// readLong takes no memory for bytes that are not there.
func readLong(r io.Reader, limit int64) ([]byte, error) {
	b, err := readBytes(r, 4)
	if err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(b))
	if n > limit {
		return nil, fmt.Errorf("%w: %d bytes, where at most %d stand", fault.Invalid, n, limit)
	}
	whole, err := io.ReadAll(io.LimitReader(r, n))
	if err == nil && int64(len(whole)) < n {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, cutOff(err)
	}
	return whole, nil
}
