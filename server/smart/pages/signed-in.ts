/** Who is signed in, at the top of their pages: their name, where else they can go, and a way out. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { type EndInWords, stayForm } from './session-end.ts'
import type { Texts } from './texts.ts'

export interface SignedIn {
  readonly name: string
  readonly roles: readonly string[]
  /** What forms of this session carry. */
  readonly csrf: string
  /** When the session ends, in words. */
  readonly end?: EndInWords | undefined
}

interface OwnLink {
  readonly href: string
  readonly text: Exclude<keyof Texts['person'], 'label' | 'signedInAs'>
  /** Whose page it is. */
  readonly isFor: (roles: readonly string[]) => boolean
}

const everybody = () => true
const patients = (roles: readonly string[]) => roles.includes('patient')

const links: readonly OwnLink[] = [
  { href: '/', text: 'home', isFor: everybody },
  { href: '/auth/account', text: 'account', isFor: everybody },
  { href: '/auth/apps', text: 'apps', isFor: everybody },
  { href: '/auth/access', text: 'access', isFor: patients },
  { href: '/auth/people', text: 'people', isFor: (roles) => patients(roles) || roles.length === 0 },
  { href: '/auth/emergency-access', text: 'review', isFor: (roles) => roles.includes('admin') },
]

/** It asks the same itself, and knows where to go on. */
const signOutPath = '/auth/logout'

/** `here` is the path of the page, with its query. */
export function signedInBar({ name, roles, csrf, end }: SignedIn, here: string | undefined, texts: Texts): Html {
  const { person, account } = texts
  const path = here?.split('?', 1)[0]
  const own = links.filter(({ isFor }) => isFor(roles))
  return html`<div class="signed-in"><div class="signed-in-as"><span>${fill(person.signedInAs, { name })}</span>
${path !== signOutPath && html`<form method="post" action="${signOutPath}"><input type="hidden" name="csrf" value="${csrf}"><button class="plain" name="do" value="sign-out">${account.signOut}</button></form>`}</div>
<nav class="site" aria-label="${person.label}"><ul>
${own.map(({ href, text }) => html`<li><a href="${href}"${href === path && html` aria-current="page"`}>${person[text]}</a></li>`)}
</ul></nav>${end && stayForm(end, csrf, texts)}</div>`
}
