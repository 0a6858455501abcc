/** What an import tells while it runs and when it is done. */
import { type Issue, issueText } from '../../fhir/outcome.ts'

/** Where it is told: errors and progress go to stderr. */
export interface Terminal {
  readonly isTTY: boolean
  readonly columns: number
  write(text: string): void
}

export interface Totals {
  stored: number
  found: number
  rejected: number
  /** Files that could not be read, or not to their end. */
  failed: number
  files: number
  /** Files that an earlier import finished. */
  already: number
  /** Bytes on disk that are done. */
  bytes: number
}

export interface Report {
  readonly totals: Totals
  /** A resource that was left out. */
  rejected(file: string, line: number, name: string, issues: readonly Issue[]): void
  /** A file that could not be read, or a remark about one. */
  remark(file: string, text: string): void
  /** Shows how far it is; often called, seldom shown. */
  progress(): void
  /** Takes the progress bar away. */
  end(): void
}

/** Milliseconds between two showings: of a bar, and of lines where there is no terminal. */
const pauses = { bar: 100, line: 5000 }

/** `total` is the bytes on disk that there are to do; `now` tells milliseconds. */
export function createReport(terminal: Terminal, total: number, now: () => number): Report {
  const totals: Totals = { stored: 0, found: 0, rejected: 0, failed: 0, files: 0, already: 0, bytes: 0 }
  const start = now()
  let shown = start
  const clear = terminal.isTTY ? '\r\x1b[K' : ''
  const tell = (text: string) => terminal.write(`${clear}${text}\n`)
  const pause = terminal.isTTY ? pauses.bar : pauses.line

  return {
    totals,
    rejected: (file, line, name, issues) =>
      tell(`${file}:${line}: ${name}: ${issues.slice(0, 3).map(reason).join(' ')}`),
    remark: (file, text) => tell(`${file}: ${text}`),
    progress: () => {
      const time = now()
      if (time - shown < pause) return
      shown = time
      const text = progressText(totals, total, time - start)
      terminal.write(terminal.isTTY ? `${clear}${barText(totals.bytes / total, text, terminal.columns)}` : `${text}\n`)
    },
    end: () => terminal.write(clear),
  }
}

/** `43 %  12,345 resources  8,123/s  3 s left`; the time left is reckoned by bytes. */
export function progressText({ stored, found, bytes }: Totals, total: number, elapsed: number): string {
  const done = total === 0 ? 1 : bytes / total
  const count = stored + found
  const rate = elapsed === 0 ? 0 : (count / elapsed) * 1000
  const left = done === 0 ? '' : `  ${duration((elapsed / done) * (1 - done))} left`
  return `${Math.floor(done * 100)} %  ${grouped(count)} resources  ${grouped(rate)}/s${left}`
}

export function barText(done: number, text: string, columns: number): string {
  const width = Math.min(40, columns - text.length - 5)
  if (width < 5) return text.slice(0, columns - 1)
  const filled = Math.round(Math.min(1, done) * width)
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]  ${text}`
}

/** `1,234 resources stored from 42 files in 4.1 s (301/s); 2 rejected.` */
export function summaryText(totals: Totals, elapsed: number): string {
  const rate = elapsed === 0 ? 0 : (totals.stored / elapsed) * 1000
  const parts = [
    `${grouped(totals.stored)} resources stored from ${files(totals.files)} in ${(elapsed / 1000).toFixed(1)} s (${grouped(rate)}/s)`,
    ...(totals.found > 0 ? [`${grouped(totals.found)} were there already`] : []),
    `${grouped(totals.rejected)} rejected`,
    ...(totals.failed > 0 ? [`${files(totals.failed)} could not be read to the end`] : []),
    ...(totals.already > 0 ? [`${files(totals.already)} already imported (--again imports them anew)`] : []),
  ]
  return `${parts.join('; ')}.`
}

function files(count: number): string {
  return count === 1 ? '1 file' : `${grouped(count)} files`
}

function reason(issue: Issue): string {
  const place = [issue.expression?.replace(/^Bundle\.entry\[\d+\]\.?/, ''), issue.location].filter(Boolean).join(', ')
  return place === '' ? issueText(issue) : `${issueText(issue)} (${place})`
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
