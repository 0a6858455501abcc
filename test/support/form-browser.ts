/** A browser without scripts: it keeps cookies and sends forms with what their page hides in them. */
import { password } from './account-server.ts'

export interface FormReply {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
}

export interface FormBrowser {
  get(path: string): Promise<FormReply>
  post(path: string, fields: Readonly<Record<string, string>>): Promise<FormReply>
  /** Sends a form of a page along with its token. */
  submit(page: string, path: string, fields: Readonly<Record<string, string>>): Promise<FormReply>
  signIn(username: string, secret?: string): Promise<FormReply>
}

export function formBrowser(origin: string, language = 'en'): FormBrowser {
  const cookies = new Map<string, string>()
  const ask = async (path: string, init: RequestInit): Promise<FormReply> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, cookie, 'accept-language': language }
    const reply = await fetch(`${origin}${path}`, { ...init, headers, redirect: 'manual' })
    for (const text of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      cookies.set(name, value)
    }
    return { status: reply.status, location: reply.headers.get('location') ?? undefined, text: await reply.text() }
  }
  const post = (path: string, fields: Readonly<Record<string, string>>) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  return {
    get: (path) => ask(path, { method: 'GET' }),
    post,
    submit: (page, path, fields) =>
      post(path, { csrf: /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '', ...fields }),
    signIn: (username, secret = password) =>
      post('/auth/sign-in', { username, password: secret, next: '/auth/account' }),
  }
}
