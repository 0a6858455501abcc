/** `/`: what runs here, and where to go from it. */
import type { Context } from '../../context.ts'
import { estimatedCounts } from '../../store/status.ts'
import { fhirVersion, softwareVersion } from '../../version.ts'
import { type Html, html } from './html.ts'
import { flame, type Page } from './layout.ts'

export async function homePage(context: Context): Promise<Page> {
  const counts = await estimatedCounts(context.store.db)
  return {
    title: 'Candela is running',
    path: '/',
    main: html`<main id="main" class="home">
<section class="hero">${candle}
<h1>Candela is running</h1>
<p class="lead">A FHIR R4 server: store health records, find them fast, and trust what you read.</p>
<p class="base"><span id="base">FHIR base URL</span> <code aria-labelledby="base">${context.base}</code></p>
<p class="actions"><a class="button" href="/docs">Read the documentation</a> <a class="button quiet" href="/docs/console">Open the console</a></p>
</section>
<section aria-labelledby="facts"><h2 id="facts" class="away">This server</h2>${factList(context)}</section>
<section aria-labelledby="stored"><h2 id="stored">What is stored</h2>${storedTable(counts)}</section>
<section aria-labelledby="links"><h2 id="links">For developers and operators</h2>${linkCards}</section>
</main>`,
  }
}

const candle = html`<div class="glow" aria-hidden="true">${flame}</div>`

function factList({ config }: Context): Html {
  const facts = [
    ['Version', softwareVersion],
    ['FHIR version', `R4 (${fhirVersion})`],
    ['Running for', durationInWords(process.uptime())],
    ['Database', config.databaseUrl === undefined ? 'PostgreSQL, embedded' : 'PostgreSQL, external'],
    ['Sign-in', config.auth === 'none' ? 'None: open on this machine' : 'Required'],
  ]
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function storedTable(counts: readonly { type: string; count: number }[]): Html {
  if (counts.length === 0) {
    return html`<p>Nothing yet. Load files with <code>npx candela import FOLDER</code>, or store a first resource as the
<a href="/docs">quick start</a> shows.</p>`
  }
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  return html`<p>About ${counted(total, 'resource')} of ${counted(counts.length, 'type')}, as the database estimates.</p>
<ul class="counts">${counts.map(
    ({ type, count }) =>
      html`<li><a href="/docs/console#${type}"><span>${type}</span> <span class="number">${number(count)}</span></a></li>`,
  )}</ul>`
}

const linkCards = html`<ul class="cards">
<li><a href="/fhir/metadata"><strong>Capability statement</strong><span>Every type, search parameter and operation, as FHIR.</span></a></li>
<li><a href="/docs/search"><strong>Search</strong><span>Parameters, modifiers, chains, paging, explanations.</span></a></li>
<li><a href="/docs/outcomes"><strong>Outcomes</strong><span>Every fault this server reports, and what to change.</span></a></li>
<li><a href="/docs/settings"><strong>Settings</strong><span>Variables, the settings file, commands.</span></a></li>
<li><a href="/readyz"><strong>Readiness</strong><span>Whether the server and its database can take requests.</span></a></li>
<li><a href="/metrics"><strong>Metrics</strong><span>Requests, durations and memory for Prometheus.</span></a></li>
</ul>`

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** The two largest units: `2 hours 5 minutes`. */
export function durationInWords(seconds: number): string {
  let rest = Math.floor(seconds)
  const words: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(counted(count, unit))
  }
  return words.slice(0, 2).join(' ') || 'less than a minute'
}

function counted(count: number, thing: string): string {
  return `${number(count)} ${thing}${count === 1 ? '' : 's'}`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
