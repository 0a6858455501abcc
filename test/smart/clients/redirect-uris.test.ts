import { expect, test } from 'vitest'
import { isRegisteredUri, redirectUriProblem } from '../../../server/smart/clients/redirect-uris.ts'

const callback = 'https://app.example.org/callback'

test.each<[string, string, boolean]>([
  [callback, callback, true],
  [callback, `${callback}/`, false],
  [callback, `${callback}?x=1`, false],
  [callback, `${callback}/../callback`, false],
  [callback, 'https://app.example.org/Callback', false],
  [callback, 'https://app.example.org:443/callback', false],
  [callback, 'https://APP.example.org/callback', false],
  [callback, 'http://app.example.org/callback', false],
  [callback, 'https://app.example.org.evil.example/callback', false],
  [callback, 'https://app.example.org@evil.example/callback', false],
  [callback, 'https://evil.example/?https://app.example.org/callback', false],
  [callback, `${callback}#x`, false],
  [callback, `${callback}%2f`, false],
  ['http://127.0.0.1/done', 'http://127.0.0.1:5555/done', true],
  ['http://127.0.0.1:80/done', 'http://127.0.0.1:5555/done', true],
  ['http://[::1]/done', 'http://[::1]:5555/done', true],
  ['http://127.0.0.1/done', 'http://127.0.0.1:5555/other', false],
  ['http://127.0.0.1/done', 'http://localhost:5555/done', false],
  ['http://127.0.0.1/done', 'http://127.0.0.1:5555@evil.example/done', false],
  ['http://127.0.0.1/done', 'https://127.0.0.1:5555/done', false],
  ['http://127.0.0.1/done', 'http://127.0.0.1.evil.example/done', false],
  ['http://localhost/done', 'http://localhost:5555/done', false],
  ['http://localhost:*', 'http://localhost:3000/any/path?x=1', true],
  ['http://localhost:*', 'http://localhost/', true],
  ['http://localhost:*', 'http://localhost.evil.example:3000/', false],
  ['http://localhost:*', 'http://localhost:3000@evil.example/', false],
  ['http://localhost:*', 'http://127.0.0.1:3000/', false],
  ['http://localhost:*', 'https://localhost:3000/', false],
  ['http://localhost:*', 'http://localhost:*', false],
  ['http://localhost:*', 'http://localhost:3000/#x', false],
  ['http://127.0.0.1:*', 'http://127.0.0.1:3000/x', true],
  ['org.example.app:/done', 'org.example.app:/done', true],
  ['org.example.app:/done', 'org.example.app:/done/more', false],
])('registered as %s, %s is the same: %s', (registered, asked, same) => {
  expect(isRegisteredUri(asked, [registered])).toBe(same)
})

test.each([
  'https://app.example.org/callback',
  'https://app.example.org./callback?x=1',
  'https://my_app.example.org:8443/',
  'https://xn--bcher-kva.example/',
  'https://192.0.2.1/',
  'https://[2001:db8::1]/',
  'http://127.0.0.1/done',
  'http://[::1]:8080/done',
  'org.example.app:/done',
])('%s can be registered', (uri) => {
  expect(redirectUriProblem(uri)).toBeUndefined()
})

test.each([
  'https://*/',
  'https://*.example.org/',
  'https://a;sandbox/',
  'https://a,b.example/',
  "https://'unsafe-inline'/",
  'https://a$b.example/',
  'https://(a)/',
  'https://a..b/',
  'https://-a.example/',
])('%s cannot: its host is none', (uri) => {
  expect(redirectUriProblem(uri)).toBe('Its host is no name and no address.')
})
