import { expect, test } from 'vitest'
import { barText, createReport, progressText, summaryText, type Totals } from '../../../server/cli/import/report.ts'

const totals = (more: Partial<Totals> = {}): Totals => ({
  stored: 0,
  found: 0,
  rejected: 0,
  failed: 0,
  files: 0,
  already: 0,
  bytes: 0,
  ...more,
})

test.each<[Partial<Totals>, number, string]>([
  [{ stored: 12_000, found: 345, bytes: 430 }, 1520, '43 %  12,345 resources  8,122/s  3 s left'],
  [{ bytes: 0 }, 0, '0 %  0 resources  0/s'],
  [{ stored: 10, bytes: 1 }, 1000, '0 %  10 resources  10/s  16 min 39 s left'],
  [{ stored: 10, bytes: 1 }, 10_000, '0 %  10 resources  1/s  2 h 46 min left'],
  [{ stored: 5, bytes: 1000 }, 1000, '100 %  5 resources  5/s  0 s left'],
])('%j after %i ms of 1000 bytes reads %s', (more, elapsed, text) => {
  expect(progressText(totals(more), 1000, elapsed)).toBe(text)
})

test('the bar fits the terminal', () => {
  expect(barText(0.5, 'half', 19)).toBe('[#####.....]  half')
  expect(barText(2, 'all', 18)).toBe('[##########]  all')
  expect(barText(0.5, 'a text that fills the line', 20)).toBe('a text that fills t')
})

test('the summary tells what happened', () => {
  expect(summaryText(totals({ stored: 1234, files: 1 }), 4100)).toBe(
    '1,234 resources stored from 1 file in 4.1 s (301/s); 0 rejected.',
  )
  expect(summaryText(totals({ found: 3, rejected: 2, failed: 1, already: 42 }), 0)).toBe(
    '0 resources stored from 0 files in 0.0 s (0/s); 3 were there already; 2 rejected; 1 file could not be read to the end; 42 files already imported (--again imports them anew).',
  )
})

function reportOn(isTTY: boolean) {
  const written: string[] = []
  const clock = { time: 0 }
  const report = createReport({ isTTY, columns: 80, write: (text) => written.push(text) }, 1000, () => clock.time)
  return { report, written, clock }
}

test('a rejected resource is told with file, line and reasons', () => {
  const { report, written } = reportOn(false)
  report.rejected('a.ndjson', 7, 'Patient/1', [
    { code: 'invalid-value', params: { value: 'x', type: 'code' }, expression: 'Bundle.entry[3].resource.gender' },
    { code: 'duplicate-key', params: { key: 'id' }, location: 'line 2, column 3' },
  ])
  expect(written).toEqual([
    "a.ndjson:7: Patient/1: 'x' is not a valid code. (resource.gender) The property 'id' occurs twice in one object. Keep one of them. (line 2, column 3)\n",
  ])
})

test('on a terminal the bar is drawn over itself, elsewhere a line is written every few seconds', () => {
  for (const [isTTY, times] of [
    [true, 10],
    [false, 1],
  ] as const) {
    const { report, written, clock } = reportOn(isTTY)
    for (let i = 0; i < 50; i++) {
      clock.time += 100.1
      if (clock.time > 1000 && isTTY) break
      report.progress()
    }
    expect(written.length).toBeLessThanOrEqual(times)
    expect(written.length).toBeGreaterThan(0)
    expect(written.every((text) => text.startsWith('\r') === isTTY && text.endsWith('\n') !== isTTY)).toBe(true)
  }
})
