/**
 * Signing out, as an app asks for it. Only an app that shows whom it means does so at once; else the person is asked, for any
 * page can send a browser here. Nor is anybody sent on but to an app that is known, and shows whom it means or was answered. https://openid.net/specs/openid-connect-rpinitiated-1_0.html
 */
import { findClient, type StoredClient } from '../../store/smart/clients.ts'
import { type Handler, parametersOf, type SmartReply, type SmartRequest, withQuery } from '../exchange.ts'
import { ownPage, signInPath, type Visitor } from '../own-pages/own-page.ts'
import { formTarget } from '../pages/form-target.ts'
import { askSignOutPage, signedOutPage } from '../pages/sign-out-page.ts'
import { textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'
import { leave } from './leave.ts'

export const signOutPath = '/auth/logout'

/** What an app wants, as far as it may want it. */
interface Wish {
  /** Whom it means; undefined where it does not show it. */
  readonly subject: string | undefined
  readonly client: StoredClient | undefined
  /** Where the person may go on. */
  readonly next: string | undefined
  /** The browser goes there without a word. */
  readonly goesOn: boolean
}

export function signOutRequest(smart: Smart): Handler {
  return async (request) => {
    const wish = await wishOf(request, smart)
    const secret = request.cookies.get('session')
    const session = secret === undefined ? undefined : await smart.people.session(secret)
    if (!session || secret === undefined) return signedOut([], wish, request)
    const answered = { ...wish, goesOn: wish.next !== undefined && wish.client!.approved }
    const visitor: Visitor = { session, request, texts: textsIn[request.language], smart, accounts: smart.accounts }
    if (wish.subject === session.account.number) return signedOut(await leave(session, secret, smart), wish, request)
    const shown = ownPage(
      smart,
      signOutPath,
      async () => ({
        ...askSignOutPage({ name: session.name, wish: sentAlong(request) }, visitor.texts),
        ...(answered.goesOn && { formTarget: formTarget(wish.next!) }),
      }),
      async (form) => {
        if (form.get('do') !== 'sign-out') return { status: 303, location: signInPath }
        return signedOut(await leave(session, secret, smart), answered, request)
      },
    )
    return shown(request)
  }
}

/** The page after it, or the app's. */
export function signedOut(
  frames: readonly string[],
  { next, client, goesOn }: Pick<Wish, 'next' | 'client' | 'goesOn'>,
  { language, method }: SmartRequest,
): SmartReply {
  // Only a page can load what tells apps of it.
  if (next !== undefined && goesOn && frames.length === 0)
    return { status: method === 'POST' ? 303 : 302, location: next }
  const page = signedOutPage({ frames, next, app: client && appWords(client, next) }, textsIn[language])
  const main = page.main({ action: signInPath, hidden: {} })
  const origins = [...new Set(frames.map((address) => new URL(address).origin))]
  return { status: 200, page: { ...page, main, language, frames: origins } }
}

/** Parameters of an app's request; those of a form that was sent from our own page, too. */
function sentAlong({ query, form }: SmartRequest): Readonly<Record<string, string>> {
  const parameters = new Map([...parametersOf(query), ...parametersOf(form)])
  const names = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state']
  return Object.fromEntries(names.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name)!]] : [])))
}

async function wishOf(request: SmartRequest, smart: Smart): Promise<Wish> {
  const { id_token_hint: hint, client_id: id, post_logout_redirect_uri: after, state } = sentAlong(request)
  const claims = hint === undefined ? undefined : await claimsOf(hint, smart)
  const named = claims?.client ?? id
  const isOne = claims === undefined || id === undefined || id === claims.client
  const client = named === undefined || !isOne ? undefined : await findClient(smart.context().store.database, named)
  const known = client?.metadata['post_logout_redirect_uris']
  const may = after !== undefined && Array.isArray(known) && known.includes(after)
  const subject = isOne ? claims?.subject : undefined
  const next = may ? withQuery(after, { state }) : undefined
  return { subject, client, next, goesOn: subject !== undefined && (client?.approved ?? false) }
}

/** Its name; where nobody knows it, with where it leads, for it chose the name. */
function appWords({ name, approved }: StoredClient, next: string | undefined): string {
  if (approved || next === undefined) return name
  const { host, protocol } = new URL(next)
  return `${name} (${host || protocol})`
}

/** Of an id_token that this server signed, whether it has expired or not. */
async function claimsOf(token: string, { keys, urls }: Smart) {
  const { iss, sub, aud, events } = (await keys.claimsOf(token)) ?? {}
  const isIdToken = iss === urls.issuer && typeof sub === 'string' && typeof aud === 'string' && events === undefined
  return isIdToken ? { subject: sub, client: aud } : undefined
}
