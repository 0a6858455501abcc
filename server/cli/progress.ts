/** A bar that grows from left to right, for commands that take long. */

const width = 40

/** Draws the bar over itself; `note` is written behind it. Only where a person looks on. */
export function showProgress(share: number, note = ''): void {
  if (!process.stderr.isTTY) return
  const end = share >= 1 ? '\n' : ''
  process.stderr.write(`\r${progressBar(share)}${note === '' ? '' : ` ${note}`}\u001b[K${end}`)
}

/** Forty blocks and a percentage. */
export function progressBar(share: number): string {
  const done = Math.min(Math.max(share, 0), 1)
  const filled = Math.round(done * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.floor(done * 100)} %`
}
