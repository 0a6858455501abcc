import { expect, test } from 'vitest'
import { createMetrics } from '../../server/http/metrics.ts'
import { openDatabase } from '../../server/store/database.ts'

const database = openDatabase('postgres://nobody@127.0.0.1:1/none')

test('durations fall into classes that add up', () => {
  const metrics = createMetrics(database, '1.2.3')
  metrics.observe('read', 200, 0.0005)
  metrics.observe('read', 204, 0.02)
  metrics.observe('read', 304, 99)
  const lines = metrics.text().split('\n')
  metrics.close()
  const bucket = (status: string, bound: string) =>
    lines.find((line) => line.includes(`{interaction="read",status="${status}",le="${bound}"}`))?.split(' ')[1]
  expect(bucket('2xx', '0.001')).toBe('1')
  expect(bucket('2xx', '0.01')).toBe('1')
  expect(bucket('2xx', '0.025')).toBe('2')
  expect(bucket('2xx', '+Inf')).toBe('2')
  expect(bucket('3xx', '10')).toBe('0')
  expect(bucket('3xx', '+Inf')).toBe('1')
  expect(lines).toContain('candela_request_duration_seconds_sum{interaction="read",status="2xx"} 0.0205')
})

test('every line is in the format of Prometheus', () => {
  const metrics = createMetrics(database, '1.2.3')
  metrics.observe('search-type', 400, 0.1)
  const text = metrics.text()
  metrics.close()
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [\d.e+-]+)$/)
  }
  expect(text).toContain('candela_info{version="1.2.3",fhir="4.0.1"')
})
