// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"recount/fault"
	"recount/signin/institution"
)

// longestInstitution is more than anybody writes about one, in bytes.
const longestInstitution = 64 << 10

// institution reads what was said of one that says who people are; nil where none
// was named. It asks nobody: that is done when somebody wants to sign in.
func (d *desk) institution(name string) (*institution.Institution, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // none was named, and the reading room takes nil for none
	}
	text, err := d.shortFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: --oidc: %w", fault.Invalid, err)
	}
	c, err := institution.ParseConfig(text)
	if err != nil {
		return nil, fmt.Errorf("--oidc %s: %w", name, err)
	}
	secretFile := c.ClientSecretFile
	if !filepath.IsAbs(secretFile) {
		secretFile = filepath.Join(filepath.Dir(name), secretFile)
	}
	if info, err := os.Stat(secretFile); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		d.out.warn("warning: others on this machine may read %s, which holds a secret", secretFile)
	}
	secret, err := d.shortFile(secretFile)
	if err != nil {
		return nil, fmt.Errorf("%w: --oidc %s: client_secret_file: %w", fault.Invalid, name, err)
	}
	trimmed := strings.TrimRight(string(secret), "\r\n")
	if trimmed == "" || strings.ContainsAny(trimmed, "\r\n") {
		return nil, fmt.Errorf("%w: --oidc %s: client_secret_file %s (accepted: a file with the secret alone, in one line)", fault.Invalid, name, secretFile)
	}
	return institution.New(c, trimmed, d.program.now), nil
}

// shortFile reads a file that is short.
func (d *desk) shortFile(name string) (text []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err = io.ReadAll(io.LimitReader(f, longestInstitution+1))
	if err == nil && len(text) > longestInstitution {
		err = fmt.Errorf("%s has more than %d KiB", name, longestInstitution>>10)
	}
	return text, err
}
