/** The codes that a value set lists and that a code system puts above or below a code. */
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

export interface ListedCode {
  readonly system?: string
  readonly code: string
}

/** Finds a ValueSet or CodeSystem by canonical url; undefined where it is unknown. */
export type FindCanonical = (type: 'ValueSet' | 'CodeSystem', url: string) => Promise<JsonObject | undefined>

const deepest = 10

/** The codes of a value set whose compose enumerates them; undefined where a part is unknown or is defined by filters. */
export async function valueSetCodes(
  valueSet: JsonObject,
  find: FindCanonical,
  depth = 0,
): Promise<readonly ListedCode[] | undefined> {
  if (depth > deepest) return undefined
  const compose = valueSet['compose']
  if (!isJsonObject(compose)) return undefined
  const included = await partCodes(compose['include'], find, depth)
  const excluded = await partCodes(compose['exclude'], find, depth)
  if (!included || !excluded) return undefined
  const gone = new Set(excluded.map(keyOf))
  return included.filter((code) => !gone.has(keyOf(code)))
}

function keyOf({ system, code }: ListedCode): string {
  return `${system ?? ''}|${code}`
}

async function partCodes(parts: JsonValue | undefined, find: FindCanonical, depth: number) {
  const all: ListedCode[] = []
  for (const part of Array.isArray(parts) ? parts.filter(isJsonObject) : []) {
    const codes = await includeCodes(part, find, depth)
    if (!codes) return undefined
    all.push(...codes)
  }
  return all
}

async function includeCodes(part: JsonObject, find: FindCanonical, depth: number): Promise<ListedCode[] | undefined> {
  if (part['filter'] !== undefined) return undefined
  const system = typeof part['system'] === 'string' ? part['system'] : undefined
  let codes: ListedCode[] | undefined
  if (Array.isArray(part['concept'])) codes = conceptCodes(part['concept'], system)
  else if (system !== undefined) {
    const codeSystem = await find('CodeSystem', system)
    if (!Array.isArray(codeSystem?.['concept'])) return undefined
    codes = allConcepts(codeSystem['concept'], system)
  }
  for (const url of Array.isArray(part['valueSet']) ? part['valueSet'] : []) {
    const inner = await find('ValueSet', String(url).split('|')[0]!)
    const listed = inner && (await valueSetCodes(inner, find, depth + 1))
    if (!listed) return undefined
    const keys = new Set(listed.map(keyOf))
    // Several value sets, or a system beside them: what is in all of them.
    codes = codes ? codes.filter((code) => keys.has(keyOf(code))) : [...listed]
  }
  return codes ?? []
}

function conceptCodes(concepts: readonly JsonValue[], system: string | undefined): ListedCode[] {
  return concepts.filter(isJsonObject).map((concept) => ({ ...(system && { system }), code: String(concept['code']) }))
}

function allConcepts(concepts: readonly JsonValue[], system: string): ListedCode[] {
  return concepts
    .filter(isJsonObject)
    .flatMap((concept) => [
      { system, code: String(concept['code']) },
      ...(Array.isArray(concept['concept']) ? allConcepts(concept['concept'], system) : []),
    ])
}

/** The code itself with those below it, or with those above it; undefined where the system does not have it. */
export function relatedCodes(
  codeSystem: JsonObject,
  code: string,
  direction: 'below' | 'above',
): ListedCode[] | undefined {
  const system = String(codeSystem['url'])
  const trail = trailTo(codeSystem['concept'], code)
  if (!trail) return undefined
  if (direction === 'above') return trail.map((concept) => ({ system, code: String(concept['code']) }))
  return allConcepts([trail.at(-1)!], system)
}

/** The concepts from the top down to the one with the code. */
function trailTo(concepts: JsonValue | undefined, code: string): JsonObject[] | undefined {
  for (const concept of Array.isArray(concepts) ? concepts.filter(isJsonObject) : []) {
    if (concept['code'] === code) return [concept]
    const below = trailTo(concept['concept'], code)
    if (below) return [concept, ...below]
  }
  return undefined
}
