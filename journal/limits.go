// SPDX-License-Identifier: Apache-2.0

package journal

// The limits of the formats (docs/formats/README.md). They bound what a
// hostile file can make a reader do; whoever writes is held to them as well,
// so that nothing is written that cannot be read.
const (
	// MaxField is the longest field of a row, in bytes of content.
	MaxField = 16 << 20
	// MaxEntryField is the longest field of an entry, in bytes of content.
	MaxEntryField = 65_535
	// MaxBody is the longest sealed body, in bytes.
	MaxBody = 64 << 20
	// MaxSize is the largest size of a tree, and above the largest number of
	// an entry: what a double-precision number still holds exactly. (The
	// arithmetic of x/mod's tlog does not end for sizes above 2^62.)
	MaxSize = 1<<53 - 1

	maxName   = 64  // bytes of the name of a kind or of a field
	maxFields = 256 // fields of a kind
	maxOrigin = 255 // bytes; the longest name that a C2SP witness accepts
	maxPath   = 64  // hashes of a proof; a tree of MaxSize needs 53, a consistency 54
	maxText   = 1 << 20
)
