// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"recount/access"
	"recount/fault"
)

// longestForm bounds what a form may send, in bytes. The longest field of an
// entry has 65,535; a statement of a dossier may be longer.
const longestForm = 4 << 20

// takesFiles reports whether the route streams files into the vault. No other
// accepts a body with files: net/http would lay them down, unsealed, in the
// folder for temporary files.
func (r route) takesFiles() bool { return r.pattern == "POST /case/{case}/exhibits" }

// atTheDoor bounds what may be sent by whoever is not signed in, in bytes.
const atTheDoor = 64 << 10

// slowestForm is how long a form may take to come; slowestPart, how long an
// upload may pause.
const (
	slowestForm = 30 * time.Second
	slowestPart = 60 * time.Second
)

// bound limits the body of a request that is no file, and refuses one in which
// files come where none are taken.
func (v *visit) bound() error {
	if v.Method == http.MethodGet || v.Method == http.MethodHead {
		return nil
	}
	if v.route.takesFiles() && v.who.ID != "" {
		v.Body = &patient{ReadCloser: v.Body, rc: http.NewResponseController(v.w), now: v.s.Now}
		return nil
	}
	// Where the connection has no deadline (in a test) there is none to set.
	_ = http.NewResponseController(v.w).SetReadDeadline(v.s.Now().Add(slowestForm))
	most := int64(longestForm)
	if v.route.act == access.Open {
		most = atTheDoor
	}
	kind, _, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	if err == nil && strings.HasPrefix(kind, "multipart/") {
		return fmt.Errorf("%w: this form takes no files (accepted: application/x-www-form-urlencoded)", fault.Invalid)
	}
	v.Body = http.MaxBytesReader(v.w, v.Body, most)
	if err := v.ParseForm(); err != nil {
		return fmt.Errorf("%w: the form could not be read; up to %d KiB are accepted: %w", fault.Invalid, most>>10, err)
	}
	return nil
}

// patient is the body of an upload: it may be of any length, but it must go on.
type patient struct {
	io.ReadCloser
	rc  *http.ResponseController
	now func() time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.rc.SetReadDeadline(p.now().Add(slowestPart)) // none to set in a test
	return p.ReadCloser.Read(b)
}
