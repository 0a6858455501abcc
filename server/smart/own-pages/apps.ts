/** Apps with access to my record: what they may do, since when, and an end to it. */
import { parseScopes } from '../../access/scope.ts'
import { grantedApps, revokeGrant } from '../../store/smart/grants.ts'
import { readPatient } from '../authorize/patients.ts'
import type { Handler } from '../exchange.ts'
import { type ConnectedApp, connectedAppsPage } from '../pages/connected-apps-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { recordTypesOf } from '../pages/record-types.ts'
import { dateInWords, nameOf } from '../pages/resource-words.ts'
import { scopeChoices } from '../pages/scope-choices.ts'
import type { Smart } from '../smart.ts'
import { ownPage, type Visitor } from './own-page.ts'

export const appsPath = '/auth/apps'

export function connectedApps(smart: Smart): Handler {
  return ownPage(smart, appsPath, (visitor) => page(visitor), stop)
}

/** All that an app got from this person, not only what it was given last. */
async function stop(form: URLSearchParams, visitor: Visitor): Promise<PersonPage> {
  const { session, smart, accounts } = visitor
  const { store, now } = smart.context()
  const { number } = session.account
  const apps = await grantedApps(store.database, number, now())
  const stopped = apps.find((app) => app.number === form.get('stop'))
  if (stopped) {
    smart.checks.forget()
    for (const app of apps) {
      const isSame = app.client === stopped.client && app.patient === stopped.patient
      if (isSame) await revokeGrant(store.database, app.number, now())
    }
    await accounts.audit(store.database, {
      ...{ kind: 'consent-withdrawn', account: number, client: stopped.client, detail: stopped.name },
      ...(stopped.patient !== null && { patient: stopped.patient }),
    })
    smart.checks.forget()
  }
  return page(visitor, stopped?.name)
}

async function page(visitor: Visitor, stopped?: string): Promise<PersonPage> {
  const { session, smart, texts } = visitor
  const { store, now } = smart.context()
  const granted = await grantedApps(store.database, session.account.number, now())
  // One entry for an app and a patient: the one that was used last.
  const newest = [...new Map(granted.toReversed().map((app) => [`${app.client} ${app.patient}`, app])).values()]
  const apps = await Promise.all(newest.toReversed().map((app) => appOf(app, visitor)))
  return connectedAppsPage({ apps, stopped }, texts)
}

async function appOf(
  { number, name, scopes, patient, since, used }: Awaited<ReturnType<typeof grantedApps>>[number],
  { session, smart, request: { language }, texts }: Visitor,
): Promise<ConnectedApp> {
  const context = smart.context()
  const record = patient === null ? undefined : await readPatient(session.account, patient, context)
  const choices = scopeChoices(parseScopes(scopes).scopes, recordTypesOf(context.definitions), language, texts)
  return {
    grant: number,
    name,
    patient: record && nameOf(record, texts),
    since: dayInWords(since),
    used: dayInWords(used),
    may: choices.map(({ words, verbs }) => `${words}: ${verbs}`),
  }

  function dayInWords(time: number): string {
    return dateInWords(new Date(time).toISOString(), language)
  }
}
