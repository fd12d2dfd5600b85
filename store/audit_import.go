// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/audit"
	"recount/fault"
	"recount/journal"
)

// AuditKeys is what AuditCopy.WriteKeys wrote, read again. It is as secret.
type AuditKeys struct {
	Of, Origin, VKey string // Of: the origin of the case; "" the archive's own journal
	Epoch            int64
	key              epochKey
	skey             string
	words            map[int64][32]byte
}

// mostWords bounds how many keys of search texts are read.
const mostWords = 1 << 26

// ReadAuditKeys reads the keys of an audit journal, and nothing behind them;
// fault.Invalid for what are none.
func ReadAuditKeys(r *bufio.Reader) (k AuditKeys, err error) {
	defer fault.Wrap(&err, "the keys of an audit journal")
	line, err := headLine(r)
	if err == nil && line != auditKeysLine {
		err = fmt.Errorf("%w: they do not begin with %q", fault.Invalid, auditKeysLine)
	}
	if err != nil {
		return k, err
	}
	var epoch, skey, words string
	for _, f := range []struct {
		name string
		dest *string
	}{{"of", &k.Of}, {"origin", &k.Origin}, {"vkey", &k.VKey}, {"epoch", &epoch}, {"skey", &skey}, {"words", &words}} {
		if line, err = headLine(r); err != nil {
			return k, err
		}
		text, found := strings.CutPrefix(line, f.name+" ")
		if !found || text == "" {
			return k, fmt.Errorf("%w: the line %s is missing", fault.Invalid, f.name)
		}
		*f.dest = text
	}
	if k.Of == "-" {
		k.Of = ""
	}
	if err := k.secrets(epoch, skey); err != nil {
		return k, err
	}
	n, err := headNumber(words)
	if err != nil || n > mostWords {
		return k, errors.Join(err, fmt.Errorf("%w: %.40s keys of search texts", fault.Invalid, words))
	}
	return k, k.readWords(r, n)
}

// secrets reads the key that wraps, and opens the signing key with it.
func (k *AuditKeys) secrets(epoch, skey string) error {
	number, text, _ := strings.Cut(epoch, " ")
	var err error
	if k.Epoch, err = headNumber(number); err != nil {
		return err
	}
	key, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(key) != len(k.key) || k.Epoch < 1 {
		return fmt.Errorf("%w: the epoch key is not a number and 32 bytes in base64", fault.Invalid)
	}
	copy(k.key[:], key)
	sealed, err := base64.StdEncoding.Strict().DecodeString(skey)
	if err != nil {
		return fmt.Errorf("%w: the signing key is no base64", fault.Invalid)
	}
	keys, err := newWrapper(k.key).openSecret(secretAudit, sealed)
	if err != nil {
		return err
	}
	secret, public, _ := strings.Cut(keys, "\n")
	if public != k.VKey {
		return fmt.Errorf("%w: the signing key is another's", fault.Tampered)
	}
	k.skey = secret
	return nil
}

func (k *AuditKeys) readWords(r *bufio.Reader, n int64) error {
	k.words = map[int64][32]byte{}
	last := int64(-1)
	for range n {
		line, err := headLine(r)
		if err != nil {
			return err
		}
		number, text, _ := strings.Cut(line, " ")
		seq, err := headNumber(number)
		if err != nil {
			return err
		}
		wrapped, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || len(wrapped) != 32 || seq <= last {
			return fmt.Errorf("%w: the key of event %d", fault.Invalid, seq)
		}
		k.words[seq], last = [32]byte(wrapped), seq
	}
	return atEnd(r)
}

// ImportAudit puts an audit journal back, into the case of that id or, where it
// is "", as the archive's own: events as AuditCopy.WriteEvents wrote them, piece
// by piece from event 0 on; they must lead to the signed checkpoint. Keys are
// wrapped anew. fault.Conflict where such a journal has begun already;
// fault.Tampered and fault.Invalid for a copy that is not whole.
func (a *Archive) ImportAudit(ctx context.Context, caseID string, keys AuditKeys, checkpoint []byte, events iter.Seq2[io.Reader, error]) (s AuditState, err error) {
	place, at := a.auditPlace(), &a.audit
	if caseID != "" {
		c, err := a.Case(ctx, caseID)
		if err != nil {
			return s, err
		}
		c.auditing.Lock()
		defer c.auditing.Unlock()
		place, at = c.auditPlace(), &c.audit
	} else {
		a.auditing.Lock()
		defer a.auditing.Unlock()
	}
	defer fault.Wrap(&err, "putting the audit journal of %s back", place.whose)
	switch {
	case *at != nil:
		return s, fmt.Errorf("%w: it has begun already", fault.Conflict)
	case place.of != keys.Of:
		return s, fmt.Errorf("%w: it is the audit journal of %q", fault.Tampered, keys.Of)
	}
	j, err := openAudit(place)
	if err == nil {
		err = j.putBack(ctx, keys, checkpoint, events)
	}
	if err == nil {
		s, err = j.Verify(ctx)
	}
	if err != nil {
		return s, errors.Join(err, j.close())
	}
	*at = j
	return s, nil
}

