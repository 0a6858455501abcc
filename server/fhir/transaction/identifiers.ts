/** `identifier=system|value`, by far the most frequent condition: read without the search engine, matched in memory too. */
import { isJsonObject, type JsonObject } from '../json.ts'
import { forms, tokenForms } from '../search/forms.ts'

/**
 * The form under which an identifier is indexed (see `forms`), when `query` asks for one identifier and nothing else.
 * Escaped and alternative values are left to the search engine.
 */
export function identifierForm(query: string): string | undefined {
  const parameters = [...new URLSearchParams(query)]
  const [name, value] = parameters[0] ?? []
  if (parameters.length !== 1 || name !== 'identifier' || !value || /[\\,$]/.test(value)) return undefined
  const bar = value.indexOf('|')
  if (bar < 0) return forms.code(value)
  const [system, code] = [value.slice(0, bar), value.slice(bar + 1)]
  if (code.includes('|')) return undefined
  if (system === '') return code === '' ? undefined : forms.codeWithoutSystem(code)
  return code === '' ? forms.system(system) : forms.systemAndCode(system, code)
}

/** Every form under which the resource's own identifiers can be asked for. */
export function identifierForms(resource: JsonObject): string[] {
  const { identifier } = resource
  const identifiers = Array.isArray(identifier) ? identifier : [identifier ?? null]
  return identifiers.filter(isJsonObject).flatMap(({ system, value }) =>
    tokenForms({
      ...(typeof system === 'string' && { system }),
      ...(typeof value === 'string' && { code: value }),
      exact: true,
    }),
  )
}
