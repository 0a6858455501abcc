/** Puts the authorization server together. */
import { type Context, latestContext } from '../context.ts'
import { tokenChecks } from './check-token.ts'
import { keySource } from './clients/client-keys.ts'
import { foreignFetch } from './foreign-fetch.ts'
import { signingKeys } from './keys.ts'
import type { People } from './people.ts'
import { type Smart, smartUrls } from './smart.ts'

export function openSmart(context: Context, people: People): Smart {
  const { config, now, sealer } = context
  const { database } = context.store
  let latest = context
  return {
    context: () => {
      latest = latestContext(latest)
      return latest
    },
    people,
    keys: signingKeys({ database, sealer, now }),
    clientKeys: keySource({
      fetch: (address) => foreignFetch(address, { allowedOrigins: config.fetchAllow }),
      now,
    }),
    checks: tokenChecks({ db: database, people, now }),
    urls: smartUrls(config.publicUrl),
  }
}
