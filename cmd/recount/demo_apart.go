// SPDX-License-Identifier: Apache-2.0

package main

import "recount/fault"

// demoSealed is the invented witness whom only two people may know of, demoReader
// somebody who may read the rest.
const (
	demoSealed = "Yelva Dorrin"
	demoReader = "Demo reader"
)

// sealWitness puts a witness into a compartment, has two people seal it, and shows
// that somebody else finds nothing.
func (w *walk) sealWitness() error {
	w.screen.say("A witness who is in danger wants to speak. A case is seen by its members, and what is in a compartment by few of them. So there are members:")
	if err := w.runAll(cmd("member", "seat", demoSecond, "--role", "reviewer"), cmd("member", "seat", demoReader, "--role", "reader")); err != nil {
		return err
	}
	w.screen.say("And a compartment, in which the witness is from the first moment:")
	in, err := w.run(cmd("member", "compartment", "Witnesses in danger (invented)", "--member", demoSecond))
	if err != nil {
		return err
	}
	source, err := w.run(cmd("add", "source", demoSealed, "--kind", "witness", "--handling", "restricted/"+in, "--reason", "Spoke on condition of secrecy (invented)"))
	if err != nil {
		return err
	}
	w.screen.say("Sealing takes two people: one proposes, another agrees, and nobody agrees with themselves.")
	decision, err := w.run(cmd("decide", "propose", "source", source, "--to", "sealed/"+in, "--reason", "Was threatened (invented)"))
	if err != nil {
		return err
	}
	if err := w.runAll(cmd("decide", "agree", decision).ends(fault.ExitDenied), cmd("--actor", demoSecond, "decide", "agree", decision, "--reason", "Seen (invented)")); err != nil {
		return err
	}
	w.screen.say("For the two the witness is there, and for nobody else: not by name, nor by id, nor in the journal.")
	return w.runAll(cmd("search", demoSealed), cmd("--actor", demoReader, "search", demoSealed))
}
