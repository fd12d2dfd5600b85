// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"recount/fault"
	"recount/web/words"
)

// static serves what we brought: the style sheet and the scripts.
func (s *Server) static(v *visit) error {
	name := v.PathValue("file")
	raw, err := fs.ReadFile(files, "static/"+name)
	if err != nil {
		return fmt.Errorf("%w: there is no file %q here", fault.NotFound, name)
	}
	v.w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(v.w, v.Request, name, time.Time{}, bytes.NewReader(raw))
	return nil
}

// language is what a request is answered in before anybody is known.
func (s *Server) language(r *http.Request) words.Language {
	return s.Words.Language(s.Words.Match("", r.Header.Get("Accept-Language")))
}

// helpPage says what the program is, and which keys do what.
type helpPage struct {
	base
	Keys []shortcut
}

// shortcut is a key and what it does; keys.js has the same list, and a test compares them.
type shortcut struct{ Key, Does string }

func (s *Server) help(v *visit) error {
	p := &helpPage{base: v.base("help")}
	for _, k := range []string{"/", "?", "g o", "g s", "g e", "g r", "g p", "g i", "g f", "g d", "g j", "j", "k", "n", "Esc Esc"} {
		p.Keys = append(p.Keys, shortcut{k, v.words.T("key." + k)})
	}
	return s.show(v, p)
}
