// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as all authenticator programs do it; HMAC-SHA-1 is not broken by collisions
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"recount/fault"
)

// SecretBytes is how long the secret of codes is: RFC 4226, section 4, recommends 160 bits.
const SecretBytes = 20

// period is how long a code is shown, in seconds (RFC 6238, section 4.1).
const period = 30

// Codes is the secret of the codes that change with time (RFC 6238: SHA-1, six
// digits, 30 seconds).
type Codes []byte

// NewCodes draws a secret.
func NewCodes(rand io.Reader) (Codes, error) {
	c := make(Codes, SecretBytes)
	if _, err := io.ReadFull(rand, c); err != nil {
		return nil, fmt.Errorf("%w: no random bytes for a secret: %w", fault.Unavailable, err)
	}
	return c, nil
}

// ParseCodes reads a secret as Text writes it; blanks are left out.
func ParseCodes(text string) (Codes, error) {
	raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(strings.Join(strings.Fields(text), "")))
	if err != nil || len(raw) != SecretBytes {
		return nil, fmt.Errorf("%w: a secret for codes has %d letters and digits (base32)", fault.Invalid, base32.StdEncoding.EncodedLen(SecretBytes))
	}
	return raw, nil
}

// Text is the secret in base32, as authenticator programs take it.
func (c Codes) Text() string { return base32.StdEncoding.EncodeToString(c) }

// Address is the secret as an otpauth address, which a QR code carries.
func (c Codes) Address(name string) string {
	return "otpauth://totp/Recount:" + url.PathEscape(name) + "?secret=" + c.Text() + "&issuer=Recount&algorithm=SHA1&digits=6&period=30"
}

// At is the code of a step: RFC 4226, section 5.3.
func (c Codes) At(step int64) string {
	var count [8]byte
	binary.BigEndian.PutUint64(count[:], uint64(step))
	mac := hmac.New(sha1.New, c)
	mac.Write(count[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// Step is the step of a time.
func Step(at time.Time) int64 { return at.Unix() / period }

// Check answers the step of a code that is right now, or was or will be one
// step away. All three are compared, whatever is right. Whoever keeps the step
// and takes only later ones takes each code once.
func (c Codes) Check(code string, now time.Time) (step int64, ok bool) {
	code = strings.Join(strings.Fields(code), "")
	for s := Step(now) - 1; s <= Step(now)+1; s++ {
		if subtle.ConstantTimeCompare([]byte(c.At(s)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// recoveryCodes is how many there are, each of recoveryBytes.
const (
	recoveryCodes = 10
	recoveryBytes = 10
)

// NewRecovery draws ten recovery codes, 80 bits each, as ABCD-EFGH-IJKL-MNOP.
func NewRecovery(rand io.Reader) ([]string, error) {
	all := make([]string, recoveryCodes)
	for i := range all {
		var raw [recoveryBytes]byte
		if _, err := io.ReadFull(rand, raw[:]); err != nil {
			return nil, fmt.Errorf("%w: no random bytes for recovery codes: %w", fault.Unavailable, err)
		}
		s := base32.StdEncoding.EncodeToString(raw[:])
		all[i] = s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
	}
	return all, nil
}

// RecoveryHash is what is kept of a recovery code; the code has 80 random bits,
// which nobody tries out. Case, blanks and hyphens do not matter.
func RecoveryHash(code string) []byte {
	plain := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
	sum := sha256.Sum256([]byte("recount recovery code\n" + plain))
	return sum[:]
}
