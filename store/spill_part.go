// SPDX-License-Identifier: Apache-2.0

package store

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"recount/fault"
	"recount/internal/durable"
)

// part is one file of a spill. A block in it is the number of its bucket, the
// size of what is sealed as 4 bytes, and that; blocks are numbered by their order.
type part struct {
	name   string
	key    [32]byte
	aead   cipher.AEAD
	out    durable.File // nil: nothing is added to it any more
	in     *os.File     // nil: nothing was read yet
	end    int64
	blocks uint64
}

// blockHead is how many bytes stand before what is sealed; they are authenticated.
const blockHead = 5

// sealedPart is a part as it is written down, to be opened by another process.
type sealedPart struct {
	End int64  `json:"end"` // what lies behind it was not marked, and is passed over
	Key []byte `json:"key"`
}

func (s *spill) partName(number int) string { return fmt.Sprintf("%s.%d", s.name, number) }

// newPart begins this process' own part; s.mu is held.
func (s *spill) newPart() (err error) {
	p := &part{name: s.partName(len(s.parts) + 1)}
	if _, err := io.ReadFull(s.rand, p.key[:]); err != nil {
		return fmt.Errorf("%w: no random bytes for a temporary key: %w", fault.Unavailable, err)
	}
	if p.aead, err = spillCipher(p.key); err != nil {
		return err
	}
	if err := s.files.Remove(p.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return spillError(err) // one that was begun and never marked
	}
	if p.out, err = s.files.Create(p.name, 0o600); err != nil {
		return spillError(err)
	}
	s.parts, s.own = append(s.parts, p), true
	return nil
}

func spillCipher(key [32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func spillError(err error) error {
	return fmt.Errorf("%w: the temporary file of an import: %w", fault.Unavailable, err)
}

// write seals a piece of a bucket, in the memory that it lies in.
func (p *part) write(bucket byte, content []byte) (block, error) {
	size := len(content) + p.aead.Overhead()
	head := binary.BigEndian.AppendUint32([]byte{bucket}, uint32(size))
	sealed := p.aead.Seal(content[:0], nonceOf(p.blocks), content, head)
	at := block{p, p.blocks, p.end + blockHead, size}
	for _, piece := range [][]byte{head, sealed} {
		if _, err := p.out.Write(piece); err != nil {
			return at, spillError(err)
		}
	}
	p.blocks++
	p.end += blockHead + int64(size)
	return at, nil
}

func nonceOf(number uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 4, 12), number)
}

// read opens a block behind what stands in to; sealed is room for it.
func (p *part) read(to, sealed []byte, b block, bucket byte) ([]byte, error) {
	if err := p.open(); err != nil {
		return nil, err
	}
	if _, err := p.in.ReadAt(sealed, b.at); err != nil {
		return nil, spillError(err)
	}
	head := binary.BigEndian.AppendUint32([]byte{bucket}, uint32(b.size))
	to, err := p.aead.Open(to, nonceOf(b.number), sealed, head)
	if err != nil {
		return nil, fmt.Errorf("%w: the temporary file of an import was changed", fault.Tampered)
	}
	return to, nil
}

func (p *part) open() (err error) {
	if p.in == nil {
		if p.in, err = os.Open(p.name); err != nil {
			return spillError(err)
		}
	}
	return nil
}

// marked writes out all that was added and answers, once that is durable, by
// what another process can open it. Nothing is added meanwhile.
func (s *spill) marked(wrap func(number int, key [32]byte) []byte) ([]sealedPart, error) {
	for i := range s.buckets {
		b := &s.buckets[i]
		b.mu.Lock()
		err := s.writeOut(byte(i), b)
		b.mu.Unlock()
		if err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []sealedPart
	for i, p := range s.parts {
		if p.out != nil {
			if err := errors.Join(p.out.Sync(), s.files.SyncDir(filepath.Dir(p.name))); err != nil {
				return nil, spillError(err)
			}
		}
		all = append(all, sealedPart{p.end, wrap(i+1, p.key)})
	}
	return all, nil
}

// reopen finds the blocks of parts that another process has written.
func (s *spill) reopen(parts []sealedPart, unwrap func(number int, wrapped []byte) ([32]byte, error)) error {
	for i, sealed := range parts {
		p := &part{name: s.partName(i + 1), end: sealed.End}
		s.parts = append(s.parts, p)
		var err error
		if p.key, err = unwrap(i+1, sealed.Key); err != nil {
			return err
		}
		if p.aead, err = spillCipher(p.key); err != nil {
			return err
		}
		if err := p.open(); err != nil {
			return err
		}
		if err := s.find(p); err != nil {
			return err
		}
	}
	return nil
}

// find goes from head to head; what is sealed is looked at when it is read.
func (s *spill) find(p *part) error {
	head := make([]byte, blockHead)
	for at := int64(0); at < p.end; {
		if _, err := p.in.ReadAt(head, at); err != nil {
			return spillError(err)
		}
		size := int64(binary.BigEndian.Uint32(head[1:]))
		if at += blockHead; size > p.end-at {
			return errSpill
		}
		b := &s.buckets[head[0]]
		b.blocks = append(b.blocks, block{p, p.blocks, at, int(size)})
		p.blocks++
		at += size
	}
	return nil
}

// close lets the files go and leaves them where they are.
func (s *spill) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, p := range s.parts {
		if p.in != nil {
			errs = append(errs, p.in.Close())
		}
		if p.out != nil {
			errs = append(errs, p.out.Close())
		}
		p.in, p.out = nil, nil
	}
	return errors.Join(errs...)
}

// remove takes the files away.
func (s *spill) remove() error {
	if err := errors.Join(s.close(), removeSpill(s.files, s.name)); err != nil {
		return fmt.Errorf("%w: removing a temporary file: %w", fault.Unavailable, err)
	}
	return nil
}

// removeSpill takes the files of a spill away, whoever wrote them.
func removeSpill(files durable.Files, name string) error {
	return eachNumbered(filepath.Dir(name), filepath.Base(name)+".", func(file string, _ int64) error {
		if err := files.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}
