// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

// Delivery is what is said of a file when it is handed over.
type Delivery struct {
	Act
	Source        string // id of the source that speaks in it, "" none yet
	Title         string // "" the file's name
	ReceivedFrom  string // who handed it over, in words
	ClaimedSHA256 string // what the giver says it is, hex; "" nothing
	Custody       string // how it came to us, in words
	Path          string // of the file within the folder that was brought, "" none
	Again         bool   // bytes that are there already are recorded as another delivery

	tried string // SHA-256 that a list had when it was tried, hex; "" it was not
}

// Preserved is what became of a file.
type Preserved struct {
	Exhibit register.Exhibit
	Seq     int64 // of the entry; 0 where nothing is new
	Known   bool  // the same bytes were there already: nothing was added
	Another bool  // Known, and what was said of them this time is recorded nowhere
	Claimed Claim
}

// Claim says how a claimed hash compares.
type Claim string

// The three answers about a claimed hash.
const (
	ClaimNone    Claim = "none"
	ClaimMatches Claim = "matches"
	ClaimDiffers Claim = "differs" // the bytes are kept all the same, and the difference with them
)

// Preserve streams a file into the vault while hashing it, and records it as an
// exhibit: key durable first, then the entry. Bytes that are there already,
// recognised by their SHA-256, add nothing: Preserved.Known. With Delivery.Again
// they are an exhibit of their own, unless all that is said of them, their name and
// from whom they come among it, is recorded already: then it is the same delivery.
//
// Errors: fault.NotFound for a missing file, fault.Invalid for what is no
// regular file, fault.Conflict for one that changed while it was read.
func (c *Clerk) Preserve(ctx context.Context, path string, d Delivery) (p Preserved, err error) {
	f, before, err := openRegular(path)
	if err != nil {
		return Preserved{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return c.keep(ctx, delivered{
		name: before.Name(), modified: before.ModTime(), bytes: f, from: path,
		settled: func(size int64) error { return unchanged(path, f, before, size) },
	}, d)
}

// PreserveStream is Preserve of bytes that come without a file of their own: a
// form's, for instance. name is what the giver's side calls them. Where r ends
// with an error nothing is kept.
func (c *Clerk) PreserveStream(ctx context.Context, name string, r io.Reader, d Delivery) (Preserved, error) {
	return c.keep(ctx, delivered{name: name, bytes: r, from: "what was sent", settled: func(int64) error { return nil }}, d)
}

// delivered are bytes on their way into the vault.
type delivered struct {
	name     string    // of the file, as its giver has it
	modified time.Time // zero: not known
	bytes    io.Reader
	from     string                 // for messages
	settled  func(size int64) error // that what was read is what is there
}

// keep streams bytes into the vault and records them, unless they are there.
func (c *Clerk) keep(ctx context.Context, b delivered, d Delivery) (p Preserved, err error) {
	if d.ClaimedSHA256 = strings.ToLower(strings.TrimSpace(d.ClaimedSHA256)); d.ClaimedSHA256 != "" {
		if b, err := hex.DecodeString(d.ClaimedSHA256); err != nil || len(b) != sha256.Size {
			return Preserved{}, fmt.Errorf("%w: the claimed SHA-256; accepted: 64 hex digits", fault.Invalid)
		}
	}
	w, err := c.Case.Vault().Writer(ctx)
	if err != nil {
		return Preserved{}, err
	}
	// Abort does nothing after Finish.
	defer func() { err = errors.Join(err, w.Abort()) }()
	head, sum, size, err := stream(w, b.bytes)
	if err != nil {
		return Preserved{}, fmt.Errorf("reading %s: %w", b.from, err)
	}
	if err := b.settled(size); err != nil {
		return Preserved{}, err
	}
	if d.tried != "" && d.tried != sum {
		return Preserved{}, fmt.Errorf("%w: %s changed after it was checked; nothing was kept; try again when nobody writes to it", fault.Conflict, b.from)
	}
	x := register.Exhibit{Source: d.Source, Size: size, SHA256: sum, ReceivedFrom: d.ReceivedFrom, ClaimedSHA256: d.ClaimedSHA256}
	describe(&x, d, b.name, b.modified, head)
	var known bool
	if err := c.Case.Look(ctx, func(v View) error {
		p, known, err = there(ctx, v, x, d.Again)
		return err
	}); err != nil || known {
		return p, err
	}
	o, err := w.Finish(ctx)
	if err != nil {
		return Preserved{}, err
	}
	if hex.EncodeToString(o.Plain[:]) != sum || o.Size != size {
		return Preserved{}, fmt.Errorf("%w: %s was hashed twice while it was read, with two results", fault.Tampered, b.from)
	}
	if err := c.Case.KeepObject(ctx, o); err != nil {
		return Preserved{}, err
	}
	x.Object = o.Address.String()
	return c.receive(ctx, x, d)
}

// there finds the bytes of x among the exhibits: the delivery itself where it is
// recorded, else the oldest, unless it is to be recorded again.
func there(ctx context.Context, v View, x register.Exhibit, again bool) (p Preserved, known bool, err error) {
	all, err := v.ExhibitsBySHA256(ctx, x.SHA256)
	if err != nil || len(all) == 0 {
		return Preserved{}, false, err
	}
	p = Preserved{Exhibit: all[0], Known: true, Another: true, Claimed: compareClaim(x.ClaimedSHA256, x.SHA256)}
	for _, other := range all {
		if sameDelivery(other, x) {
			p.Exhibit, p.Another = other, false
			return p, true, nil
		}
	}
	return p, !again, nil
}

// sameDelivery: what is said of both is the same, to the letter.
func sameDelivery(a, b register.Exhibit) bool {
	a.Exhibit, a.Object, b.Exhibit, b.Object = "", "", "", ""
	return a == b
}

// receive appends the entry, unless somebody else has just brought the bytes.
func (c *Clerk) receive(ctx context.Context, x register.Exhibit, d Delivery) (Preserved, error) {
	var err error
	if x.Exhibit, err = register.NewID(c.Rand, "e"); err != nil {
		return Preserved{}, err
	}
	if err := x.Check(); err != nil {
		return Preserved{}, err
	}
	p := Preserved{Exhibit: x, Claimed: compareClaim(d.ClaimedSHA256, x.SHA256)}
	a := d.Act.orDefault()
	p.Seq, err = c.Case.Act(ctx, c.Actor, func(v View) (journal.Draft, error) {
		other, known, err := there(ctx, v, x, d.Again)
		if err != nil {
			return journal.Draft{}, err
		}
		if known {
			p = other
			return journal.Draft{}, errAlreadyThere
		}
		if x.Source != "" {
			if err := checkSource(ctx, v, x.Source); err != nil {
				return journal.Draft{}, err
			}
		}
		return x.Draft(a.Reason, a.Basis, a.Handling), nil
	})
	if errors.Is(err, errAlreadyThere) {
		p.Seq = 0
		return p, nil
	}
	if err != nil {
		return Preserved{}, err
	}
	return p, nil
}

var errAlreadyThere = errors.New("already there")

// known is the oldest exhibit with these bytes, or fault.NotFound.
func (c *Clerk) known(ctx context.Context, sum string) (x register.Exhibit, err error) {
	err = c.Case.Look(ctx, func(v View) error {
		all, err := v.ExhibitsBySHA256(ctx, sum)
		if err == nil && len(all) == 0 {
			err = fmt.Errorf("%w: no exhibit has these bytes", fault.NotFound)
		}
		if err != nil {
			return err
		}
		x = all[0]
		return nil
	})
	return x, err
}

func compareClaim(claimed, sum string) Claim {
	switch claimed {
	case "":
		return ClaimNone
	case sum:
		return ClaimMatches
	}
	return ClaimDiffers
}

// openRegular opens a file that has an end: no folder, pipe or device.
func openRegular(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fileError(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%w: %s is no regular file (%s); accepted: a file, or a folder of files", fault.Invalid, path, info.Mode().Type())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fileError(path, err)
	}
	if info, err = f.Stat(); err != nil {
		return nil, nil, errors.Join(fileError(path, err), f.Close())
	}
	return f, info, nil
}

func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: there is no file %s", fault.NotFound, path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %s may not be read: %w", fault.Forbidden, path, err)
	}
	return fmt.Errorf("%w: %s: %w", fault.Unavailable, path, err)
}

