// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// file writes an invented file and gives its path and SHA-256.
func file(t *testing.T, name, text string) (path, sum string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
}

// TestAddFile: a file is chosen, another is dropped on the page; both are
// preserved under the SHA-256 that their bytes have, and the same bytes again
// add nothing.
func TestAddFile(t *testing.T) {
	p := onStage(t).open(t).writer()
	one, sum := file(t, "invented-letter.txt", "INVENTED letter.\nWe crossed the Dvirzok on Monday.\n")
	p.follow("Exhibits")
	p.follow("A new exhibit")
	p.sees("Drop files here, or choose them")
	p.takes(one)
	p.fill("Received from", "A relative (invented)")
	p.fill("Why this is done", "Handed over by a relative (invented)")
	p.follow("Preserve")
	p.at(in("exhibits", "e-"))
	p.sees("The file is preserved.", "invented-letter.txt", sum, "We crossed the Dvirzok on Monday.", "A relative (invented)", "Handed over by a relative (invented)")
	first := p.where()

	other, otherSum := file(t, "invented-note.txt", "INVENTED note.\nThe mill stood empty.\n")
	p.open(in("exhibits", "new"))
	p.drop(`main form[enctype]`, other)
	p.until("the dropped file in the field", `document.querySelector("input[type=file]").files[0]?.name === "invented-note.txt"`)
	p.fill("Why this is done", "Found in the same envelope (invented)")
	p.follow("Preserve")
	p.sees("The file is preserved.", otherSum, "The mill stood empty.")

	p.open(in("exhibits", "new"))
	p.takes(one)
	p.fill("Why this is done", "Once more (invented)")
	p.follow("Preserve")
	p.sees("These bytes were here already; nothing was added.")
	if got, _, _ := strings.Cut(p.where(), "?"); got+"?done=exhibit" != first {
		t.Errorf("the same bytes are at %s, they were at %s", got, first)
	}
}

// drop lets files fall on what a selector finds, as from a folder's window.
func (p *page) drop(selector string, files ...string) {
	p.t.Helper()
	at := p.middle(selector, `document.querySelector(`+quote(selector)+`)`)
	p.do(func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		for _, phase := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
			_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
				Type: phase, X: at.X, Y: at.Y, Data: &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1},
			})
			if err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	})
}

// said is what witness 05 of the invented case says (invent, seed 1).
const said = "I carried Nokvokund Lumnesavig to the hospital on a door"

// TestCitedRecord: words of a statement are selected with the mouse, cited,
// and a record is entered from them; it leads back to the words.
func TestCitedRecord(t *testing.T) {
	p := onStage(t).open(t).writer()
	p.witness()
	p.selects(said)
	p.waits("Cite what is selected")
	p.follow("Cite what is selected")
	p.sees("Cite a place")
	p.holds("The words that stand there", said)
	p.fill("Whose words they are", "a witness who was there")
	p.fill("Why this is done", "Names one of the injured (invented)")
	p.follow("Record it")
	p.at(in("citations", "c-"))
	p.sees("The place is cited; the words stand there.", said, "a witness who was there")

	p.follow("Enter a record from here")
	p.sees("Write as the source has it", said)
	p.fill("Name", "Nokvokund Lumnesavig")
	p.choose("Harm, as read", "Injured")
	p.fill("Date", "1987-04-06/1987-04-08")
	p.fill("Why this is done", "From the statement (invented)")
	p.follow("Record it")
	p.at(in("records"))
	p.sees("The record is entered.", "Nokvokund Lumnesavig", "Witness 05", "1987-04-06/1987-04-08", "injured")
	p.missing("killed") // nothing is said that the source does not say
	p.followOn(`main a[href*="/citations/"], main a[href*="/exhibits/"]`)
	p.sees(said)
}

// witness opens the statement of witness 05.
func (p *page) witness() {
	p.t.Helper()
	p.open(in("sources"))
	p.follow("Witness 05")
	p.followOn(`main .things a[href*="/exhibits/"]`)
	p.sees("«" + said)
}

// selects draws the mouse over a text that stands in one line of the page.
func (p *page) selects(text string) {
	p.t.Helper()
	ends := eval[[]float64](p, `(() => {
		const text = `+quote(text)+`, walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) {
			const at = walk.currentNode.data.indexOf(text);
			if (at < 0) continue;
			walk.currentNode.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
			const range = document.createRange();
			range.setStart(walk.currentNode, at);
			range.setEnd(walk.currentNode, at + text.length);
			const all = [...range.getClientRects()], a = all[0], b = all[all.length - 1];
			return [a.left + 1, a.top + a.height / 2, b.right - 1, b.top + b.height / 2];
		}
		return [];
	})()`)
	if len(ends) != 4 {
		p.fatal("%q stands nowhere", text)
	}
	p.do(
		chromedp.MouseEvent(chromedp.MousePressed, ends[0], ends[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, (ends[0]+ends[2])/2, (ends[1]+ends[3])/2, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, ends[2]-1, ends[3], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, ends[2], ends[3], chromedp.ButtonLeft),
	)
	p.until("the selection", `document.getSelection().toString().replace(/\s+/g, " ") === `+quote(text))
	p.do(chromedp.MouseEvent(chromedp.MouseReleased, ends[2], ends[3], chromedp.ButtonLeft, chromedp.ClickCount(1)))
}
