// SPDX-License-Identifier: Apache-2.0

package passkey_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"recount/fault"
	"recount/signin/passkey"
	"recount/signin/passkey/passkeytest"
)

func at(t *testing.T, host string) passkey.Site {
	t.Helper()
	s, err := passkey.SiteOf(host)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// made is a device with a passkey of the account a-1, as the site has it.
func made(t *testing.T, s passkey.Site, origin string) (*passkeytest.Device, passkey.Key) {
	t.Helper()
	d, err := passkeytest.New(origin, s.Host)
	if err != nil {
		t.Fatal(err)
	}
	options, pending, err := s.Offer("a-1", "Mira Olten", nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"residentKey":"required"`, `"userVerification":"required"`, `"attestation":"none"`, `"id":"` + s.Host + `"`} {
		if !strings.Contains(string(options), want) {
			t.Errorf("the options have no %s: %s", want, options)
		}
	}
	answer, err := d.Make(options)
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Take("a-1", pending, answer)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(k.ID, d.ID) || string(d.Handle) != "a-1" {
		t.Errorf("the key %x of %s, want %x of a-1", k.ID, d.Handle, d.ID)
	}
	return d, k
}

// TestSiteOf: a passkey is bound to a name, which is the host without its port.
func TestSiteOf(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{"localhost:7373": "localhost", "LocalHost": "localhost", "archive.example": "archive.example", "room.localhost:1": "room.localhost", "Archive.Example:8443": "archive.example"} {
		if s, err := passkey.SiteOf(host); err != nil || s.Host != want {
			t.Errorf("SiteOf(%q) = %q, %v, want %q", host, s.Host, err, want)
		}
	}
	for _, host := range []string{"127.0.0.1:7373", "192.0.2.7", "[::1]:7373", "[2001:db8::1]", "", "a b", "x/y", "http://archive.example"} {
		if s, err := passkey.SiteOf(host); !errors.Is(err, fault.Unavailable) {
			t.Errorf("SiteOf(%q) = %+v, %v", host, s, err)
		}
	}
}

// TestRegister: what is not of this site, this account and this challenge, or of
// no holder who was made sure of, is refused.
func TestRegister(t *testing.T) {
	t.Parallel()
	s := at(t, "localhost:7373")
	_, k := made(t, s, "http://localhost:7373")
	options, _, err := s.Offer("a-1", "Mira Olten", []passkey.Key{k}, rand.Reader)
	if err != nil || !strings.Contains(string(options), `"excludeCredentials":[{`) {
		t.Errorf("a second passkey: %s, %v", options, err)
	}
	for what, change := range map[string]func(*passkeytest.Device){
		"another port": func(d *passkeytest.Device) { d.Origin = "http://localhost:7374" }, "another site": func(d *passkeytest.Device) { d.Origin = "https://evil.example" },
		"another host": func(d *passkeytest.Device) { d.Host = "evil.example" }, "no holder": func(d *passkeytest.Device) { d.Holder = false },
	} {
		d, err := passkeytest.New("http://localhost:7373", s.Host)
		if err != nil {
			t.Fatal(err)
		}
		change(d)
		options, pending, err := s.Offer("a-1", "Mira Olten", nil, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.Make(options)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Take("a-1", pending, answer); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
		_, other, err := s.Offer("a-1", "Mira Olten", nil, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Take("a-1", other, answer); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s, to another challenge: %v", what, err)
		}
	}
	if _, err := at(t, "archive.example").Take("a-1", []byte("{"), []byte("{}")); !errors.Is(err, fault.Tampered) {
		t.Errorf("what was begun is damaged: %v", err)
	}
}

// TestSignIn: a signature is taken once it is of the key, the site, the challenge
// and a holder who was made sure of, and its count goes on (Web Authentication,
// section 7.2, steps 11 to 22).
func TestSignIn(t *testing.T) {
	t.Parallel()
	s := at(t, "archive.example")
	d, k := made(t, s, "https://archive.example")
	stranger, _ := made(t, s, "https://archive.example")
	sign := func(by *passkeytest.Device, challengeOf string) (string, passkey.Key, error) {
		t.Helper()
		options, pending, err := s.Ask(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if challengeOf == "another" {
			if _, pending, err = s.Ask(rand.Reader); err != nil {
				t.Fatal(err)
			}
		}
		answer, err := by.Sign(options)
		if err != nil {
			t.Fatal(err)
		}
		return s.Check(pending, answer, func(account string, id []byte) (passkey.Key, error) {
			if account != "a-1" || !bytes.Equal(id, k.ID) {
				return passkey.Key{}, fault.NotFound
			}
			return k, nil
		})
	}
	for range 2 {
		d.Counter = k.Counter + 1
		account, now, err := sign(d, "")
		if err != nil || account != "a-1" || now.Counter != k.Counter+1 {
			t.Fatalf("a right signature: %s, %+v, %v", account, now, err)
		}
		k = now
	}
	for what, back := range map[string]uint32{"the same count": k.Counter, "an earlier count": k.Counter - 1, "no count": 0} {
		d.Counter = back
		if account, _, err := sign(d, ""); !errors.Is(err, passkey.ErrCopied) || !errors.Is(err, fault.Forbidden) || account != "a-1" {
			t.Errorf("%s: %s, %v", what, account, err)
		}
	}
	d.Counter = k.Counter + 1
	if _, _, err := sign(d, "another"); !errors.Is(err, fault.Forbidden) || errors.Is(err, passkey.ErrCopied) {
		t.Errorf("another challenge: %v", err)
	}
	if _, _, err := sign(stranger, ""); !errors.Is(err, fault.NotFound) {
		t.Errorf("a passkey that nobody has: %v", err)
	}
	stranger.ID = d.ID // claims to be it
	if _, _, err := sign(stranger, ""); !errors.Is(err, fault.Forbidden) {
		t.Errorf("another key of the same id: %v", err)
	}
	for what, change := range map[string]func(*passkeytest.Device){
		"another site": func(d *passkeytest.Device) { d.Origin = "https://evil.example" }, "without TLS": func(d *passkeytest.Device) { d.Origin = "http://archive.example" },
		"another host": func(d *passkeytest.Device) { d.Host = "evil.example" }, "no holder": func(d *passkeytest.Device) { d.Holder = false },
	} {
		changed := *d
		change(&changed)
		if _, _, err := sign(&changed, ""); !errors.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	k.Record = []byte("{")
	if _, _, err := sign(d, ""); !errors.Is(err, fault.Tampered) {
		t.Errorf("a damaged record: %v", err)
	}
}

// TestDoesNotCount: a passkey that lies in several devices counts 0 for ever.
func TestDoesNotCount(t *testing.T) {
	t.Parallel()
	s := at(t, "archive.example")
	d, k := made(t, s, "https://archive.example")
	k.Counter, d.Counter = 0, 0
	for range 2 {
		options, pending, err := s.Ask(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.Sign(options)
		if err != nil {
			t.Fatal(err)
		}
		if _, k, err = s.Check(pending, answer, func(string, []byte) (passkey.Key, error) { return k, nil }); err != nil || k.Counter != 0 {
			t.Fatalf("%+v, %v", k, err)
		}
	}
}

// FuzzAnswer: whatever a browser sends is refused as one of our errors.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"authenticatorData":"AA","clientDataJSON":"e30","signature":"AA","userHandle":"YS0x"}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		s := at(t, "localhost")
		_, pending, err := s.Ask(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Check(pending, answer, func(string, []byte) (passkey.Key, error) { return passkey.Key{}, fault.NotFound }); !errors.Is(err, fault.Forbidden) && !errors.Is(err, fault.NotFound) {
			t.Errorf("signing in by %q: %v", answer, err)
		}
		_, pending, err = s.Offer("a-1", "Mira", nil, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Take("a-1", pending, answer); !errors.Is(err, fault.Invalid) {
			t.Errorf("registering by %q: %v", answer, err)
		}
	})
}
