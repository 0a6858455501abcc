/** Requests in the name of a caller, as if a token had been checked. */
import type { FastifyInstance } from 'fastify'
import type { Access } from '../../server/access/access.ts'
import type { Caller, CallerAccount } from '../../server/access/caller.ts'
import { createApp } from '../../server/app.ts'
import { accessOf } from '../../server/interactions/access/caller-access.ts'
import { payloadOf, type TestServer, testReply } from './test-server.ts'

export interface Granted {
  readonly fhir: TestServer['fhir']
  /** The access as of now. */
  access(): Promise<Access>
  close(): Promise<void>
}

let callers = 0

/** A caller with scopes as a text. */
export function callerWith(scopes: string, more: Partial<Omit<Caller, 'scopes'>> = {}): Caller {
  callers++
  return { client: 'test-client', grant: String(callers), ...more, scopes: scopes.split(' ') }
}

/** A patient's account, with the patients for whom it may act. */
export function patientAccount(...patients: readonly string[]): CallerAccount {
  return { number: '1', roles: ['patient'], fhirUser: `Patient/${patients[0]}`, patients }
}

/** An account of the staff. */
export function staffAccount(role: string, fhirUser?: string): CallerAccount {
  return { number: '2', roles: [role], patients: [], ...(fhirUser !== undefined && { fhirUser }) }
}

/** An app on the same database that takes every request for one of the caller. */
export function granted(server: TestServer, caller: Caller): Granted {
  const apps = new Map<Access, FastifyInstance>()
  const access = () => accessOf(caller, server.context)
  const appNow = async () => {
    const now = await access()
    const app = apps.get(now) ?? (await createApp({ ...server.context, access: now }))
    apps.set(now, app)
    return app
  }
  return {
    access,
    fhir: async (method, path, body, headers) => {
      const app = await appNow()
      const response = await app.inject({
        method: method as 'GET',
        url: `/fhir${path === '' || path.startsWith('?') ? path : `/${path.replace(/^\//, '')}`}`,
        headers: { ...(body !== undefined && { 'content-type': 'application/fhir+json' }), ...headers },
        ...(body !== undefined && { payload: payloadOf(body) }),
      })
      return testReply(response.statusCode, response.headers, response.rawPayload)
    },
    close: async () => {
      for (const app of apps.values()) await app.close()
    },
  }
}
