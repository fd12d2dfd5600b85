// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"recount/fault"
)

// longestForm bounds what a form may send, in bytes. The longest field of an
// entry has 65,535; a statement of a dossier may be longer.
const longestForm = 4 << 20

// takesFiles reports whether the route streams files into the vault. No other
// accepts a body with files: net/http would lay them down, unsealed, in the
// folder for temporary files.
func (r route) takesFiles() bool { return r.pattern == "POST /case/{case}/exhibits" }

// bound limits the body of a request that is no file, and refuses one in which
// files come where none are taken.
func (v *visit) bound() error {
	if v.Method == http.MethodGet || v.Method == http.MethodHead || v.route.takesFiles() {
		return nil
	}
	kind, _, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	if err == nil && strings.HasPrefix(kind, "multipart/") {
		return fmt.Errorf("%w: this form takes no files (accepted: application/x-www-form-urlencoded)", fault.Invalid)
	}
	v.Body = http.MaxBytesReader(v.w, v.Body, longestForm)
	if err := v.ParseForm(); err != nil {
		return fmt.Errorf("%w: the form could not be read; up to %d MiB are accepted: %w", fault.Invalid, longestForm>>20, err)
	}
	return nil
}
