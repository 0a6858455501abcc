/** Going on with a session: whatever is asked in it does that, and this says so. */
import type { Handler } from '../exchange.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { stayPath } from '../pages/session-end.ts'
import type { Smart } from '../smart.ts'
import { ownPage, type Visitor } from './own-page.ts'

export function staySignedIn(smart: Smart): Handler {
  return ownPage(smart, stayPath, page, (_form, visitor) => page(visitor))
}

/** The end itself is at the top of each page. */
async function page({ texts }: Visitor): Promise<PersonPage> {
  const { title, lead } = texts.sessionEnd
  return formPage({ title, lead: [lead] }, texts)
}
