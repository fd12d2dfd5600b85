// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// headBytes is how much of a file is looked at for its media type; intake looks
// at as much.
const headBytes = 8 << 10

// detect is the media type of a file by its first bytes, as intake finds it.
func detect(head []byte) string {
	found, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return found
}
