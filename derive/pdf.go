// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"recount/fault"
)

// pdfText has the program pdftotext take the text out of a PDF, inside this
// child's limits and environment. Pages end with a form feed.
func pdfText(q request, t Text, r io.Reader) (Text, error) {
	if q.PDFToText == "" {
		return t, fmt.Errorf("%w: the text of a PDF is taken out by the program pdftotext (of Poppler), which is not installed here", fault.Unavailable)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c := exec.CommandContext(ctx, q.PDFToText, "-q", "-enc", "UTF-8", "-eol", "unix", "-", "-")
	c.Env, c.Dir = []string{}, string(filepath.Separator)
	bindToChild(c)
	out, problems := &bounded{limit: maxText, full: stop}, &bounded{limit: 4 << 10}
	c.Stdin, c.Stdout, c.Stderr = r, out, problems
	if err := c.Run(); err != nil && !out.over {
		return t, pdfRefused(err, problems.data.String())
	}
	t.Encoding, t.Form, t.Cut = "utf-8", Extracted, out.over
	text := wholeRunes(out.data.Bytes())
	if n := len(text); n > 0 && text[n-1] == '\f' {
		text = text[:n-1] // behind the last page is no other
	}
	return t, t.window(lossy(text))
}

// pdfRefused says why the program gave no text; its exit codes are in its
// manual: 1 the file cannot be opened, 3 its permissions.
func pdfRefused(err error, said string) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("%w: pdftotext cannot be run", fault.Unavailable)
	}
	switch {
	case strings.Contains(said, "Incorrect password"):
		return fmt.Errorf("%w: the PDF has a password", fault.Invalid)
	case exit.ExitCode() == 3:
		return fmt.Errorf("%w: the PDF says that its text must not be taken out, and pdftotext obeys", fault.Invalid)
	case exit.ExitCode() == 1:
		return fmt.Errorf("%w: pdftotext cannot open the file; it is damaged, or no PDF", fault.Invalid)
	}
	return fmt.Errorf("%w: pdftotext broke off (%s)", fault.Invalid, exit.ProcessState)
}
