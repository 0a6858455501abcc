/** Handles with which an app is launched from inside. https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html */
import type { Context } from '../context.ts'
import type { JsonObject, JsonValue } from '../fhir/json.ts'
import { newToken, secretHash } from '../store/accounts/codes.ts'
import { addLaunch, type Launch } from '../store/smart/launches.ts'

/** Milliseconds in which the app must begin. */
const lifetime = 600_000

export interface LaunchHandle {
  readonly handle: string
  /** Milliseconds. */
  readonly expires: number
  /** What to open, where it is known from where the app is launched. */
  readonly url: string | undefined
}

/** `address`: the launch URL of the client's registration. */
export async function launchApp(
  launch: Omit<Launch, 'context'> & { readonly context?: JsonObject },
  address: JsonValue | undefined,
  { store, now, base }: Context,
): Promise<LaunchHandle> {
  const handle = newToken()
  const created = now()
  const expires = created + lifetime
  await addLaunch(store.database, { context: {}, ...launch, hash: secretHash(handle), created, expires })
  return { handle, expires, url: launchUrl(address, base, handle) }
}

function launchUrl(address: JsonValue | undefined, base: string, handle: string): string | undefined {
  if (typeof address !== 'string') return undefined
  const url = new URL(address)
  url.searchParams.set('iss', base)
  url.searchParams.set('launch', handle)
  return url.href
}
