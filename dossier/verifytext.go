// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"encoding/hex"
	"fmt"
	"strings"

	"recount/journal"
	"recount/verify"
)

// verifyText is the file VERIFY.txt: how to check the bundle with tools that
// its makers did not write.
func verifyText(f verify.Frozen, seq int64, c journal.Checkpoint, w *bagWriter) string {
	var b strings.Builder
	payload := w.count(isPayload)
	// Beside what is written so far: this file, bagit.txt and bag-info.txt, the
	// two manifests and SEAL.
	all := int64(len(w.names)) + 6
	fmt.Fprintf(&b, "How to check this bundle\n\nDossier %s, edition %d.\n", f.Dossier, f.Edition)
	b.WriteString("\nGet the two public keys of the case from another hand than the one that gave you\nthis bundle. Those in proof/ came with it and show nothing about whose they are.\n")
	b.WriteString("\nWith the program:\n\n    recount verify FOLDER --vkey LOGKEY --vkey SEALKEY\n")
	b.WriteString("\nWith Python's standard library alone, by the recounter that is published, as a\nfolder of small files, with the description of these formats:\n\n    python3 recounter.py FOLDER --vkey LOGKEY --vkey SEALKEY\n")
	fmt.Fprintf(&b, `
With ordinary tools, in the folder of the bundle:

1. Nothing was changed, nothing is missing, nothing was added.

    sha256sum -c --strict --quiet manifest-sha256.txt tagmanifest-sha256.txt
    find data -type f | wc -l          # %d
    find . -type f | wc -l             # %d
    sha256sum tagmanifest-sha256.txt   # the line "tagmanifest-sha256" of SEAL

   sha256sum does not see files that were added; the two numbers do.

2. The seal was signed by the seal key, the checkpoint by the log key.

    T=$(mktemp -d)

`, payload, all)
	for _, k := range [][2]string{{"SEAL", verify.FileSealKey}, {"proof/checkpoint", verify.FileLogKey}} {
		fmt.Fprintf(&b, "    sed '/^$/,$d' %s > \"$T/signed\"\n", k[0])
		fmt.Fprintf(&b, "    sed -n 's/^\xe2\x80\x94 [^ ]* //p' %s | base64 -d | tail -c 64 > \"$T/signature\"\n", k[0])
		fmt.Fprintf(&b, "    (printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'; cut -d+ -f3- %s | base64 -d | tail -c 32) > \"$T/key\"\n", k[1])
		b.WriteString("    openssl pkeyutl -verify -pubin -keyform DER -inkey \"$T/key\" -rawin -in \"$T/signed\" -sigfile \"$T/signature\"\n\n")
	}
	fmt.Fprintf(&b, `   The fingerprint to compare with the one you were given is

    tail -c 32 "$T/key" | sha256sum

3. The statement and the page are those that were frozen. Both pairs are equal:

    sha256sum data/statement.md        # %s
    grep '^statement_sha256 ' proof/%d.opening | cut -d: -f3 | base64 -d | tail -c +2
    sha256sum data/statement.html      # %s
    grep '^page_sha256 ' proof/%d.opening | cut -d: -f3 | base64 -d | tail -c +2

4. The checkpoint of the log, to be compared with one that you or others kept:

    origin %s
    size   %d
    root   %s

What this does not show:

`, f.StatementSHA256, seq, f.PageSHA256, seq, c.Origin, c.Size, hex.EncodeToString(c.Root[:]))
	for _, s := range verify.NotShown(verify.LevelPublic) {
		fmt.Fprintf(&b, "- %s\n", s)
	}
	b.WriteString("\nNot for real cases yet: the program that made this has not been examined by others.\n")
	return b.String()
}
