/** The codes of the base specification's own value sets, for elements that are bound to them. */
import { readBundle } from '../../../server/packages.ts'

interface Concept {
  readonly code: string
  readonly concept?: readonly Concept[]
}

interface Terminology {
  readonly resourceType: string
  readonly url: string
  readonly concept?: readonly Concept[]
  readonly compose?: { include: { system?: string; concept?: Concept[]; filter?: unknown; valueSet?: string[] }[] }
}

/** Reads the published code systems and value sets; a value set whose codes are not listed there has none. */
export function readRequiredCodes(): (valueSet: string) => readonly string[] | undefined {
  const all = readBundle('valuesets.json') as unknown as Terminology[]
  const byUrl = new Map(all.map((resource) => [`${resource.resourceType} ${resource.url}`, resource]))
  return (url) => elsewhere[url] ?? listed(byUrl, url)
}

/** Value sets over codes that others publish. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'http://hl7.org/fhir/ValueSet/mimetypes': ['text/plain', 'application/pdf'],
  'http://hl7.org/fhir/ValueSet/currencies': ['EUR', 'USD'],
  'http://hl7.org/fhir/ValueSet/all-languages': ['en', 'fr-CH'],
}

function listed(byUrl: ReadonlyMap<string, Terminology>, url: string): readonly string[] | undefined {
  const includes = byUrl.get(`ValueSet ${url}`)?.compose?.include
  if (!includes || includes.some((include) => include.filter || include.valueSet)) return undefined
  return includes.flatMap(({ system, concept }) => {
    const concepts = concept ?? byUrl.get(`CodeSystem ${system}`)?.concept ?? []
    return concepts.flatMap(codes)
  })
}

function codes({ code, concept = [] }: Concept): string[] {
  return [code, ...concept.flatMap(codes)]
}
