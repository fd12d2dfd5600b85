// SPDX-License-Identifier: Apache-2.0

package web

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/boombuler/barcode/qr"

	"recount/audit"
	"recount/fault"
	"recount/signin"
)

// passwordPage sets a password, together with the codes that go with it: a
// password alone is never taken. The secret of the codes travels in the form
// until a code has confirmed it; nothing is kept before.
type passwordPage struct {
	base
	Secret  string // in groups of four, to be typed
	Address string // otpauth
	QR      string // the modules of its QR code as the data of an SVG path
	Size    int    // modules in a row, with the quiet zone
	Link    string // unused here: the form of the first start carries one
	Form    form
}

// recoveryPage shows recovery codes, in the answer to the form and nowhere else.
type recoveryPage struct {
	base
	Codes []string
}

func (s *Server) passwordPage(v *visit, codes signin.Codes) (*passwordPage, error) {
	p := &passwordPage{base: v.base("password.title"), Address: codes.Address(v.who.Name)}
	text := codes.Text()
	for at := 0; at < len(text); at += 4 {
		p.Secret += text[at:at+4] + " "
	}
	p.Secret = strings.TrimSpace(p.Secret)
	var err error
	if p.QR, p.Size, err = modules(p.Address); err != nil {
		return nil, err
	}
	p.Form = v.formAlone("/account/password", "password.button", group{Fields: []field{
		{Name: "secret", Kind: "hidden", Value: text},
		{Name: "password", Kind: "passphrase", Label: v.words.T("password.password"), Hint: v.words.T("password.password.hint", "least", signin.ShortestPassword)},
		{Name: "password_again", Kind: "passphrase", Label: v.words.T("password.again")},
		{Name: "code", Kind: "number", Label: v.words.T("password.code"), Hint: v.words.T("password.code.hint"), Required: true},
	}})
	p.Form.NoAct = true
	p.Form.Groups[0].Fields[3].Value = "" // a code is never right twice
	return p, nil
}

// modules draws a QR code as the data of an SVG path, one square for each dark
// module, with the quiet zone of four modules (ISO/IEC 18004).
func modules(text string) (path string, size int, err error) {
	const quiet = 4
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("drawing a QR code: %w", err)
	}
	var b strings.Builder
	n := code.Bounds().Dx()
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return b.String(), n + 2*quiet, nil
}

func (s *Server) passwordForm(v *visit) error {
	codes, err := signin.NewCodes(s.Rand)
	if err != nil {
		return err
	}
	p, err := s.passwordPage(v, codes)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (s *Server) setPassword(v *visit) error {
	codes, err := signin.ParseCodes(v.text("secret"))
	if err != nil {
		return err
	}
	p, err := s.passwordPage(v, codes)
	if err != nil {
		return err
	}
	password := v.PostFormValue("password")
	step, right := codes.Check(v.text("code"), s.Now())
	wrong := func(name, key string) {
		p.Form.beside(name, fmt.Errorf("%w: %s", fault.Invalid, v.words.T(key)))
		v.status, p.Form.Problem = http.StatusUnprocessableEntity, v.words.T("form.problem.beside")
	}
	switch {
	case signin.Fit(password) != nil:
		wrong("password", "password.unfit")
	case subtle.ConstantTimeCompare([]byte(password), []byte(v.PostFormValue("password_again"))) != 1:
		wrong("password_again", "begin.passphrase.differs")
	}
	if !right {
		wrong("code", "password.code.wrong")
	}
	if v.status != 0 {
		return s.show(v, p)
	}
	hash, err := s.passwords.Hash(v.Context(), password)
	if err != nil {
		return err
	}
	recovery, err := signin.NewRecovery(s.Rand)
	if err != nil {
		return err
	}
	hashes := make([][]byte, len(recovery))
	for i, code := range recovery {
		hashes[i] = signin.RecoveryHash(code)
	}
	if err := s.office.SetPassword(v.Context(), v.who.ID, v.session, hash, codes, step, hashes); err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Changed, "password", v.who.ID); err != nil {
		return err
	}
	return s.show(v, &recoveryPage{base: v.base("recovery.title"), Codes: recovery})
}

func (s *Server) forgetPassword(v *visit) error {
	if err := s.office.ForgetPassword(v.Context(), v.who.ID); err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Changed, "password", v.who.ID); err != nil {
		return err
	}
	return v.goTo("/account?done=password-forgotten")
}
