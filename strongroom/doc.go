// SPDX-License-Identifier: Apache-2.0

// Package strongroom owns the master key of an archive that is encrypted at
// rest. The key is 32 random bytes and stands nowhere in the clear: a ring
// holds it wrapped, once for each way in which it may be opened: a passphrase,
// a key file, a recovery key. Everything else is derived from it.
//
// The ring is a text of a few lines, docs/formats/keyring.md. This package
// reads and writes no ring's file; who keeps one decides where it lies.
package strongroom
