/** Of what a person is part, as far as consents speak of it: who is named together with others is meant, too. */
import { openAccess } from '../../access/access.ts'
import type { Caller } from '../../access/caller.ts'
import { actorsOfTypes, type StoredConsent } from '../../access/consent.ts'
import { objects } from '../../access/provision.ts'
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseStored } from '../../fhir/json.ts'
import { parseReference } from '../../fhir/reference.ts'
import { targetConstant } from '../../fhir/search/indexing/references.ts'
import { contentsByKey, contentsWithTerm } from '../../store/search.ts'

const together: ReadonlySet<string> = new Set(['CareTeam', 'Organization', 'PractitionerRole'])

const mostRoles = 1000
/** Organizations are part of others, and those of others. */
const mostLevels = 10

/**
 * References to the person's roles, to the organizations of these and those that they are part of, and to the care teams of
 * any of them that consents name. The server looks for itself: what a person may see of these changes nothing.
 */
export async function membershipsOf(
  caller: Caller,
  consents: readonly StoredConsent[],
  context: Context,
): Promise<readonly string[]> {
  const person = caller.account?.fhirUser
  const named = actorsOfTypes(consents, together, context.base)
  if (person === undefined || named.length === 0) return []
  const roles = await rolesOf(person, context)
  const names = new Set([
    ...roles.map(({ id }) => `PractitionerRole/${String(id)}`),
    ...(await withWholes(
      roles.flatMap(({ organization }) => referenceIn(organization, context)),
      context,
    )),
  ])
  const teams = await contentsOf(
    named.filter((name) => name.startsWith('CareTeam/')),
    context,
  )
  // A team may be part of another.
  for (let before = -1; before < names.size; ) {
    before = names.size
    for (const { id, participant } of teams) {
      const members = objects(participant).flatMap(({ member }) => referenceIn(member, context))
      if (members.some((member) => member === person || names.has(member))) names.add(`CareTeam/${String(id)}`)
    }
  }
  return [...names]
}

async function rolesOf(person: string, { store, indexes }: Context): Promise<readonly JsonObject[]> {
  const [type, id] = person.split('/')
  if (type !== 'Practitioner' || id === undefined) return []
  const paths = indexes.index('PractitionerRole').standard.get('practitioner')!.paths
  const key = indexes.terms.key(type, id)
  const terms = paths.map((path) => BigInt.asIntN(64, key ^ targetConstant(path, type, indexes.terms)))
  const contents = await Promise.all(
    terms.map((term) => contentsWithTerm(store.database, openAccess, 'PractitionerRole', term, mostRoles)),
  )
  return contents
    .flat()
    .map(parseStored)
    .filter(({ active }) => active !== false)
}

/** Whoever works for a department works for the hospital. */
async function withWholes(organizations: readonly string[], context: Context): Promise<readonly string[]> {
  const all = new Set(organizations)
  let next: readonly string[] = [...all]
  for (let level = 0; next.length > 0 && level < mostLevels; level++) {
    const contents = await contentsOf(next, context)
    next = contents.flatMap(({ partOf }) => referenceIn(partOf, context)).filter((name) => !all.has(name))
    for (const name of next) all.add(name)
  }
  return [...all]
}

async function contentsOf(references: readonly string[], { store, indexes }: Context): Promise<readonly JsonObject[]> {
  const resources = [...new Set(references)].map((reference) => {
    const [type, id] = reference.split('/') as [string, string]
    return { type, key: indexes.terms.key(type, id) }
  })
  const contents = await contentsByKey(store.database, openAccess, resources)
  return [...contents.values()].map(parseStored)
}

function referenceIn(value: JsonValue | undefined, { base }: Context): readonly string[] {
  const text = isJsonObject(value) ? value['reference'] : undefined
  const parsed = typeof text === 'string' ? parseReference(text, base) : undefined
  return parsed?.kind === 'relative' ? [`${parsed.type}/${parsed.id}`] : []
}