// headBytes is how much of a file is looked at for its media type.
const headBytes = 8 << 10

// stream copies all of r to w and keeps its beginning, SHA-256 and length.
func stream(w io.Writer, r io.Reader) (head []byte, sum string, size int64, err error) {
	h := sha256.New()
	head = make([]byte, headBytes)
	n := 0
	for n < headBytes && err == nil {
		var more int
		more, err = r.Read(head[n:])
		n += more
	}
	head = head[:n]
	if err != nil && err != io.EOF { //nolint:errorlint // anything else, io.ErrUnexpectedEOF too, is no end but a break
		return nil, "", 0, err
	}
	both := io.MultiWriter(h, w)
	if _, err := both.Write(head); err != nil {
		return nil, "", 0, err
	}
	size = int64(n)
	if n == headBytes {
		more, err := io.CopyBuffer(both, struct{ io.Reader }{r}, make([]byte, 256<<10))
		if err != nil {
			return nil, "", 0, err
		}
		size += more
	}
	return head, hex.EncodeToString(h.Sum(nil)), size, nil
}

// unchanged compares a file with what it was when it was opened: its size, its
// time, and how much was read.
func unchanged(path string, f *os.File, before fs.FileInfo, read int64) error {
	after, err := f.Stat()
	if err != nil {
		return fileError(path, err)
	}
	if read == before.Size() && after.Size() == before.Size() && after.ModTime().Equal(before.ModTime()) {
		return nil
	}
	return fmt.Errorf("%w: %s changed while it was read (%d bytes at first, %d read, %d now); nothing was kept; try again when nobody writes to it",
		fault.Conflict, path, before.Size(), read, after.Size())
}

// describe fills in the facts about the file. Name and times are facts about
// the exhibit, said in words beside what the giver says; a file's time is
// when it was last written on some machine, never when its content was made.
func describe(x *register.Exhibit, d Delivery, name string, modified time.Time, head []byte) {
	x.FileName = shownName(name)
	x.Title = d.Title
	if x.Title == "" {
		x.Title = x.FileName
	}
	x.MediaType, _, _ = strings.Cut(mimetype.Detect(head).String(), ";")
	var facts []string
	if d.Custody != "" {
		facts = append(facts, d.Custody)
	}
	if d.Path != "" {
		facts = append(facts, "path in the folder that was brought: "+shownName(d.Path))
	}
	if x.FileName != name {
		facts = append(facts, fmt.Sprintf("bytes of the file's name (hex): %x", name))
	}
	byName := MediaTypeByName(name)
	if byName == "" {
		byName = "none"
	}
	facts = append(facts, "media type by the file's name: "+byName)
	if !modified.IsZero() {
		facts = append(facts, "last change of the file, as its file system says: "+modified.UTC().Format("2006-01-02T15:04:05Z"))
	}
	x.Custody = strings.Join(facts, "\n")
}

// shownName is a file's name as text of one line: bytes that are not UTF-8 and
// control characters become U+FFFD, the bytes themselves are kept beside it.
func shownName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd"))
}
