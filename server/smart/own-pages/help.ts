/** Help, for those who are signed in and those who cannot. */
import type { Handler } from '../exchange.ts'
import { helpPage } from '../pages/help-page.ts'
import { helpPath } from '../pages/person-layout.ts'
import { textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'
import { ownPage } from './own-page.ts'

export function help(smart: Smart): Handler {
  const signedIn = ownPage(smart, helpPath, async ({ texts }) => helpPage(texts))
  return async (request) => {
    const secret = request.cookies.get('session')
    if (secret !== undefined && (await smart.people.session(secret))) return signedIn(request)
    const { language } = request
    const page = helpPage(textsIn[language])
    return { status: 200, page: { ...page, main: page.main({ action: '', hidden: {} }), language, here: helpPath } }
  }
}
