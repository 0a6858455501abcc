/**
 * What a scope allows, by the words of SMART App Launch 2.2 alone: each scope is the set of the requests that it allows,
 * out of a small world that has one resource of each kind. https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */
export interface AppRequest {
  readonly context: string
  readonly type: string
  readonly interaction: 'c' | 'r' | 'u' | 'd' | 's'
  readonly row: Readonly<Record<string, readonly string[]>>
}

/** Every subset of three categories, and of two statuses one or none. */
const rows = ['', 'a', 'b', 'c', 'ab', 'ac', 'bc', 'abc'].flatMap((categories) =>
  [[], ['final'], ['draft']].map((status) => ({ category: [...categories], status })),
)

export const allRequests: readonly AppRequest[] = ['patient', 'user', 'system'].flatMap((context) =>
  ['Patient', 'Observation', 'Goal', 'Coverage'].flatMap((type) =>
    (['c', 'r', 'u', 'd', 's'] as const).flatMap((interaction) =>
      rows.map((row) => ({ context, type, interaction, row })),
    ),
  ),
)

const places = new Map(allRequests.map((request, i) => [request, i]))
const meanings = new Map<string, readonly boolean[]>()

/** The requests that a scope allows, by their places in `allRequests`. */
export function meaningOf(text: string): readonly boolean[] {
  const known = meanings.get(text) ?? allRequests.map((request) => decide(text, request))
  meanings.set(text, known)
  return known
}

/** Whether a scope allows a request. */
export function allows(text: string, request: AppRequest): boolean {
  return meaningOf(text)[places.get(request)!]!
}

/** Whether one of several scopes does. */
export function allowsList(texts: readonly string[], request: AppRequest): boolean {
  return texts.some((text) => allows(text, request))
}

function decide(text: string, { context, type, interaction, row }: AppRequest): boolean {
  const slash = text.indexOf('/')
  const dot = text.indexOf('.')
  if (dot < 0 || text.slice(0, slash) !== context) return false
  const named = text.slice(slash + 1, dot)
  const [permission, query] = text.slice(dot + 1).split('?') as [string, string?]
  const isNamed = named === '*' || named === type
  return isNamed && permits(permission, interaction) && (query ?? '').split('&').every((pair) => matches(pair, row))
}

function permits(permission: string, interaction: AppRequest['interaction']): boolean {
  switch (permission) {
    case 'read':
      return interaction === 'r' || interaction === 's'
    case 'write':
      return interaction === 'c' || interaction === 'u' || interaction === 'd'
    case '*':
      return true
    default:
      return [...permission].includes(interaction)
  }
}

/** A search finds the row by this parameter. */
function matches(pair: string, row: AppRequest['row']): boolean {
  if (pair === '') return true
  const [name, values] = pair.split('=') as [string, string]
  return values.split(',').some((value) => row[name]!.includes(value))
}
