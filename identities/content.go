// SPDX-License-Identifier: Apache-2.0

package identities

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"recount/fault"
	"recount/names"
)

// Content is who somebody is. All of it counts as identity (I-24).
type Content struct {
	Names     []string `json:"names"` // the first is the one to use; the others are spellings and names of other times
	Contact   string   `json:"contact,omitempty"`
	Residence string   `json:"residence,omitempty"`
	Relatives string   `json:"relatives,omitempty"`
	Note      string   `json:"note,omitempty"`
	Photo     []byte   `json:"photo,omitempty"`
}

// What a content may hold at most.
const (
	MostNames  = 20
	LongestOne = 64 << 10 // bytes of a text
	MostPhoto  = 5 << 20  // bytes of a picture
)

// Check is fault.Invalid for a content that cannot be sealed. It never repeats
// what the content says.
func (c Content) Check() error {
	if len(c.Names) == 0 || len(c.Names) > MostNames {
		return fmt.Errorf("%w: an identity with %d true names; accepted are 1 to %d, each on a line of its own", fault.Invalid, len(c.Names), MostNames)
	}
	for _, name := range c.Names {
		if names.Fold(name) == "" || strings.ContainsFunc(name, unicode.IsControl) {
			return fmt.Errorf("%w: a true name without a letter, or with control characters; accepted is a name as it is written", fault.Invalid)
		}
	}
	for what, text := range map[string]string{"the names": strings.Join(c.Names, "\n"), "the contact": c.Contact, "the residence": c.Residence, "the relatives": c.Relatives, "the note": c.Note} {
		if len(text) > LongestOne || !utf8.ValidString(text) {
			return fmt.Errorf("%w: %s; accepted is a text in UTF-8 of at most %d bytes", fault.Invalid, what, LongestOne)
		}
	}
	if len(c.Photo) > MostPhoto {
		return fmt.Errorf("%w: a picture of %d bytes; accepted are at most %d", fault.Invalid, len(c.Photo), MostPhoto)
	}
	return nil
}

// Over is c where it says something, and old where it does not.
func (c Content) Over(old Content) Content {
	if len(c.Names) > 0 {
		old.Names = c.Names
	}
	for _, text := range []struct{ to, from *string }{{&old.Contact, &c.Contact}, {&old.Residence, &c.Residence}, {&old.Relatives, &c.Relatives}, {&old.Note, &c.Note}} {
		if *text.from != "" {
			*text.to = *text.from
		}
	}
	if len(c.Photo) > 0 {
		old.Photo = c.Photo
	}
	return old
}

// In tells whether a text names the person: whole is a true name in any case,
// accents, order of its words and script fold (package names); parts are single
// words of one, which may be anybody's.
func (c Content) In(text string) (whole bool, parts []string) {
	seen := names.Seek(c.Names...).In(text)
	return seen.Whole, seen.Parts
}

// sizes are the lengths that a content is filled up to, in bytes: of them alone
// tells the size of a sealed file.
func sizes() []int { return []int{8 << 10, 512 << 10, 2 << 20, 8 << 20} }

// padded is the content's length, its JSON, and zeros up to the next size.
func (c Content) padded() ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return nil, fmt.Errorf("writing an identity: %w", err)
	}
	defer func() { clear(text.Bytes()) }()
	n := text.Len()
	at := slices.IndexFunc(sizes(), func(size int) bool { return 4+n <= size })
	if at < 0 {
		return nil, fmt.Errorf("%w: an identity of %d bytes; accepted are at most %d in all", fault.Invalid, n, sizes()[len(sizes())-1]-4)
	}
	plain := make([]byte, sizes()[at])
	binary.BigEndian.PutUint32(plain, uint32(n))
	copy(plain[4:], text.Bytes())
	return plain, nil
}

// parseContent reads exactly what padded writes.
func parseContent(plain []byte) (c Content, err error) {
	broken := fmt.Errorf("%w: what was sealed is not an identity that this release knows", fault.Tampered)
	if len(plain) < 4 {
		return c, broken
	}
	n := binary.BigEndian.Uint32(plain)
	if uint64(n) > uint64(len(plain)-4) {
		return c, broken
	}
	d := json.NewDecoder(bytes.NewReader(plain[4 : 4+n]))
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil {
		return Content{}, broken
	}
	if _, err := d.Token(); err != io.EOF {
		return Content{}, broken
	}
	again, err := c.padded()
	if err != nil || !bytes.Equal(again, plain) {
		return Content{}, broken
	}
	clear(again)
	return c, nil
}
