import { expect, test } from 'vitest'
import type { SmartRequest } from '../../../server/smart/exchange.ts'
import { changeLanguage } from '../../../server/smart/pages/change-language.ts'
import type { Smart } from '../../../server/smart/smart.ts'

const issuer = 'https://clinic.example'
const change = (back: string, more: Partial<SmartRequest> = {}) => {
  const form = new URLSearchParams({ language: 'es', back }).toString()
  const request = { method: 'POST', query: '', form, cookies: new Map(), language: 'en', address: '', ...more } as const
  return changeLanguage({ urls: { issuer } } as Smart)(request)
}

test.each(['/', '/auth/account', '/auth/authorize/next?request=abc&x=y'])(
  'is kept, and leads back to %s',
  async (back) => {
    expect(await change(back)).toMatchObject({
      status: 303,
      location: back,
      cookies: [{ name: 'language', value: 'es' }],
    })
  },
)

test.each([
  '',
  '//evil.example',
  'https://evil.example/auth/',
  '/\\\\evil.example',
  '/auth/\\\\x',
  '/auth/a\r\nb',
  '/auth/é',
  '/docs',
])('does not lead to %j', async (back) => {
  expect(await change(back)).toEqual({ status: 303, location: '/' })
})

test('is not changed by pages of others', async () => {
  expect(await change('/auth/account', { origin: 'https://evil.example' })).toEqual({ status: 303, location: '/' })
})
