// SPDX-License-Identifier: Apache-2.0

// Package identities keeps who stands behind a pseudonym apart from the case.
//
// A Map is a folder of its own, which may lie on another medium: for each
// protected identity one sealed file, and for each opener, somebody who may
// open such files, a ring of keys that their own identity passphrase opens
// (package strongroom). A sealed file opens with an opener's key and with the
// share that the case's journal holds of it: neither the map nor the archive
// opens anything alone, and destroying either half destroys it
// (docs/formats/identities.md).
//
// Whoever protects an identity needs no passphrase: it is sealed to the public
// keys of its openers, by HPKE (RFC 9180) with MLKEM768-X25519.
package identities
