/** The browser of the tests: `CHROMIUM_PATH`, else one that is installed, else one that is installed now. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The path of a browser; undefined where there is none. */
export function findChromium(): string | undefined {
  const set = process.env['CHROMIUM_PATH']
  if (set !== undefined && set !== '') return set
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...candidates, ...applications, chromium.executablePath()].find((path) => path !== '' && existsSync(path))
}

/** Installs a browser; undefined where that fails. `bin`: the folder of the package's own commands. */
export function installChromium(bin: string): string | undefined {
  const isDebian = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  const ways: readonly (readonly [string, ...string[]])[] = [
    ...(isDebian
      ? ([
          ['apt-get', 'update', '-qq'],
          ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
        ] as const)
      : []),
    [join(bin, 'playwright-core'), 'install', 'chromium'],
  ]
  for (const [program, ...args] of ways) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
    const found = findChromium()
    if (found !== undefined) return found
  }
  return undefined
}
