/** What a profile says can be meant, and does not contradict its base. https://hl7.org/fhir/R4/structuredefinition.html */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { ElementNode, Profile } from '../profile/element-tree.ts'
import { objects, text, texts } from '../profile/element-tree.ts'
import { nodesAt, parsePath } from '../profile/paths.ts'
import { equals, shown, stated } from '../profile/values.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, leave, tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

/** The differential's elements, one by one. */
export const checkStructureDefinition: ResourceRule = (visit, structure) => {
  const base = visit.tools.profiles.find(text(structure['baseDefinition']))
  if (!base || structure['derivation'] !== 'constraint') return
  const differential = structure['differential']
  if (!isJsonObject(differential)) return
  enter(visit, 'differential')
  objects(differential['element']).forEach((element, index) => {
    enter(visit, 'element', index)
    const node = elementMeant(base, element)
    if (node) checkAgainstBase(visit, element, node, base)
    checkTypes(visit, element)
    leave(visit, index)
  })
  leave(visit)
}

/**
 * The base's element, or the slice that its id names. A slice that the base does not have is what it slices; what is below
 * that is nothing of another slice. Elements without an id break sdf-14.
 */
function elementMeant({ root }: Profile, { id }: JsonObject): ElementNode | undefined {
  const [first, ...steps] = text(id).split('.')
  let node: ElementNode | undefined = first === root.path ? root : undefined
  for (const step of steps) {
    const [name, slice] = step.replace('[x]', '').split(':') as [string, string?]
    node = node?.children.get(name)
    node = (slice === undefined ? undefined : sliceNamed(node, slice)) ?? node
  }
  return node
}

/** Slices of slices (`a/b`) are in the slice's own list. */
function sliceNamed(node: ElementNode | undefined, name: string): ElementNode | undefined {
  for (const slice of node?.slices ?? []) {
    if (slice.sliceName === name) return slice
    if (name.startsWith(`${slice.sliceName}/`)) return sliceNamed(slice, name) ?? slice
  }
  return undefined
}

function complain(visit: Visit, reason: string, rule: string, ...place: (string | number)[]): void {
  tell(visit, 'rule-violated', { reason }, { rule }, ...place)
}

function checkAgainstBase(visit: Visit, element: JsonObject, node: ElementNode, base: Profile): void {
  const fixed = stated(element, 'fixed')
  const baseFixed = stated(node.definition, 'fixed')
  if (fixed !== undefined && baseFixed !== undefined && !equals(fixed, baseFixed)) {
    complain(visit, `The fixed value must be that of ${base.url}: ${shown(baseFixed)}.`, 'fixed')
  }
  const max = element['max'] === '*' ? Infinity : Number(element['max'] ?? node.max)
  const narrows = text(element['sliceName']) === ''
  if (narrows && typeof element['min'] === 'number' && element['min'] < node.min) {
    complain(visit, `The base needs at least ${node.min}.`, 'min', 'min')
  }
  if (max > node.max) complain(visit, `The base allows at most ${node.max}.`, 'max', 'max')
  checkSlicing(visit, element, node, base)
}

/** https://hl7.org/fhir/R4/profiling.html#discriminator */
function checkSlicing(visit: Visit, { slicing }: JsonObject, node: ElementNode, profile: Profile): void {
  if (!isJsonObject(slicing)) return
  const own = objects(slicing['discriminator'])
  const declared = node.slicing?.discriminators ?? []
  if (
    declared.length > 0 &&
    own.length > 0 &&
    !declared.every((one) => own.some((other) => other['path'] === one.path))
  ) {
    complain(
      visit,
      `The base slices this element by ${declared.map(({ path }) => path).join(', ')}: keep that.`,
      'slicing',
      'slicing',
    )
  }
  own.forEach((discriminator, index) => {
    const path = text(discriminator['path'])
    const steps = parsePath(path)
    // What a target has depends on the target.
    if (path === '' || steps?.some(({ kind }) => kind !== 'member')) return
    if (steps && nodesAt(visit.tools.profiles, { node, profile }, steps).length > 0) return
    const reason = `The path '${path}' leads to no element of '${node.path}'.`
    complain(visit, reason, 'discriminator', 'slicing', 'discriminator', index)
  })
}

/** A profile on a type is one of that type. */
function checkTypes(visit: Visit, element: JsonObject): void {
  objects(element['type']).forEach((type, index) => {
    const code = text(type['code'])
    for (const canonical of texts(type['profile'])) {
      const profile = visit.tools.profiles.find(canonical)
      const actual = text(profile?.resource['type'])
      if (!profile || actual === '' || isKindOf(visit, actual, code)) continue
      complain(
        visit,
        `${canonical} is a profile of ${actual}, not of ${code}.`,
        'type-profile',
        'type',
        index,
        'profile',
      )
    }
  })
}

function isKindOf(visit: Visit, type: string, ancestor: string): boolean {
  if (type === ancestor || ancestor === 'BackboneElement' || ancestor === 'Element') return true
  const base = visit.tools.definitions.types.get(type)?.base
  // Quantity's own specializations are profiles of it in all but name.
  return base !== undefined && base !== 'Quantity' && isKindOf(visit, base, ancestor)
}
