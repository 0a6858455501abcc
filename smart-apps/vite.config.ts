/** One build for all apps: an entry for each page, hashed files, nothing inline, so that a strict policy holds. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vite'

const root = import.meta.dirname

/** The pages of an app. */
const pages = ['index.html', 'launch.html']

const input = readdirSync(root)
  .flatMap((name) => pages.map((page) => join(root, name, page)))
  .filter((file) => existsSync(file))

export default defineConfig({
  root,
  // Relative addresses: the same files run wherever they are served from.
  base: './',
  logLevel: 'error',
  publicDir: join(root, 'public'),
  build: {
    outDir: join(root, 'dist'),
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input },
  },
})
