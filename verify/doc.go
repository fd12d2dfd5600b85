// SPDX-License-Identifier: Apache-2.0

// Package verify checks a published dossier without the archive that made it,
// without a network and without trusting anybody. Bundle is all that most
// need; Open reads a folder or a zip file.
//
// It answers four claims, each on its own and each holds, is refuted, or
// cannot be decided: the bundle is unchanged, it is complete, it stands in the
// log of its case, and it adds up. It also says what none of this shows. Words
// such as "proved" and "true" do not occur in what it says.
//
// The texts that a bundle consists of are read and written here as well
// (Frozen, Statement, Seal, the figures of the page), so that who makes a
// bundle and who checks it mean the same. docs/formats/bundle.md, seal.md and
// figure.md describe all of it for those who write a checker of their own.
//
// # Compatibility
//
// A bundle that a release wrote is checked by every later release with the
// same answers. The JSON of a Report only ever gains fields.
package verify
