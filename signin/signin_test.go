// SPDX-License-Identifier: Apache-2.0

package signin_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"recount/fault"
	"recount/signin"
)

// TestCodes has the vectors of RFC 6238, appendix B (SHA-1); six digits are the
// last six of its eight.
func TestCodes(t *testing.T) {
	t.Parallel()
	secret := signin.Codes("12345678901234567890")
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		now := time.Unix(at, 0)
		if got := secret.At(signin.Step(now)); got != want[2:] {
			t.Errorf("at %d: %s, want %s", at, got, want[2:])
		}
		for away := int64(-2); away <= 2; away++ {
			step, ok := secret.Check(" "+secret.At(signin.Step(now) + away)[:3]+" "+secret.At(signin.Step(now) + away)[3:], now)
			if want := away >= -1 && away <= 1; ok != want || ok && step != signin.Step(now)+away {
				t.Errorf("the code %d steps away: %d, %t, want %t", away, step, ok, want)
			}
		}
	}
	for _, wrong := range []string{"", "94287082", "28708", "abcdef"} {
		if _, ok := secret.Check(wrong, time.Unix(59, 0)); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
	if text := secret.Text(); text != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" { // RFC 4648, section 6, of the RFC's secret
		t.Errorf("Text = %s", text)
	}
	if back, err := signin.ParseCodes("gezd gnbvgy3tqojq gezdgnbvgy3tqojq"); err != nil || string(back) != string(secret) {
		t.Errorf("ParseCodes = %x, %v", back, err)
	}
	for _, wrong := range []string{"", "GEZD", "1", strings.Repeat("A", 40)} {
		if _, err := signin.ParseCodes(wrong); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParseCodes(%q) = %v", wrong, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	p := signin.NewPasswords(rand.Reader)
	hash, err := p.Hash(t.Context(), "caf\u00e9 by the ferry")
	if err != nil {
		t.Fatal(err)
	}
	// The floor: RFC 9106, section 4, second recommended option.
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("a hash is made by %s", hash)
	}
	other, err := p.Hash(t.Context(), "caf\u00e9 by the ferry")
	if err != nil || other == hash {
		t.Errorf("two hashes of one password are the same: %v", err)
	}
	for _, try := range []struct {
		password, hash string
		want           bool
	}{
		{"caf\u00e9 by the ferry", hash, true},
		{"cafe\u0301 by the ferry", hash, true}, // the same, decomposed
		{"cafe by the ferry", hash, false},
		{"", hash, false},
		{strings.Repeat("x", 1<<20), hash, false},
		{"caf\u00e9 by the ferry", "", false},
		{"", "", false},
	} {
		if got, err := p.Check(t.Context(), try.password, try.hash); got != try.want || err != nil {
			t.Errorf("Check(%.30q, %.12q) = %t, %v", try.password, try.hash, got, err)
		}
	}
	for _, unfit := range []string{"", "elevenchars", strings.Repeat("x", 257), "twelve bytes\xff"} {
		if _, err := p.Hash(t.Context(), unfit); !errors.Is(err, fault.Invalid) {
			t.Errorf("Hash(%.20q) = %v", unfit, err)
		}
	}
	if err := signin.Fit("twelve chars"); err != nil {
		t.Error(err)
	}
	for _, weak := range []string{
		strings.Replace(hash, "m=65536", "m=65535", 1), strings.Replace(hash, "t=3", "t=2", 1), strings.Replace(hash, "m=65536", "m=4294967295", 1),
		strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "v=19", "v=16", 1), hash[:len(hash)-2], "$", "x", strings.Replace(hash, "p=4", "p=4x", 1),
	} {
		if ok, err := p.Check(t.Context(), "caf\u00e9 by the ferry", weak); ok || !errors.Is(err, fault.Tampered) {
			t.Errorf("Check by %.40s = %t, %v", weak, ok, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	busy := signin.Full(rand.Reader)
	if _, err := busy.Check(ended, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("a check that waits for its seat: %v", err)
	}
}

// TestFloor: RFC 9106, section 4, second recommended option: Argon2id with three
// passes, four lanes, 2^16 KiB, 128 bits of salt and 256 bits of tag. What is
// written is by these and no others, and what asks for less of any is refused.
func TestFloor(t *testing.T) {
	t.Parallel()
	if got, want := signin.Floor(), [5]int{1 << 16, 3, 4, 128 / 8, 256 / 8}; got != want {
		t.Errorf("the parameters are %v, RFC 9106 recommends %v", got, want)
	}
	hash, err := signin.NewPasswords(rand.Reader).Hash(t.Context(), "by the old ferry")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != "v=19" || parts[3] != "m=65536,t=3,p=4" || len(parts[4]) != 22 || len(parts[5]) != 43 { // base64 of 16 and 32 bytes without padding
		t.Errorf("a hash is written as %s", hash)
	}
	if memory, passes, ok := signin.Cost(hash); !ok || memory != 1<<16 || passes != 3 {
		t.Errorf("a hash is read as %d KiB, %d passes, %t", memory, passes, ok)
	}
}

// TestEqualWork: one hash is computed for a right password, a wrong one and
// one that nobody has.
func TestEqualWork(t *testing.T) {
	t.Parallel()
	p := signin.NewPasswords(rand.Reader)
	hash, err := p.Hash(t.Context(), "by the old ferry")
	if err != nil {
		t.Fatal(err)
	}
	computed := 0
	p.Computed = func() { computed++ }
	for what, try := range map[string][2]string{"right": {"by the old ferry", hash}, "wrong": {"by the new ferry", hash}, "empty": {"", hash}, "nobody's": {"by the old ferry", ""}, "long": {strings.Repeat("x", 5000), hash}} {
		computed = 0
		if _, err := p.Check(t.Context(), try[0], try[1]); err != nil || computed != 1 {
			t.Errorf("%s: %d hashes, %v, want 1", what, computed, err)
		}
	}
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	all, err := signin.NewRecovery(rand.Reader)
	if err != nil || len(all) != 10 {
		t.Fatalf("%d codes, %v, want 10", len(all), err)
	}
	seen := map[string]bool{}
	for _, code := range all {
		seen[code] = true
		if len(code) != 19 || string(signin.RecoveryHash(code)) != string(signin.RecoveryHash(" "+strings.ToLower(strings.ReplaceAll(code, "-", " ")))) {
			t.Errorf("the code %s", code)
		}
	}
	if len(seen) != 10 || string(signin.RecoveryHash(all[0])) == string(signin.RecoveryHash(all[1])) {
		t.Error("codes are the same")
	}
}

// TestTries: five failures are free; then the wait doubles from a second, up to a quarter of an hour.
func TestTries(t *testing.T) {
	t.Parallel()
	tries, now := signin.NewTries(5), time.Unix(1_900_000_000, 0)
	var waits []time.Duration
	for range 18 {
		tries.Failed("mira", now)
		waits = append(waits, tries.Wait("mira", now))
	}
	for i, want := range map[int]time.Duration{0: 0, 4: 0, 5: time.Second, 6: 2 * time.Second, 14: 512 * time.Second, 15: 15 * time.Minute, 17: 15 * time.Minute} {
		if waits[i] != want {
			t.Errorf("after %d failures: %v, want %v", i+1, waits[i], want)
		}
	}
	if tries.Wait("tarek", now) != 0 || tries.Wait("mira", now.Add(15*time.Minute)) != 0 {
		t.Error("somebody waits who need not")
	}
	for i := range 20_000 { // an attacker's names take bounded room, and do not free anybody who failed just now
		tries.Failed(strings.Repeat("x", i%50)+string(rune('a'+i%26))+time.Duration(i).String(), now)
	}
	if n := signin.Known(tries); n > 10_000 {
		t.Errorf("%d are kept", n)
	}
	tries.Failed("mira", now.Add(time.Hour))
	if tries.Wait("mira", now.Add(time.Hour)) != 0 {
		t.Error("failures of an hour ago count")
	}
	tries.Passed("mira")
	if tries.Wait("mira", now) != 0 {
		t.Error("whoever got in waits")
	}
}

func FuzzPasswordHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=-1,t=3,p=4$$")
	f.Fuzz(func(t *testing.T, text string) {
		if memory, passes, ok := signin.Cost(text); ok && (memory < 65536 || memory > 1<<20 || passes < 3 || passes > 64) {
			t.Errorf("%q is accepted", text)
		}
	})
}
