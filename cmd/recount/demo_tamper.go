// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"recount/fault"
	"recount/journal"
)

const (
	tamperedPage  = "tampered/data/statement.html"
	tamperedCount = "tampered/data/counts/1.count"
)

// tamper changes a copy of the bundle in several ways and shows each verdict.
func (w *walk) tamper() error {
	w.screen.say("What does a change look like? Here is a copy of the bundle, in the folder tampered. First, the number of the dead is changed in the page that people read, and nothing else:")
	if err := w.freshCopy(); err != nil {
		return err
	}
	was, now, err := w.changeNumber()
	if err != nil {
		return err
	}
	w.screen.answered(fmt.Sprintf("data/statement.html: %s was made %s", was, now))
	if err := w.check("a number in the page was changed", w.pinned("./tampered").ends(1).since("refuted").first(17)); err != nil {
		return err
	}
	w.screen.say("Another copy: one person's line is taken out of a count file.")
	if err := w.freshCopy(); err != nil {
		return err
	}
	if err := w.dropLine(); err != nil {
		return err
	}
	if err := w.check("a line of a count file was taken out", w.pinned("./tampered").ends(1).since("refuted").first(17)); err != nil {
		return err
	}
	w.screen.say("Somebody more careful changes the number and makes the manifests again, so that every checksum fits and sha256sum is content:")
	if err := w.freshCopy(); err != nil {
		return err
	}
	if _, _, err := w.changeNumber(); err != nil {
		return err
	}
	if err := w.sumsAgain(); err != nil {
		return err
	}
	if err := w.check("a number was changed and the manifests made again", w.pinned("./tampered").ends(1).since("refuted").first(17)); err != nil {
		return err
	}
	w.screen.say("The seal is signed over the manifests, and the page follows from an entry of the journal: neither can be made again without the archive's keys. " +
		"Somebody could still make everything again, journal and all, and sign it with keys of their own. Such a bundle fits together without a fault; " +
		"it is why the check without a pinned key stayed undecided. It fails where the pinned keys are not those that signed. " +
		"Here the untouched bundle is held against two keys that signed nothing of it, which comes to the same:")
	return w.otherKeys()
}

// otherKeys checks the bundle with keys of somebody else.
func (w *walk) otherKeys() error {
	c := cmd("verify", "./bundle")
	for _, key := range []string{w.answer.VKey, w.answer.SealVKey} {
		name, _, _ := strings.Cut(key, "+")
		_, other, err := journal.GenerateKey(w.d.program.rand, name)
		if err != nil {
			return err
		}
		c.args = append(c.args, "--vkey", other)
	}
	return w.check("the bundle, other keys pinned", c.ends(1).since("refuted").first(9))
}

// freshCopy makes tampered what bundle is.
func (w *walk) freshCopy() error {
	if err := os.RemoveAll(w.in("tampered")); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if err := os.CopyFS(w.in("tampered"), os.DirFS(w.in("bundle"))); err != nil {
		return fmt.Errorf("%w: copying the bundle: %w", fault.Unavailable, err)
	}
	return nil
}

// changeNumber makes the first figure of the page another one of as many digits.
func (w *walk) changeNumber() (was, now string, err error) {
	if len(w.answer.Figures) == 0 {
		return "", "", fmt.Errorf("%w: no figure was noted", fault.Invalid)
	}
	n := w.answer.Figures[0].Counted
	was = strconv.FormatInt(n, 10)
	digit := byte('9')
	if was[0] == digit {
		digit = '1'
	}
	now = string(digit) + was[1:]
	return was, now, w.edit(tamperedPage, func(page []byte) ([]byte, error) {
		old := []byte(">" + was + "<")
		if !bytes.Contains(page, old) {
			return nil, fmt.Errorf("%w: the page has no figure %s", fault.NotFound, was)
		}
		return bytes.Replace(page, old, []byte(">"+now+"<"), 1), nil
	})
}

// dropLine takes the last line out of a count file.
func (w *walk) dropLine() error {
	return w.edit(tamperedCount, func(text []byte) ([]byte, error) {
		at := bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n')
		if at < 0 {
			return nil, fmt.Errorf("%w: the count file has no lines", fault.NotFound)
		}
		return text[:at+1], nil
	})
}

// sumsAgain makes both manifests fit the changed page.
func (w *walk) sumsAgain() error {
	for _, fit := range [][2]string{{"manifest-sha256.txt", "data/statement.html"}, {"tagmanifest-sha256.txt", "manifest-sha256.txt"}} {
		data, err := os.ReadFile(w.in("tampered/" + fit[1]))
		if err != nil {
			return fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		sum := sha256.Sum256(data)
		err = w.edit("tampered/"+fit[0], func(manifest []byte) ([]byte, error) {
			lines := strings.SplitAfter(string(manifest), "\n")
			for i, line := range lines {
				if len(line) > 64 && strings.TrimSpace(line[64:]) == fit[1] {
					lines[i] = hex.EncodeToString(sum[:]) + line[64:]
				}
			}
			return []byte(strings.Join(lines, "")), nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// edit changes a file of the demo's folder in place.
func (w *walk) edit(name string, change func([]byte) ([]byte, error)) error {
	data, err := os.ReadFile(w.in(name))
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if data, err = change(data); err != nil {
		return err
	}
	if err := os.WriteFile(w.in(name), data, 0o644); err != nil {
		return errors.Join(fault.Unavailable, err)
	}
	return nil
}
