/** Pages with a form for people who are not signed in: nobody else's page can send it for them. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { newToken } from '../../store/accounts/codes.ts'
import { type Accounts, placed } from '../accounts/open-accounts.ts'
import { networkOf } from '../accounts/sign-in-delay.ts'
import type { Handler, SmartReply, SmartRequest } from '../exchange.ts'
import { withFormRefused } from '../pages/not-ours.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { type Texts, textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'

export interface Guest {
  readonly request: SmartRequest
  /** Of the page's own address, which its form is sent to, too. */
  readonly query: URLSearchParams
  readonly texts: Texts
  readonly smart: Smart
  readonly accounts: Accounts
  /** Where it is asked from, as rates are counted. */
  readonly network: string
}

type Shown = PersonPage | SmartReply

/** A page at `path`, with parameters that stay in its address. */
export function openPage(
  smart: Smart,
  path: string,
  show: (guest: Guest) => Shown | Promise<Shown>,
  act: (form: URLSearchParams, guest: Guest) => Promise<Shown>,
): Handler {
  return async (request) => {
    const guest = guestOf(request, smart)
    const form = new URLSearchParams(request.form)
    const isSent = request.method === 'POST'
    if (isSent && isFromUs(form, guest)) return drawn(await act(form, guest), path, guest)
    const shown = await show(guest)
    return drawn(isSent && 'main' in shown ? withFormRefused(shown, guest.texts) : shown, path, guest)
  }
}

export function guestOf(request: SmartRequest, smart: Smart): Guest {
  return {
    request,
    query: new URLSearchParams(request.query),
    texts: textsIn[request.language],
    smart,
    accounts: placed(smart.accounts, request.address),
    network: networkOf(request.address),
  }
}

function drawn(made: Shown, path: string, { request }: Guest): SmartReply {
  if (!('main' in made)) return made
  const known = request.cookies.get('browser')
  const browser = known ?? newToken()
  const here = request.query === '' ? path : `${path}?${request.query}`
  const main = made.main({ action: here, hidden: { csrf: csrfOf(browser) } })
  return {
    status: made.status ?? 200,
    page: { ...made, main, language: request.language, here },
    ...(known === undefined && { cookies: [{ name: 'browser', value: browser }] }),
  }
}

/** A form of one of our own pages, shown in this browser. */
function isFromUs(form: URLSearchParams, { request, smart }: Guest): boolean {
  if (request.origin !== undefined && request.origin !== smart.urls.issuer) return false
  const browser = request.cookies.get('browser')
  if (browser === undefined) return false
  const sent = Buffer.from(form.get('csrf') ?? '')
  const expected = Buffer.from(csrfOf(browser))
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

function csrfOf(browser: string): string {
  return createHmac('sha256', browser).update('open form').digest('base64url')
}