func (a *Audit) putBack(ctx context.Context, keys AuditKeys, checkpoint []byte, events iter.Seq2[io.Reader, error]) error {
	if err := a.makeKeyDir(); err != nil {
		return err
	}
	release, err := fileLock(ctx, a.keyDir, "lock", true)
	if err != nil {
		return err
	}
	defer release()
	err = a.in(ctx, acting, func(t *tx) error {
		if err := a.tables(ctx, t); err != nil {
			return err
		}
		if _, err := a.state(ctx, t, "origin"); !errors.Is(err, sql.ErrNoRows) {
			return errors.Join(err, fmt.Errorf("%w: it has begun already", fault.Conflict))
		}
		a.origin, a.skey, a.vkey = keys.Origin, keys.skey, keys.VKey
		number := keys.Epoch + 1 // the number never goes back
		next, err := newEpoch(a.config, a.keyDir, number)
		if err != nil {
			return err
		}
		in := importingLooks{a: a, t: t, keys: keys, from: newWrapper(keys.key), to: newWrapper(next)}
		if err := in.all(ctx, events); err != nil {
			return err
		}
		if err := a.writeKeys(ctx, t, next, number); err != nil {
			return err
		}
		if err := a.setState(ctx, t, "checkpoint", checkpoint); err != nil {
			return err
		}
		return a.readKeys(ctx, t)
	})
	if err != nil {
		return err
	}
	return a.config.writeFile(a.headFile(), checkpoint) // Verify holds it against the tree
}

// importingLooks puts events back one after the other.
type importingLooks struct {
	a        *Audit
	t        *tx
	keys     AuditKeys
	from, to *wrapper
	size     int64
	opened   int
}

func (in *importingLooks) all(ctx context.Context, events iter.Seq2[io.Reader, error]) error {
	for piece, err := range events {
		if err == nil {
			err = in.piece(ctx, bufio.NewReaderSize(piece, 1<<16))
		}
		if err != nil {
			return fmt.Errorf("the piece from event %d on: %w", in.size, err)
		}
	}
	if in.opened != len(in.keys.words) {
		return fmt.Errorf("%w: there are keys of %d search texts, and %d such texts", fault.Tampered, len(in.keys.words), in.opened)
	}
	return nil
}

func (in *importingLooks) piece(ctx context.Context, r *bufio.Reader) error {
	var lines [4]string
	var err error
	for i := range lines {
		if lines[i], err = headLine(r); err != nil {
			return err
		}
	}
	from, err := headNumber(lines[2])
	if err != nil {
		return err
	}
	to, err := headNumber(lines[3])
	if err != nil {
		return err
	}
	if lines[0] != auditPieceLine || lines[1] != in.a.origin || from != in.size || to <= from {
		return fmt.Errorf("%w: it is headed %.60q, %.120q, events %d to %d", fault.Invalid, lines[0], lines[1], from, to-1)
	}
	for in.size < to {
		text, err := readLong(r, 1<<16)
		if err != nil {
			return err
		}
		words, err := readLong(r, 1<<20)
		if err != nil {
			return err
		}
		if err := in.event(ctx, text, words); err != nil {
			return fmt.Errorf("event %d: %w", in.size, err)
		}
		in.size++
	}
	return atEnd(r)
}

func (in *importingLooks) event(ctx context.Context, text, words []byte) error {
	e, err := audit.Parse(text)
	if err != nil {
		return err
	}
	if err := holdWords(in.size, e, words); err != nil {
		return err
	}
	if err := in.a.insert(ctx, in.t, in.size, e, text); err != nil || e.Words == "" {
		return err
	}
	if _, err := in.t.exec(ctx, `INSERT INTO a_words (seq, body) VALUES (?, ?)`, in.size, words); err != nil {
		return err
	}
	wrapped, kept := in.keys.words[in.size]
	if !kept {
		return nil // forgotten
	}
	in.opened++
	sum := sha256.Sum256(words)
	again := in.to.wrap(tagAudit, sum, in.from.wrap(tagAudit, sum, wrapped))
	_, err = in.t.exec(ctx, `INSERT INTO a_key (seq, time, wrapped) VALUES (?, ?, ?)`, in.size, e.Time, again[:])
	return err
}

// holdWords holds a sealed search text against the event that names it.
func holdWords(seq int64, e audit.Event, words []byte) error {
	if e.Words == "" && len(words) == 0 {
		return nil
	}
	if sum := sha256.Sum256(words); e.Words == "" || hex.EncodeToString(sum[:]) != e.Words {
		return fmt.Errorf("%w: the search text of event %d is not the one that was noted", fault.Tampered, seq)
	}
	return nil
}

// insert keeps an event under its number, and puts it into the tree.
func (a *Audit) insert(ctx context.Context, t *tx, seq int64, e audit.Event, text []byte) error {
	header := journal.Header{Origin: a.origin, Seq: seq, Leaf: audit.Leaf(text)}.Marshal()
	_, err := t.exec(ctx, `INSERT INTO a_event (seq, header, event, actor, act, kind, id) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		seq, header, text, e.Actor, string(e.Act), e.Kind, e.ID)
	if err != nil {
		return err
	}
	hashes, err := journal.HashesFor(seq, header, auditHashes{ctx, t})
	if err != nil {
		return err
	}
	for i, hash := range hashes {
		if _, err := t.exec(ctx, `INSERT INTO a_hash (number, hash) VALUES (?, ?)`, tlog.StoredHashIndex(0, seq)+int64(i), hash[:]); err != nil {
			return err
		}
	}
	return nil
}
