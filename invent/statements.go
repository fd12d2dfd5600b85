// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"fmt"
	"strings"
)

// paper is a text that somebody gave, and the words in it that can be quoted:
// they stand between « and ».
type paper struct {
	file, title string
	source      int
	text        string
	whose       string // as a dossier shall name the speaker
	named       string // the person it speaks of, "" nobody by name
	event       int    // index in Case.Events
}

// quotes are the marked passages of a text, in their order.
func quotes(text string) []string {
	var all []string
	for {
		_, rest, ok := strings.Cut(text, "«")
		if !ok {
			return all
		}
		quote, after, ok := strings.Cut(rest, "»")
		if !ok {
			return all
		}
		all, text = append(all, quote), after
	}
}

// saw is what a witness of an event tells: first where they were, then what
// can be quoted, then the end. {place} and {person} are filled in.
func saw() map[string][]string {
	return map[string][]string{
		"attack": {
			"We were in the cellar when it began. «The shooting came from both ends of the street, and nobody could tell us whom to run from.» We stayed until it was light.",
			"I had gone to the well. «I counted eleven people lying by the wall of the mill in {place}, and I knew four of them.» I did not go nearer.",
			"They took the men out first. «They called {person} by name, and he went with them and did not come back.» The women were told to stay.",
			"I heard lorries before dawn. «Nobody had told us to leave, and nobody let us leave afterwards.»",
		},
		"shelling": {
			"It was washing day. «The first shell fell on the bakery and the second on those who came to help.» After that I saw only dust.",
			"«I carried {person} to the hospital on a door, because there was no cart left in {place}.» The doctor was already busy with others.",
			"The school had been shut for a week. «If it had been open there would have been forty children in it.»",
			"«There were no soldiers in our street, neither theirs nor ours.» I say this because others have said otherwise.",
		},
		"expulsion": {
			"We walked over the ridge by night. «The old people sat down in the snow and told us to go on.»",
			"«We were three hundred when we left {place}, and at the bridge they counted two hundred and sixty of us.» I do not know what became of the others.",
			"I held my daughter's hand. «{person} was behind us until the second bend, and then not any more.»",
			"«They said we had an hour, and after ten minutes the houses were burning.»",
		},
	}
}

// newStatements are what the witnesses said.
func (c *Case) newStatements() []paper {
	d := newDice(c.Seed, forStatements)
	var papers []paper
	told := map[string]int{}
	for i := range witnesses {
		event := c.Events[i%len(c.Events)]
		lines := saw()[event.Kind]
		line := lines[told[event.Kind]%len(lines)]
		told[event.Kind]++
		place := plain(c.Land.Places[pick(d, event.Places)].Name.In(Latin))
		someone := plain(c.someone(d, event))
		body := strings.NewReplacer("{place}", place, "{person}", someone).Replace(line)
		named := ""
		if strings.Contains(line, "{person}") && someone != nobody {
			named = someone
		}
		source := c.sources[firstWitness+i]
		relation := map[string]string{"witness": "was there and is not related to anybody named", "relative": "is a relative of somebody named in a list"}[source.Kind]
		papers = append(papers, paper{
			file: fmt.Sprintf("statements/invented-witness-%02d.txt", i+1), title: "Statement of " + source.Name, source: firstWitness + i,
			named: named, event: i % len(c.Events),
			whose: strings.ToLower(source.Name[:1]) + source.Name[1:] + ", who " + relation,
			text: fmt.Sprintf("%s\n\nStatement of %s\nTaken on %s, in English, read back and signed.\nThe person %s.\n\n%s\n\nAsked who was responsible, the person said: I can only tell what I saw.\n",
				Notice, source.Name, event.From.AddDate(0, 2, d.below(60)).Format("2 January 2006"), relation, body),
		})
	}
	return papers
}

// nobody is what a witness calls whom no list names.
const nobody = "my neighbour"

// someone is a person harmed in an event, for a witness to name.
func (c *Case) someone(d dice, event Event) string {
	var names []string
	for _, p := range c.People {
		if p.Harmed() && p.Sex == "male" && c.Events[p.Fates[0].Event].Title == event.Title && p.AgeOn(event.From) > 15 {
			names = append(names, p.Name(Latin))
		}
	}
	if len(names) == 0 {
		return nobody
	}
	return pick(d, names)
}

// newReleases are what the two parties told the press. They contradict each
// other, and neither agrees with the lists.
func (c *Case) newReleases() []paper {
	one, two := c.Land.Parties[0], c.Land.Parties[1]
	town, village := plain(c.Land.Town.Name.In(Latin)), plain(c.Land.Places[2].Name.In(Latin))
	killed := [2]int{}
	for _, p := range c.People {
		if p.Harmed() && fatal(last(p).Code) {
			killed[c.Events[last(p).Event].Side]++
		}
	}
	claim := func(truth, percent int) int { return (truth*percent/100 + 4) / 5 * 5 }
	first := fmt.Sprintf("In the night to %s armed units of the %s fell upon %s. «%d peaceful inhabitants were murdered, most of them women and children.» The %s was not in the town. Of the events in %s the %s knows nothing; «reports of shelling by our side are an invention».",
		c.Events[0].From.AddDate(0, 0, 1).Format("2 January 2006"), two.Force, town, claim(killed[0], 130), one.Force, village, one.Name)
	second := fmt.Sprintf("On %s the %s answered fire from positions inside %s. «No more than %d persons lost their lives, and all of them bore arms.» In %s, however, «%d inhabitants died under the shells of the %s while they slept».",
		c.Events[0].From.Format("2 January 2006"), two.Force, town, claim(killed[0], 25), village, claim(killed[1], 140), one.Force)
	papers := []paper{
		{file: "releases/invented-release-1.txt", title: "Press release of the " + one.Name, source: firstPartySource, text: first, whose: "the press office of the " + one.Name},
		{file: "releases/invented-release-2.txt", title: "Press release of the " + two.Name, source: secondPartySource, text: second, whose: "the press office of the " + two.Name},
	}
	for i := range papers {
		papers[i].text = fmt.Sprintf("%s\n\n%s\n%s\n\n%s\n", Notice, papers[i].title, c.Events[1].From.AddDate(0, 0, 9+i).Format("2 January 2006"), papers[i].text)
	}
	return papers
}
