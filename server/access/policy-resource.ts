/**
 * Policies of roles as resources, for administrators to change: a Basic with one extension that has the members of a policy
 * file. profiles/structure-definitions/role-policy.json describes it.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../fhir/json.ts'
import { forms } from '../fhir/search/forms.ts'
import type { AccessIndex } from './compartment-terms.ts'
import { PolicyError } from './policy.ts'

export const rolePolicySystem = 'urn:candela:basic'
export const rolePolicyCode = 'role-policy'
export const rolePolicyExtension = 'urn:candela:extension:role-policy'

/** The role that nobody changes: whoever may change roles could lose that with it. */
export const fixedRole = 'admin'

/** How a member of a policy, or of one of its rules, is an extension inside the extension. */
interface Part {
  readonly member: string
  readonly url: string
  readonly value: 'valueBoolean' | 'valueCode' | 'valueString' | 'extension'
  readonly many?: true
  /** Those of an extension. */
  readonly parts?: readonly Part[]
}

const ruleParts: readonly Part[] = [
  { member: 'types', url: 'type', value: 'valueCode', many: true },
  { member: 'interactions', url: 'interactions', value: 'valueCode' },
  { member: 'rows', url: 'rows', value: 'valueCode' },
  { member: 'criteria', url: 'criteria', value: 'valueString' },
  { member: 'hidden', url: 'hidden', value: 'valueString', many: true },
]

const policyParts: readonly Part[] = [
  { member: 'role', url: 'role', value: 'valueCode' },
  { member: 'about', url: 'about', value: 'valueString' },
  { member: 'labels', url: 'label', value: 'valueCode', many: true },
  { member: 'administers', url: 'administers', value: 'valueBoolean' },
  { member: 'breaksGlass', url: 'breaksGlass', value: 'valueBoolean' },
  { member: 'explains', url: 'explains', value: 'valueBoolean' },
  { member: 'invites', url: 'invites', value: 'valueBoolean' },
  { member: 'releases', url: 'releases', value: 'valueBoolean' },
  { member: 'rules', url: 'rule', value: 'extension', many: true, parts: ruleParts },
]

/** What Basics that say so are found by. */
export function rolePolicyTerms({ indexes }: Pick<AccessIndex, 'indexes'>): bigint[] {
  const paths = indexes.index('Basic').standard.get('code')?.paths ?? []
  return paths.map(({ tweak }) => indexes.terms.term(tweak, forms.systemAndCode(rolePolicySystem, rolePolicyCode)))
}

/** The id of the resource that says what a role may do: there is one for each. */
export function rolePolicyId(role: string): string {
  return `role-policy-${role}`
}

/** The same as a policy file says it. */
export function basicOfPolicy(policy: JsonObject): JsonObject {
  return {
    resourceType: 'Basic',
    id: rolePolicyId(String(policy['role'])),
    extension: [{ url: rolePolicyExtension, extension: extensionsOf(policy, policyParts) }],
    code: { coding: [{ system: rolePolicySystem, code: rolePolicyCode }] },
  }
}

function extensionsOf(object: JsonObject, parts: readonly Part[]): JsonObject[] {
  return parts.flatMap(({ member, url, value, many, parts: inner }) => {
    const given = object[member]
    const values = given === undefined ? [] : many ? (given as JsonValue[]) : [given]
    return values.map((one) => ({ url, [value]: inner ? extensionsOf(one as JsonObject, inner) : one }))
  })
}

/** Whether a resource says what a role may do. */
export function isRolePolicy(resource: JsonObject): boolean {
  const { resourceType, code } = resource
  const codings = isJsonObject(code) && Array.isArray(code['coding']) ? code['coding'] : []
  const isCoding = (coding: JsonValue) =>
    isJsonObject(coding) && coding['system'] === rolePolicySystem && coding['code'] === rolePolicyCode
  return resourceType === 'Basic' && codings.some(isCoding)
}

/** What a Basic says, as a policy file would; throws `PolicyError` for what cannot be meant. */
export function policyOfBasic(resource: JsonObject): JsonObject {
  const extensions = Array.isArray(resource['extension']) ? resource['extension'] : []
  const found = extensions.filter((one) => isJsonObject(one) && one['url'] === rolePolicyExtension)
  const [extension] = found
  if (found.length !== 1 || !isJsonObject(extension)) {
    throw new PolicyError(`A Basic with the code '${rolePolicyCode}' has one extension '${rolePolicyExtension}'.`)
  }
  const policy: JsonObject = { rules: [], ...membersOf(extension['extension'], policyParts) }
  const role = String(policy['role'])
  if (resource['id'] !== rolePolicyId(role)) {
    throw new PolicyError(`What '${role}' may do is said by Basic/${rolePolicyId(role)}.`)
  }
  if (role === fixedRole)
    throw new PolicyError(`What '${fixedRole}' may do is fixed: somebody must be able to change the rest.`)
  return policy
}

function membersOf(extensions: JsonValue | undefined, parts: readonly Part[]): JsonObject {
  const given = Array.isArray(extensions) ? extensions.filter(isJsonObject) : []
  const stranger = given.find(({ url }) => parts.every((part) => part.url !== url))
  if (stranger) {
    const known = parts.map(({ url }) => url).join(', ')
    throw new PolicyError(`There is no extension '${String(stranger['url'])}' in it; there are ${known}.`)
  }
  return Object.fromEntries(
    parts.flatMap(({ member, url, value, many, parts: inner }): [string, JsonValue][] => {
      const values = given.filter((one) => one['url'] === url).map((one) => extensionValue(one, value, url))
      if (values.length > 1 && !many) throw new PolicyError(`'${url}' is said more than once.`)
      const meant = inner ? values.map((one) => membersOf(one, inner)) : values
      return meant.length === 0 ? [] : [[member, many ? meant : meant[0]!]]
    }),
  )
}

function extensionValue(extension: JsonObject, value: Part['value'], url: string): JsonValue {
  const given = extension[value]
  if (given === undefined) throw new PolicyError(`The extension '${url}' needs ${value}.`)
  return given
}
