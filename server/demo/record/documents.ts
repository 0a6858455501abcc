/** Text documents: a Binary with the text, a DocumentReference that describes it, and the attachment they share. */
import type { Attachment, Binary, DocumentReference, Encounter, Reference } from '@medplum/fhirtypes'
import { type Day, dateWords, instantText, type Minute } from '../calendar.ts'
import { organizationReference, type Person, patientReference } from '../chart.ts'
import {
  claims,
  coding,
  concept,
  escapeHtml,
  identifier,
  loinc,
  narrative,
  ownSystem,
  usCoreCodeSystem,
} from '../elements.ts'

/** The eight kinds of clinical note that US Core names. */
const noteTypes = {
  consult: ['11488-4', 'Consult note'],
  discharge: ['18842-5', 'Discharge summary'],
  history: ['34117-2', 'History and physical note'],
  procedure: ['28570-0', 'Procedure note'],
  progress: ['11506-3', 'Progress note'],
  imaging: ['18748-4', 'Diagnostic imaging study'],
  laboratory: ['11502-2', 'Laboratory report'],
  pathology: ['11526-1', 'Pathology study'],
} as const satisfies Record<string, readonly [string, string]>

/** One of the eight kinds of note. */
export type NoteType = keyof typeof noteTypes

/** What a document needs to be written. */
export interface DocumentInput {
  /** The part of the ids that follows `demo-document-`. */
  readonly key: string
  readonly person: Person
  readonly day: Day
  readonly minute: Minute
  readonly type: NoteType
  readonly title: string
  readonly text: string
  readonly author: NonNullable<DocumentReference['author']>[number]
  readonly encounter?: Reference<Encounter>
}

/** A document as resources, and as the attachment that reports share with it. */
export interface StoredDocument {
  readonly attachment: Attachment
  readonly resources: readonly [Binary, DocumentReference]
}

/** Writes a document; reports that present the same text use its `attachment`. */
export function document(input: DocumentInput): StoredDocument {
  const bytes = Buffer.from(input.text, 'utf8')
  const data = bytes.toString('base64')
  const binary: Binary = {
    resourceType: 'Binary',
    id: `demo-binary-${input.key}`,
    contentType,
    securityContext: patientReference(input.person),
    data,
  }
  const attachment: Attachment = {
    contentType,
    language: 'en-US',
    data,
    url: `Binary/${binary.id}`,
    size: bytes.length,
    title: input.title,
    creation: instantText(input.day, input.minute),
  }
  return { attachment, resources: [binary, documentReference(input, attachment)] }
}

const contentType = 'text/plain; charset=utf-8'

function documentReference(input: DocumentInput, attachment: Attachment): DocumentReference {
  const [code, display] = noteTypes[input.type]
  const first = input.text.split('\n').find((line) => line.startsWith('Impression') || line.startsWith('Reason')) ?? ''
  return {
    resourceType: 'DocumentReference',
    id: `demo-document-${input.key}`,
    meta: claims('documentreference'),
    text: narrative(
      `<p><b>${escapeHtml(input.title)}</b>, ${dateWords(input.day)}</p>${first && `<p>${escapeHtml(first)}</p>`}`,
    ),
    identifier: [identifier(ownSystem('document'), `LC-D-${input.key}`)],
    status: 'current',
    docStatus: 'final',
    type: concept(loinc, code, display),
    category: [concept(usCoreCodeSystem('us-core-documentreference-category'), 'clinical-note', 'Clinical Note')],
    subject: patientReference(input.person),
    date: instantText(input.day, input.minute),
    author: [input.author],
    custodian: organizationReference('clinic'),
    content: [
      {
        attachment,
        format: coding(
          'http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode',
          'urn:ihe:iti:xds:2017:mimeTypeSufficient',
          'mimeType Sufficient',
        ),
      },
    ],
    context: {
      ...(input.encounter && { encounter: [input.encounter] }),
      period: { start: instantText(input.day, input.minute), end: instantText(input.day, input.minute) },
    },
  }
}
