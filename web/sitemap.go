// SPDX-License-Identifier: Apache-2.0

package web

import "recount/access"

// sitemap is every address of the reading room, what it asks of access, and
// who answers. Nouns are those of the commands.
func (s *Server) sitemap() []route {
	const (
		open, visit, administer                   = access.Open, access.Visit, access.Administer
		read, audit, draft                        = access.Read, access.Audit, access.Draft
		receive, link, define                     = access.Receive, access.Link, access.Define
		compose, publish, decide, confirm, admits = access.Compose, access.Publish, access.Decide, access.Confirm, access.Admit
	)
	return []route{
		// The door.
		{"GET /sign-in", open, (*Server).signInForm},
		{"POST /sign-in", open, (*Server).signIn},
		{"POST /sign-in/passkey/begin", open, (*Server).askForPasskey},
		{"POST /sign-in/passkey", open, (*Server).signInByPasskey},
		{"GET /sign-in/institution", open, (*Server).vouchToEnter},
		{"GET /sign-in/institution/answer", open, (*Server).vouched},
		{"POST /sign-out", visit, (*Server).signOut},
		{"POST /settings", visit, (*Server).keepSettings},
		{"GET /static/{file}", open, (*Server).static},
		{"GET /help", visit, (*Server).help},
		{"GET /help/design", visit, (*Server).design},

		// One's own account.
		{"GET /account", visit, (*Server).ownAccount},
		{"GET /account/password", visit, (*Server).passwordForm},
		{"POST /account/password", visit, (*Server).setPassword},
		{"POST /account/password/forget", visit, (*Server).forgetPassword},
		{"POST /account/passkeys/begin", visit, (*Server).offerPasskey},
		{"POST /account/passkeys", visit, (*Server).addPasskey},
		{"POST /account/passkeys/{passkey}/name", visit, (*Server).namePasskey},
		{"POST /account/passkeys/{passkey}/remove", visit, (*Server).removePasskey},
		{"GET /account/institution", visit, (*Server).vouchToConnect},
		{"POST /account/institution", visit, (*Server).connect},
		{"POST /account/institution/{connection}/end", visit, (*Server).disconnect},
		{"POST /account/sessions/end", visit, (*Server).endOtherSessions},
		{"POST /account/sessions/{session}/end", visit, (*Server).endSession},

		// Who may enter.
		{"GET /accounts", administer, (*Server).accounts},
		{"POST /accounts", administer, (*Server).invite},
		{"POST /accounts/{account}/end", administer, (*Server).endSessionsOf},
		{"POST /accounts/{account}/dismiss", administer, (*Server).dismiss},

		// Cases.
		{"GET /{$}", visit, (*Server).listCases},
		{"GET /cases/new", administer, (*Server).newCase},
		{"POST /cases", administer, (*Server).openCase},
		{"GET /case/{case}", read, (*Server).overview},
		{"GET /case/{case}/search", read, (*Server).search},

		// Sources: who speaks.
		{"GET /case/{case}/sources", read, (*Server).sources},
		{"POST /case/{case}/sources", receive, (*Server).describeSource},
		{"GET /case/{case}/sources/new", receive, (*Server).newSource},
		{"GET /case/{case}/sources/{source}", read, (*Server).source},
		{"POST /case/{case}/sources/{source}", receive, (*Server).describeSource},
		{"GET /case/{case}/sources/{source}/edit", receive, (*Server).editSource},

		// Basis and consent: what may be used.
		{"GET /case/{case}/sources/{source}/basis", receive, (*Server).basisForm},
		{"POST /case/{case}/sources/{source}/basis", receive, (*Server).stateBasis},
		{"GET /case/{case}/consents", read, (*Server).consents},
		{"POST /case/{case}/consents", receive, (*Server).giveConsent},
		{"GET /case/{case}/consents/new", receive, (*Server).newConsent},
		{"GET /case/{case}/consents/{consent}", read, (*Server).consent},
		{"POST /case/{case}/consents/{consent}", receive, (*Server).giveConsent},
		{"GET /case/{case}/consents/{consent}/renew", receive, (*Server).renewConsent},
		{"POST /case/{case}/consents/{consent}/withdraw", receive, (*Server).withdrawConsent},

		// Exhibits: preserved files, and places in them.
		{"GET /case/{case}/exhibits", read, (*Server).exhibits},
		{"POST /case/{case}/exhibits", receive, (*Server).receive},
		{"GET /case/{case}/exhibits/new", receive, (*Server).newExhibit},
		{"GET /case/{case}/exhibits/{exhibit}", read, (*Server).exhibit},
		{"GET /case/{case}/exhibits/{exhibit}/picture", read, (*Server).picture},
		{"GET /case/{case}/exhibits/{exhibit}/compare", read, (*Server).compare},
		{"GET /case/{case}/exhibits/{exhibit}/changes", read, (*Server).changesForm},
		{"POST /case/{case}/exhibits/{exhibit}/changes", receive, (*Server).takeChanges},
		{"GET /case/{case}/exhibits/{exhibit}/refused", read, (*Server).refusedRows},
		{"GET /case/{case}/exhibits/{exhibit}/mapping", read, (*Server).listMapping},
		{"GET /case/{case}/exhibits/{exhibit}/file", read, (*Server).download},
		{"GET /case/{case}/citations/new", receive, (*Server).newCitation},
		{"POST /case/{case}/citations", receive, (*Server).makeCitation},
		{"GET /case/{case}/citations/{citation}", read, (*Server).citation},

		// Incidents: what happened, in a chronology.
		{"GET /case/{case}/incidents", read, (*Server).incidents},
		{"POST /case/{case}/incidents", receive, (*Server).describeIncident},
		{"GET /case/{case}/incidents/new", receive, (*Server).newIncident},
		{"GET /case/{case}/incidents/{incident}", read, (*Server).incident},
		{"POST /case/{case}/incidents/{incident}", receive, (*Server).describeIncident},
		{"GET /case/{case}/incidents/{incident}/edit", receive, (*Server).editIncident},

		// Records: what one source says about one person.
		{"GET /case/{case}/records", read, (*Server).records},
		{"GET /case/{case}/records/worksheet", read, (*Server).worksheet},
		{"GET /case/{case}/groups", read, (*Server).groups},
		{"GET /case/{case}/records/new", receive, (*Server).newRecord},
		{"POST /case/{case}/records", receive, (*Server).addRecord},
		{"GET /case/{case}/records/{record}", read, (*Server).record},

		// Lists: many records at once.
		{"GET /case/{case}/lists/new", receive, (*Server).newList},
		{"POST /case/{case}/lists", receive, (*Server).list},
		{"GET /case/{case}/jobs/{job}", draft, (*Server).job},

		// Fields of the case's own, and their lists of codes.
		{"GET /case/{case}/fields", read, (*Server).ownFields},
		{"GET /case/{case}/fields/file", read, (*Server).ownFile},
		{"POST /case/{case}/fields/file", receive, (*Server).declareFile},
		{"GET /case/{case}/fields/one", read, (*Server).ownField},
		{"POST /case/{case}/fields/one", receive, (*Server).declareField},
		{"GET /case/{case}/fields/codes", read, (*Server).codeList},
		{"POST /case/{case}/fields/codes", receive, (*Server).declareCodes},

		// Persons: the records judged to be about one human being.
		{"GET /case/{case}/persons", read, (*Server).persons},
		{"GET /case/{case}/persons/link", link, (*Server).linkForm},
		{"POST /case/{case}/persons/link", link, (*Server).link},
		{"GET /case/{case}/persons/{person}", read, (*Server).person},
		{"POST /case/{case}/persons/{person}/split", link, (*Server).splitPerson},
		{"GET /case/{case}/persons/{person}/beside/{other}", read, (*Server).beside},
		{"POST /case/{case}/persons/{person}/beside/{other}/merge", link, (*Server).mergePersons},
		{"POST /case/{case}/persons/{person}/beside/{other}/distinguish", link, (*Server).distinguishPersons},

		// Figures: questions put to the records.
		{"GET /case/{case}/figures", read, (*Server).figures},
		{"GET /case/{case}/figures/new", define, (*Server).defineFigureForm},
		{"POST /case/{case}/figures/new", define, (*Server).defineFigure},
		{"GET /case/{case}/figures/contradictions", read, (*Server).caseContradictions},
		{"GET /case/{case}/figures/{figure}", read, (*Server).figure},
		{"GET /case/{case}/figures/{figure}/define", define, (*Server).redefineFigureForm},
		{"POST /case/{case}/figures/{figure}/define", define, (*Server).defineFigure},
		{"GET /case/{case}/figures/{figure}/persons", read, (*Server).figurePersons},
		{"GET /case/{case}/figures/{figure}/contradictions", read, (*Server).figureContradictions},

		// Dossiers: statements with figures, and what of them was published.
		{"GET /case/{case}/dossiers", read, (*Server).dossiers},
		{"GET /case/{case}/dossiers/new", compose, (*Server).composeForm},
		{"POST /case/{case}/dossiers/new", compose, (*Server).compose},
		{"POST /case/{case}/dossiers/preview", compose, (*Server).previewDossier},
		{"GET /case/{case}/dossiers/{dossier}", read, (*Server).dossier},
		{"GET /case/{case}/dossiers/{dossier}/compose", compose, (*Server).recomposeForm},
		{"POST /case/{case}/dossiers/{dossier}/compose", compose, (*Server).compose},
		{"GET /case/{case}/dossiers/{dossier}/preview", read, (*Server).previewDossier},
		{"POST /case/{case}/dossiers/{dossier}/preview", compose, (*Server).previewDossier},
		{"GET /case/{case}/dossiers/{dossier}/freeze", publish, (*Server).freezeForm},
		{"POST /case/{case}/dossiers/{dossier}/freeze", publish, (*Server).freeze},
		{"GET /case/{case}/dossiers/{dossier}/editions/{edition}", read, (*Server).edition},
		{"GET /case/{case}/dossiers/{dossier}/editions/{edition}/page", read, (*Server).editionAlone},
		{"POST /case/{case}/dossiers/{dossier}/editions/{edition}/check", read, (*Server).checkEdition},
		{"POST /case/{case}/dossiers/{dossier}/editions/{edition}/bundle", publish, (*Server).bundle},

		// Protected identities: who stands behind a pseudonym.
		{"GET /case/{case}/identities", read, (*Server).identities},
		{"POST /case/{case}/identities", receive, (*Server).protectIdentity},
		{"POST /case/{case}/identities/passphrase", confirm, (*Server).ownIdentityPassphrase},
		{"GET /case/{case}/identities/new", receive, (*Server).newIdentity},
		{"GET /case/{case}/identities/{identity}", read, (*Server).identity},
		{"POST /case/{case}/identities/{identity}/pseudonym", compose, (*Server).callIdentity},
		{"POST /case/{case}/identities/{identity}/ask", decide, (*Server).askForIdentity},
		{"POST /case/{case}/identities/{identity}/open", confirm, (*Server).openIdentity},
		{"POST /case/{case}/identities/{identity}/amend", confirm, (*Server).amendIdentity},
		{"POST /case/{case}/identities/{identity}/erase", decide, (*Server).askToEraseIdentity},
		{"POST /case/{case}/identities/{identity}/destroy", confirm, (*Server).eraseIdentity},

		// The journal: who did what and why.
		{"GET /case/{case}/journal", read, (*Server).journal},
		{"GET /case/{case}/journal/checkpoint", read, (*Server).checkpoint},
		{"GET /case/{case}/journal/{entry}", read, (*Server).entry},

		// Who is in the case, and who sees what.
		{"GET /case/{case}/members", read, (*Server).members},
		{"POST /case/{case}/members", admits, (*Server).seatMember},
		{"GET /case/{case}/compartments/new", admits, (*Server).newCompartment},
		{"POST /case/{case}/compartments", admits, (*Server).describeCompartment},
		{"GET /case/{case}/compartments/{compartment}", read, (*Server).compartment},
		{"POST /case/{case}/compartments/{compartment}", admits, (*Server).describeCompartment},
		{"GET /case/{case}/decisions", read, (*Server).decisions},
		{"GET /case/{case}/decisions/handling", decide, (*Server).handling},
		{"POST /case/{case}/decisions", decide, (*Server).changeHandling},
		{"GET /case/{case}/decisions/{decision}", read, (*Server).decision},
		{"POST /case/{case}/decisions/{decision}/confirm", confirm, (*Server).confirmDecision},
		{"POST /case/{case}/decisions/{decision}/refuse", confirm, (*Server).refuseDecision},
		{"POST /case/{case}/decisions/{decision}/withdraw", decide, (*Server).withdrawDecision},
		{"GET /case/{case}/decisions/{decision}/text", read, (*Server).agreementText},
		{"GET /case/{case}/seconds", read, (*Server).seconds},
		{"POST /case/{case}/seconds", admits, (*Server).nameSecond},

		// What may not be erased, and what is out of sight.
		{"GET /case/{case}/holds", read, (*Server).holds},
		{"POST /case/{case}/holds", decide, (*Server).placeHold},
		{"GET /case/{case}/holds/new", decide, (*Server).newHold},
		{"POST /case/{case}/holds/{hold}/lift", decide, (*Server).liftHold},
		{"POST /case/{case}/hide", decide, (*Server).hide},
		{"GET /case/{case}/hidden", decide, (*Server).hidden},
		{"POST /case/{case}/hidden/{hiding}/show", decide, (*Server).bringBack},

		// What is to be erased: a plan, a proposal, and a second person who sees the same plan.
		{"GET /case/{case}/persons/{person}/erase", decide, (*Server).planErasure},
		{"POST /case/{case}/persons/{person}/erase", decide, (*Server).startPlan},
		{"POST /case/{case}/persons/{person}/erase/propose", decide, (*Server).proposeErasure},
		{"GET /case/{case}/records/{record}/erase", decide, (*Server).planErasure},
		{"POST /case/{case}/records/{record}/erase", decide, (*Server).startPlan},
		{"POST /case/{case}/records/{record}/erase/propose", decide, (*Server).proposeErasure},
		{"GET /case/{case}/hidden/{hiding}/erase", decide, (*Server).planErasure},
		{"POST /case/{case}/hidden/{hiding}/erase", decide, (*Server).startPlan},
		{"POST /case/{case}/hidden/{hiding}/erase/propose", decide, (*Server).proposeErasure},
		{"GET /case/{case}/decisions/{decision}/plan", confirm, (*Server).proposedPlan},
		{"POST /case/{case}/decisions/{decision}/plan", confirm, (*Server).startProposedPlan},

		// Who looked.
		{"GET /audit", audit, (*Server).audit},
		{"GET /case/{case}/audit", audit, (*Server).audit},

		// What is being typed.
		{"GET /case/{case}/drafts", draft, (*Server).drafts},
		{"POST /case/{case}/drafts", draft, (*Server).keepDraft},
		{"POST /case/{case}/drafts/drop", draft, (*Server).dropDraft},
	}
}
