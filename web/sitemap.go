// SPDX-License-Identifier: Apache-2.0

package web

import "recount/access"

// sitemap is every address of the reading room, what it asks of access, and
// who answers. Nouns are those of the commands.
func (s *Server) sitemap() []route {
	const open, read, write, audit = access.Open, access.Read, access.Write, access.Audit
	return []route{
		// The door.
		{"GET /sign-in", open, (*Server).signInForm},
		{"POST /sign-in", open, (*Server).signIn},
		{"POST /sign-in/passkey/begin", open, (*Server).askForPasskey},
		{"POST /sign-in/passkey", open, (*Server).signInByPasskey},
		{"GET /sign-in/institution", open, (*Server).vouchToEnter},
		{"GET /sign-in/institution/answer", open, (*Server).vouched},
		{"POST /sign-out", read, (*Server).signOut},
		{"POST /settings", read, (*Server).keepSettings},
		{"GET /static/{file}", open, (*Server).static},
		{"GET /help", read, (*Server).help},
		{"GET /help/design", read, (*Server).design},

		// One's own account.
		{"GET /account", read, (*Server).ownAccount},
		{"GET /account/password", read, (*Server).passwordForm},
		{"POST /account/password", read, (*Server).setPassword},
		{"POST /account/password/forget", read, (*Server).forgetPassword},
		{"POST /account/passkeys/begin", read, (*Server).offerPasskey},
		{"POST /account/passkeys", read, (*Server).addPasskey},
		{"POST /account/passkeys/{passkey}/name", read, (*Server).namePasskey},
		{"POST /account/passkeys/{passkey}/remove", read, (*Server).removePasskey},
		{"GET /account/institution", read, (*Server).vouchToConnect},
		{"POST /account/institution", read, (*Server).connect},
		{"POST /account/institution/{connection}/end", read, (*Server).disconnect},
		{"POST /account/sessions/end", read, (*Server).endOtherSessions},
		{"POST /account/sessions/{session}/end", read, (*Server).endSession},

		// Who may enter.
		{"GET /accounts", write, (*Server).accounts},
		{"POST /accounts", write, (*Server).invite},
		{"POST /accounts/{account}/end", write, (*Server).endSessionsOf},
		{"POST /accounts/{account}/dismiss", write, (*Server).dismiss},

		// Cases.
		{"GET /{$}", read, (*Server).listCases},
		{"GET /cases/new", write, (*Server).newCase},
		{"POST /cases", write, (*Server).openCase},
		{"GET /case/{case}", read, (*Server).overview},
		{"GET /case/{case}/search", read, (*Server).search},

		// Sources: who speaks.
		{"GET /case/{case}/sources", read, (*Server).sources},
		{"POST /case/{case}/sources", write, (*Server).describeSource},
		{"GET /case/{case}/sources/new", write, (*Server).newSource},
		{"GET /case/{case}/sources/{source}", read, (*Server).source},
		{"POST /case/{case}/sources/{source}", write, (*Server).describeSource},
		{"GET /case/{case}/sources/{source}/edit", write, (*Server).editSource},

		// Basis and consent: what may be used.
		{"GET /case/{case}/sources/{source}/basis", write, (*Server).basisForm},
		{"POST /case/{case}/sources/{source}/basis", write, (*Server).stateBasis},
		{"GET /case/{case}/consents", read, (*Server).consents},
		{"POST /case/{case}/consents", write, (*Server).giveConsent},
		{"GET /case/{case}/consents/new", write, (*Server).newConsent},
		{"GET /case/{case}/consents/{consent}", read, (*Server).consent},
		{"POST /case/{case}/consents/{consent}", write, (*Server).giveConsent},
		{"GET /case/{case}/consents/{consent}/renew", write, (*Server).renewConsent},
		{"POST /case/{case}/consents/{consent}/withdraw", write, (*Server).withdrawConsent},

		// Exhibits: preserved files, and places in them.
		{"GET /case/{case}/exhibits", read, (*Server).exhibits},
		{"POST /case/{case}/exhibits", write, (*Server).receive},
		{"GET /case/{case}/exhibits/new", write, (*Server).newExhibit},
		{"GET /case/{case}/exhibits/{exhibit}", read, (*Server).exhibit},
		{"GET /case/{case}/exhibits/{exhibit}/picture", read, (*Server).picture},
		{"GET /case/{case}/exhibits/{exhibit}/file", read, (*Server).download},
		{"GET /case/{case}/citations/new", write, (*Server).newCitation},
		{"POST /case/{case}/citations", write, (*Server).makeCitation},
		{"GET /case/{case}/citations/{citation}", read, (*Server).citation},

		// Incidents: what happened, in a chronology.
		{"GET /case/{case}/incidents", read, (*Server).incidents},
		{"POST /case/{case}/incidents", write, (*Server).describeIncident},
		{"GET /case/{case}/incidents/new", write, (*Server).newIncident},
		{"GET /case/{case}/incidents/{incident}", read, (*Server).incident},
		{"POST /case/{case}/incidents/{incident}", write, (*Server).describeIncident},
		{"GET /case/{case}/incidents/{incident}/edit", write, (*Server).editIncident},

		// Records: what one source says about one person.
		{"GET /case/{case}/records", read, (*Server).records},
		{"GET /case/{case}/records/new", write, (*Server).newRecord},
		{"POST /case/{case}/records", write, (*Server).addRecord},
		{"GET /case/{case}/records/{record}", read, (*Server).record},

		// Lists: many records at once.
		{"GET /case/{case}/lists/new", write, (*Server).newList},
		{"POST /case/{case}/lists", write, (*Server).list},
		{"GET /case/{case}/jobs/{job}", write, (*Server).job},

		// Persons: the records judged to be about one human being.
		{"GET /case/{case}/persons", read, (*Server).persons},
		{"GET /case/{case}/persons/link", write, (*Server).linkForm},
		{"POST /case/{case}/persons/link", write, (*Server).link},
		{"GET /case/{case}/persons/{person}", read, (*Server).person},
		{"POST /case/{case}/persons/{person}/split", write, (*Server).splitPerson},
		{"GET /case/{case}/persons/{person}/beside/{other}", read, (*Server).beside},
		{"POST /case/{case}/persons/{person}/beside/{other}/merge", write, (*Server).mergePersons},
		{"POST /case/{case}/persons/{person}/beside/{other}/distinguish", write, (*Server).distinguishPersons},

		// Figures: questions put to the records.
		{"GET /case/{case}/figures", read, (*Server).figures},
		{"GET /case/{case}/figures/new", write, (*Server).defineFigureForm},
		{"POST /case/{case}/figures/new", write, (*Server).defineFigure},
		{"GET /case/{case}/figures/contradictions", read, (*Server).caseContradictions},
		{"GET /case/{case}/figures/{figure}", read, (*Server).figure},
		{"GET /case/{case}/figures/{figure}/define", write, (*Server).redefineFigureForm},
		{"POST /case/{case}/figures/{figure}/define", write, (*Server).defineFigure},
		{"GET /case/{case}/figures/{figure}/persons", read, (*Server).figurePersons},
		{"GET /case/{case}/figures/{figure}/contradictions", read, (*Server).figureContradictions},

		// Dossiers: statements with figures, and what of them was published.
		{"GET /case/{case}/dossiers", read, (*Server).dossiers},
		{"GET /case/{case}/dossiers/new", write, (*Server).composeForm},
		{"POST /case/{case}/dossiers/new", write, (*Server).compose},
		{"POST /case/{case}/dossiers/preview", write, (*Server).previewDossier},
		{"GET /case/{case}/dossiers/{dossier}", read, (*Server).dossier},
		{"GET /case/{case}/dossiers/{dossier}/compose", write, (*Server).recomposeForm},
		{"POST /case/{case}/dossiers/{dossier}/compose", write, (*Server).compose},
		{"GET /case/{case}/dossiers/{dossier}/preview", read, (*Server).previewDossier},
		{"POST /case/{case}/dossiers/{dossier}/preview", write, (*Server).previewDossier},
		{"GET /case/{case}/dossiers/{dossier}/freeze", write, (*Server).freezeForm},
		{"POST /case/{case}/dossiers/{dossier}/freeze", write, (*Server).freeze},
		{"GET /case/{case}/dossiers/{dossier}/editions/{edition}", read, (*Server).edition},
		{"GET /case/{case}/dossiers/{dossier}/editions/{edition}/page", read, (*Server).editionAlone},
		{"POST /case/{case}/dossiers/{dossier}/editions/{edition}/check", read, (*Server).checkEdition},
		{"POST /case/{case}/dossiers/{dossier}/editions/{edition}/bundle", write, (*Server).bundle},

		// The journal: who did what and why.
		{"GET /case/{case}/journal", read, (*Server).journal},
		{"GET /case/{case}/journal/checkpoint", read, (*Server).checkpoint},
		{"GET /case/{case}/journal/{entry}", read, (*Server).entry},

		// Who looked.
		{"GET /case/{case}/audit", audit, (*Server).audit},

		// What is being typed.
		{"GET /case/{case}/drafts", write, (*Server).drafts},
		{"POST /case/{case}/drafts", write, (*Server).keepDraft},
		{"POST /case/{case}/drafts/drop", write, (*Server).dropDraft},
	}
}
