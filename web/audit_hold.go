// SPDX-License-Identifier: Apache-2.0

package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"recount/access"
	"recount/audit"
	"recount/store"
)

// held holds an answer back until it is written down who looks. It stands
// around every handler of a case: what a handler shows goes through it, whether
// page, picture or file. What leads elsewhere, or only says what went wrong,
// shows nothing of the case and goes through as it is.
type held struct {
	http.ResponseWriter
	v       *visit
	begun   bool
	refused error       // why nothing may be shown
	before  http.Header // as it was before the handler
}

// hold puts held in the way of an answer, where something of a case is asked
// for, or of the archive.
func (v *visit) hold() *held {
	h := &held{ResponseWriter: v.w, v: v, before: v.w.Header().Clone()}
	if v.room != nil && v.route.audited() || v.room == nil && v.route.outside() {
		v.w = h
	}
	return h
}

// journalled is whose audit journal a look by this visitor belongs into.
func (v *visit) journalled() audited {
	if v.room == nil {
		return v.s.Archive
	}
	return v.room
}

// audited tells routes of a case; keeping what is typed shows nothing.
func (r route) audited() bool {
	return r.act != access.Open && r.pattern != "POST /case/{case}/drafts"
}

// Unwrap is for http.ResponseController.
func (h *held) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// WriteHeader passes a status on, if what it stands before may be shown.
func (h *held) WriteHeader(status int) {
	if h.begin(status) == nil {
		h.ResponseWriter.WriteHeader(status)
	}
}

// Write passes bytes on, if they may be shown.
func (h *held) Write(b []byte) (int, error) {
	if err := h.begin(http.StatusOK); err != nil {
		return 0, err
	}
	return h.ResponseWriter.Write(b)
}

func (h *held) begin(status int) error {
	if h.begun {
		return h.refused
	}
	h.begun = true
	if h.v.failed || status >= 300 && status < 400 || status == http.StatusNoContent {
		return nil
	}
	h.refused = h.v.s.gather.look(h.v.Context(), h.v.journalled(), h.v.looked())
	return h.refused
}

// end is the error of the answer: that of the handler, or that nothing may be shown.
func (h *held) end(err error) error {
	h.v.w = h.ResponseWriter
	if h.refused == nil {
		return err
	}
	clear(h.Header())
	for name, values := range h.before {
		h.Header()[name] = values
	}
	return h.refused
}

// looked is what the visitor is about to see, as it is written down.
func (v *visit) looked() store.Look {
	act := v.route.looks()
	e := audit.Event{
		Time: audit.At(v.s.Now()), Actor: v.who.Name, Session: shortID(v.token), Act: act,
		Kind: v.route.noun(), ID: v.things(), Shown: int64(v.shown), Why: cutTo(v.text("reason"), audit.MaxWhy),
	}
	switch e.Kind {
	case "":
		e.Kind = "case"
	case "{$}":
		e.Kind = "cases"
	}
	if act != audit.Listed && act != audit.Searched {
		e.Shown = max(e.Shown, 1)
	}
	look := store.Look{Event: e}
	if act == audit.Searched {
		look.Text, look.Class = v.text("q"), "internal"
		// No hit is of a higher class than the reader may see.
		if class := access.ScopeOf(v.who).Highest(); v.shown > 0 && class != "" {
			look.Class = class
		}
	}
	return look
}

// looks is what whoever is answered by the route does.
func (r route) looks() audit.Act {
	method, path, _ := strings.Cut(r.pattern, " ")
	switch last := path[strings.LastIndexByte(path, '/')+1:]; {
	case last == "file", last == "refused":
		return audit.Downloaded
	case last == "bundle", last == "worksheet":
		return audit.Exported
	case last == "check":
		return audit.Verified
	case last == "search":
		return audit.Searched
	case path == "/{$}", path == "/accounts", path == "/audit":
		return audit.Listed
	case method == http.MethodGet && strings.Count(path, "/") == 3 && !strings.HasPrefix(last, "{"), last == "persons" || last == "contradictions":
		return audit.Listed
	}
	return audit.Viewed
}

// things are the ids in the address, but for the case's, parted by "/".
func (v *visit) things() string {
	var ids []string
	for _, part := range strings.Split(v.route.pattern, "/") {
		name, wild := strings.CutPrefix(part, "{")
		if name = strings.TrimSuffix(name, "}"); wild && name != "case" {
			ids = append(ids, v.PathValue(name))
		}
	}
	return cutTo(strings.Join(ids, "/"), audit.MaxID)
}

// cutTo is a text of at most so many bytes, cut between two characters.
func cutTo(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}

// shortID tells sessions apart and opens none: the beginning of a hash.
func shortID(token string) string {
	sum := sha256.Sum256([]byte("session\n" + token))
	return hex.EncodeToString(sum[:4])
}
