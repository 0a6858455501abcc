/** `/apps/gallery/`: every element that apps share, in every state, for whoever builds an app or changes an element. */
import { html, render, type TemplateResult } from 'lit'
import { resultOf } from '../../server/fhir/results/result.ts'
import { trendsOf } from '../../server/fhir/results/trend.ts'
import '../shared/chart/trend-chart.ts'
import '../shared/elements/attached-document.ts'
import '../shared/elements/data-table.ts'
import '../shared/elements/language-switch.ts'
import '../shared/elements/loading-list.ts'
import '../shared/elements/offline-note.ts'
import '../shared/elements/outcome-alert.ts'
import '../shared/elements/patient-banner.ts'
import { FhirError } from '../shared/fhir/fhir-error.ts'

interface Example {
  readonly element: string
  readonly states: readonly (readonly [name: string, shown: TemplateResult])[]
}

const person = { name: 'Ana Rivera', birthDate: '1984-03-09', recordNumber: 'MR-1042', gender: 'female' } as const

/** Sodium over some years; `change` makes one observation into another. */
function course(change: (value: number, i: number) => object) {
  const observations = [138, 141, 139, 150, 144, 136].map((value, i) => ({
    resourceType: 'Observation',
    id: `s${i}`,
    status: 'final',
    code: { text: 'Sodium' },
    effectiveDateTime: `202${i}-03-01`,
    valueQuantity: { value, unit: 'mmol/L' },
    referenceRange: [{ low: { value: 135 }, high: { value: 145 } }],
    ...change(value, i),
  }))
  return trendsOf(
    observations.map((one) => resultOf(one as never)!),
    Date.UTC(2027, 0),
  )[0]!.points
}

const chart = (points: ReturnType<typeof course>) => html`<trend-chart
  .points=${points}
  .describe=${({ result }: (typeof points)[number]) => `${result.collected}: ${result.flag ?? ''}`}
  label="Sodium over time"
></trend-chart>`

const attached = (name: string, contentType: string, size: number | undefined, read: () => Promise<Blob>) =>
  html`<attached-document name=${name} contentType=${contentType} .size=${size} .read=${read}></attached-document>`

const examples: readonly Example[] = [
  {
    element: 'patient-banner',
    states: [
      ['everything known', html`<patient-banner .person=${person}></patient-banner>`],
      [
        'in Spanish, little known',
        html`<patient-banner
          language="es"
          .person=${{ ...person, birthDate: '1984', recordNumber: undefined }}
        ></patient-banner>`,
      ],
    ],
  },
  {
    element: 'outcome-alert',
    states: [
      [
        'with a code and a button',
        html`<outcome-alert
          what="We cannot reach the clinic right now."
          next="Check your connection, then try again."
          code="Code for support: 7f3a"
          action="Try again"
        ></outcome-alert>`,
      ],
      [
        'with nothing to do',
        html`<outcome-alert what="No patient was chosen." next="Open the app again."></outcome-alert>`,
      ],
    ],
  },
  {
    element: 'loading-list',
    states: [['after a moment', html`<loading-list label="Loading your results…"></loading-list>`]],
  },
  { element: 'offline-note', states: [['as it is', html`<offline-note></offline-note>`]] },
  {
    element: 'language-switch',
    states: [
      ['from English', html`<language-switch language="en" label="Language"></language-switch>`],
      ['from Spanish', html`<language-switch language="es" label="Idioma"></language-switch>`],
    ],
  },
  {
    element: 'attached-document',
    states: [
      ['to be saved', attached('Signed report', 'application/pdf', 120_000, async () => new Blob(['%PDF-1.4']))],
      ['to be read', attached('Letter', 'text/plain', undefined, async () => new Blob(['All is well.']))],
      ['with nothing in it', attached('Blank letter', 'text/plain', 0, async () => new Blob())],
      ['that is not there', attached('Lost letter', 'text/plain', 9, () => Promise.reject(new FhirError(404, '')))],
      ['that is withheld', attached('Closed letter', 'text/plain', 9, () => Promise.reject(new FhirError(403, '')))],
    ],
  },
  {
    element: 'data-table',
    states: [
      [
        'some rows',
        html`<data-table
          caption="All results of sodium"
          .columns=${['Collected', 'Value', 'Meaning']}
          .rows=${[['March 1, 2026', '136 mmol/L', 'In range'], ['March 1, 2025', '150 mmol/L', 'High']]}
        ></data-table>`,
      ],
    ],
  },
  {
    element: 'trend-chart',
    states: [
      ['one line', chart(course(() => ({})))],
      ['one point', chart(course(() => ({})).slice(-1))],
      [
        'another unit, another range',
        chart(
          course((value, i) =>
            i < 3 ? { valueQuantity: { value: value / 2, unit: 'blob' }, referenceRange: [] } : {},
          ),
        ),
      ],
    ],
  },
]

function page(): TemplateResult {
  return html`<h1>Gallery of elements</h1>
    ${examples.map(
      ({ element, states }) => html`<section aria-labelledby=${element}>
        <h2 id=${element}>${element}</h2>
        ${states.map(
          ([name, shown]) => html`<h3>${name}</h3>
            ${shown}`,
        )}
      </section>`,
    )}`
}

render(page(), document.getElementById('main')!)
