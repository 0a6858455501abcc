/** Puts the authorization server together. */
import { type Context, latestContext } from '../context.ts'
import { isMailAddress } from '../notices/address.ts'
import { openNotices } from '../notices/open-notices.ts'
import { revokeGrantsOf } from '../store/smart/grants.ts'
import { accountAudit } from './accounts/account-audit.ts'
import { accountDoor } from './accounts/door.ts'
import { openAccounts, tidyAccounts } from './accounts/open-accounts.ts'
import { storedPeople } from './accounts/stored-people.ts'
import { tellOfAttempts } from './accounts/tell-of-attempts.ts'
import { type TokenChecks, tokenChecks } from './check-token.ts'
import { keySource } from './clients/client-keys.ts'
import { foreignFetch } from './foreign-fetch.ts'
import { signingKeys } from './keys.ts'
import { externalLogin, type Login } from './login.ts'
import { externalPath } from './own-pages/external.ts'
import type { People } from './people.ts'
import { type Smart, smartUrls } from './smart.ts'

/** `given` are those who may sign in; those who have accounts where it is absent. */
export function openSmart(context: Context, given?: People): Smart {
  const { config, now, sealer, background } = context
  const { database } = context.store
  let latest = context
  const current = () => {
    latest = latestContext(latest)
    return latest
  }
  const audit = accountAudit(current)
  const notices = openNotices(config, { database, sealer, now, background })
  const onAttempts = (account: string) =>
    background.start(`mail of attempts ${account}`, () => tellOfAttempts(accounts, account))
  const people = given ?? storedPeople({ database, sealer, now, audit, onAttempts })
  const checks: TokenChecks = tokenChecks({ db: database, people, now })
  const accounts = openAccounts({
    context: current,
    notify: notices.notify,
    isAddress: isMailAddress,
    audit,
    revokeGrants: async (db, account) => {
      await revokeGrantsOf(db, { account }, now())
      checks.forget()
    },
    name: config.practiceName,
  })
  return {
    context: current,
    people,
    accounts,
    notices,
    door: accountDoor(accounts, config.practiceName, checks.forget),
    keys: signingKeys({ database, sealer, now }),
    clientKeys: keySource({
      fetch: (address) => foreignFetch(address, { allowedOrigins: config.fetchAllow }),
      now,
    }),
    checks,
    login: loginOf(context),
    urls: smartUrls(config.publicUrl),
    tidy: () => tidyAccounts({ database, now }),
    close: notices.close,
  }
}

function loginOf({ config, sealer, now }: Context): Login | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret, publicUrl } = config
  if (issuer === undefined || clientId === undefined) return undefined
  const redirectUri = `${publicUrl}${externalPath}`
  const mapping = { roleClaim: config.oidcRoleClaim, roles: config.oidcRoles }
  const settings = { issuer, clientId, redirectUri, ...mapping, ...(clientSecret !== undefined && { clientSecret }) }
  return externalLogin(settings, { sealer, now })
}
