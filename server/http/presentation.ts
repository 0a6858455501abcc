/**
 * How a reply is to look: format, `_pretty`, `_summary`, `_elements`. https://hl7.org/fhir/R4/http.html#general
 */
import { OutcomeError } from '../fhir/outcome.ts'
import { parseElements, type SummaryMode } from '../fhir/summary.ts'
import { type Choice, type Format, formatNamed, namesFhir, negotiate } from './content-types.ts'

export interface Presentation {
  readonly format: Format
  /** The value of Content-Type. */
  readonly contentType: string
  readonly pretty: boolean
  /** `count` is answered by searches alone. */
  readonly summary?: SummaryMode | 'count'
  readonly elements?: readonly string[]
  /** The stored JSON can be sent as it is. */
  readonly plain: boolean
  /** A Binary that is read is sent as its content. */
  readonly native: boolean
}

export interface PresentationRequest {
  /** The query string, with the form of a POST search. */
  readonly query: string
  readonly accept: string | undefined
  /** Values that cannot be read are ignored. */
  readonly lenient: boolean
  /** The request is for a Binary, whose content may be asked for in its own type. */
  readonly binary: boolean
}

/** Throws for a format that cannot be sent and for values that cannot be read, unless the client is lenient. */
export function presentationOf({ query, accept, lenient, binary }: PresentationRequest): Presentation {
  const given = mentionsPresentation(query) ? new URLSearchParams(query) : undefined
  const named = given && readFormat(given.get('_format'), lenient)
  const choice = named ?? negotiate(accept) ?? (binary ? negotiate(undefined) : undefined)
  if (!choice) throw new OutcomeError('not-acceptable', { accept: accept ?? '' })
  if (!given && !binary) return plainPresentation(choice)

  const pretty = given ? readChoice(given, '_pretty', ['true', 'false'], lenient) === 'true' : false
  const parts = given ? readParts(given, lenient) : {}
  const whole = !parts.summary && !parts.elements
  return {
    format: choice.format,
    contentType: choice.answer,
    pretty,
    ...parts,
    plain: choice.format === 'json' && !pretty && whole,
    native: binary && !named && whole && !namesFhir(accept),
  }
}

/** What to send an error in when the request's own wishes cannot be read. */
export function fallbackPresentation(accept: string | undefined): Presentation {
  return plainPresentation(negotiate(accept) ?? negotiate(undefined)!)
}

const plainPresentations = new Map<Choice, Presentation>()

function plainPresentation(choice: Choice): Presentation {
  const known = plainPresentations.get(choice)
  if (known) return known
  const plain = choice.format === 'json'
  const made = { format: choice.format, contentType: choice.answer, pretty: false, plain, native: false }
  plainPresentations.set(choice, made)
  return made
}

/** Most requests have no such parameter: then nothing is parsed. A percent sign may hide one. */
function mentionsPresentation(query: string): boolean {
  return query !== '' && /(?:^|&)(?:_(?:format|pretty|summary|elements)|[^=&]*%)/.test(query)
}

function readFormat(value: string | null, lenient: boolean): Choice | undefined {
  if (value === null || value === '') return undefined
  const choice = formatNamed(value)
  if (!choice && !lenient) throw new OutcomeError('not-acceptable', { accept: value })
  return choice
}

const summaries = ['true', 'text', 'data', 'count', 'false'] as const

function readParts(given: URLSearchParams, lenient: boolean): Pick<Presentation, 'summary' | 'elements'> {
  const summary = readChoice(given, '_summary', summaries, lenient)
  const elements = readElements(given.get('_elements'), lenient)
  if (elements && summary && summary !== 'false' && summary !== 'count') {
    if (lenient) return { elements }
    throw new OutcomeError('invalid-search', {
      reason: '_summary and _elements both choose the elements of a resource. Send one of them.',
    })
  }
  return { ...(summary && summary !== 'false' && { summary }), ...(elements && { elements }) }
}

function readChoice<T extends string>(
  given: URLSearchParams,
  name: string,
  choices: readonly T[],
  lenient: boolean,
): T | undefined {
  const value = given.get(name)
  if (value === null || value === '') return undefined
  if ((choices as readonly string[]).includes(value)) return value as T
  if (lenient) return undefined
  const expected = `It takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}.`
  throw new OutcomeError('invalid-search-value', { name, value, type: 'code', expected })
}

function readElements(value: string | null, lenient: boolean): readonly string[] | undefined {
  if (value === null || value === '') return undefined
  try {
    const elements = parseElements(value)
    return elements.length > 0 ? elements : undefined
  } catch (error) {
    if (lenient) return undefined
    throw error
  }
}
