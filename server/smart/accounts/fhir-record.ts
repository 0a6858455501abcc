/** The resources that accounts make and read: through the same door as those of everybody else. */
import { openAccess } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'

export interface FhirRecord {
  /** Stores a resource and answers `Task/1`. With an identifier that was stored before, it is that one. */
  add(resource: JsonObject, identifier: { readonly system: string; readonly value: string }): Promise<string>
  /** Undefined where there is none. */
  read(reference: string): Promise<JsonObject | undefined>
  /** Stores what `change` makes of the resource; false where there is none. */
  change(reference: string, change: (resource: JsonObject) => JsonObject): Promise<boolean>
}

const attempts = 5

/** What is done here was decided by the server: no caller's access limits it. */
export function fhirRecord(current: () => Context): FhirRecord {
  const open = (): Context => ({ ...current(), access: openAccess })

  async function versioned(reference: string): Promise<{ resource: JsonObject; version: number } | undefined> {
    try {
      const context = open()
      const path = reference.split('/')
      const reply = await context.dispatch({ method: 'GET', path, query: '', headers: {} }, context)
      return { resource: parseStored(reply.content!), version: reply.version! }
    } catch (error) {
      if (statusOf(error) === 404 || statusOf(error) === 410) return undefined
      throw error
    }
  }

  async function changeOnce(reference: string, change: (resource: JsonObject) => JsonObject): Promise<boolean> {
    const found = await versioned(reference)
    if (!found) return false
    const context = open()
    const headers = { ifMatch: `W/"${found.version}"` }
    const body = change(found.resource)
    await context.dispatch({ method: 'PUT', path: reference.split('/'), query: '', headers, body }, context)
    return true
  }

  return {
    add: async (resource, { system, value }) => {
      const context = open()
      const type = resource['resourceType'] as string
      const body = { ...resource, identifier: [{ system, value }] }
      const headers = { ifNoneExist: `identifier=${encodeURIComponent(`${escaped(system)}|${escaped(value)}`)}` }
      const reply = await context.dispatch({ method: 'POST', path: [type], query: '', headers, body }, context)
      return reply.location!.split('/').slice(0, 2).join('/')
    },
    read: async (reference) => (await versioned(reference))?.resource,
    change: async (reference, change) => {
      for (let left = attempts; ; left--) {
        try {
          return await changeOnce(reference, change)
        } catch (error) {
          // Somebody else changed it meanwhile.
          if (statusOf(error) !== 412 || left === 1) throw error
        }
      }
    },
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof OutcomeError ? error.status : undefined
}

/** https://hl7.org/fhir/R4/search.html#escaping */
function escaped(text: string): string {
  return text.replace(/[\\|,$]/g, '\\$&')
}
