/** From held to released: of a result, of what a report is made of, and of what was said of them. */
import { accessFor, openAccess, requireReleaser, requireType } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { parseReference } from '../../fhir/reference.ts'
import { codesIn, objectsIn, referenceIn } from '../../fhir/results/reading.ts'
import { hasLabel, reviewSystem, withLabel } from '../../fhir/review/labels.ts'
import { findResources } from '../../interactions/find-resources.ts'
import { modifyResource } from '../../interactions/modify.ts'
import { keyOf } from '../../interactions/read.ts'
import { currentVersion } from '../../store/resources.ts'
import { type ResultName, type ReviewedResult, readResult } from './reviewed-result.ts'

/** Releases a result. What a report names and the caller may not change stays as it is. */
export async function releaseResult(result: ReviewedResult, context: Context): Promise<void> {
  requireReleaser(context.access, '$review-results', result.type)
  requireType(context.access, result.type, 'u')
  const parts = await partsOf(result, context)
  for (const one of [result, ...parts]) await setReleased(one, context)
  await releaseComments([result, ...parts], context)
}

async function setReleased({ type, id }: ResultName, context: Context): Promise<void> {
  await modifyResource({ type, id, expected: undefined }, context, (resource) => withLabel(resource, 'released'))
}

/** The held results of which a report is made, where the caller may change them. */
async function partsOf({ resource }: ReviewedResult, context: Context): Promise<readonly ReviewedResult[]> {
  const parts: ReviewedResult[] = []
  for (const one of objectsIn(resource['result'])) {
    const name = parseReference(referenceIn(one) ?? '', context.base)
    if (name.kind !== 'relative' || name.type !== 'Observation') continue
    const access = accessFor(context.access, 'u')
    const stored = await currentVersion(context.store.db, access, name.type, keyOf(context, name.type, name.id))
    if (!stored) continue
    const part = await readResult(name, context)
    if (hasLabel(part.resource, 'held')) parts.push(part)
  }
  return parts
}

/** Comments are held with what they are about; that they are released with it needs no right to change what others said. */
async function releaseComments(released: readonly ReviewedResult[], context: Context): Promise<void> {
  const names = new Set(released.map(({ type, id }) => `${type}/${id}`))
  const own: Context = { ...context, access: openAccess }
  const patients = new Set(released.flatMap(({ resource }) => referenceIn(resource['subject']) ?? []))
  for (const patient of patients) {
    const query = new URLSearchParams({ subject: patient, _security: `${reviewSystem}|held`, _count: '1000' })
    const held = await findResources('Communication', query.toString(), own)
    for (const { json } of held) {
      if (isComment(json) && aboutOf(json).some((name) => names.has(name))) {
        await setReleased({ type: 'Communication', id: String(json['id']) }, own)
      }
    }
  }
}

function isComment({ category }: JsonObject): boolean {
  return objectsIn(category).some((one) =>
    codesIn(one).some(({ system, code }) => system === reviewSystem && code === 'comment'),
  )
}

function aboutOf({ about }: JsonObject): readonly string[] {
  return objectsIn(about).flatMap((one) => referenceIn(one) ?? [])
}
