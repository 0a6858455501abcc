// The console of the documentation: sends a GET to this server and shows the answer.
const form = document.getElementById('console')
const path = document.getElementById('path')
const status = document.getElementById('status')
const answer = document.getElementById('answer')

form.addEventListener('submit', (event) => {
  event.preventDefault()
  send()
})
window.addEventListener('hashchange', readHash)
readHash()

/** `/docs/console#Patient?_count=5` fills in the form: what follows `#` never leaves the browser. */
function readHash() {
  const wanted = decoded(location.hash.slice(1))
  if (wanted === '') return
  path.value = wanted
  send()
}

function decoded(text) {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

async function send() {
  const url = addressOf(path.value)
  if (!url) {
    answer.hidden = true
    status.dataset.kind = 'bad'
    status.textContent = 'This is no address of this server. Write what follows /fhir/, such as Patient?_count=5.'
    return
  }
  const { accept, handling } = Object.fromEntries(new FormData(form))
  form.setAttribute('aria-busy', 'true')
  const started = performance.now()
  try {
    const token = document.getElementById('token')?.value.trim()
    const response = await fetch(url, {
      headers: {
        accept,
        ...(handling && { prefer: `handling=${handling}` }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
    })
    const text = await response.text()
    show(response, text, performance.now() - started)
  } catch {
    answer.hidden = true
    status.dataset.kind = 'bad'
    status.textContent = 'The server did not answer. Check that it runs, then send the request again.'
  }
  form.removeAttribute('aria-busy')
}

/** Only addresses below /fhir of this origin. */
function addressOf(text) {
  const trimmed = text.trim().replace(/^(?:https?:\/\/[^/]+)?\/?(?:fhir(?:\/|$))?/, '')
  const url = new URL(`/fhir/${trimmed}`, location.origin)
  return url.origin === location.origin && url.pathname.startsWith('/fhir/') ? url : undefined
}

function show(response, text, milliseconds) {
  status.dataset.kind = response.ok ? 'good' : 'bad'
  status.textContent = `${response.status} ${response.statusText} in ${Math.round(milliseconds)} ms, ${size(text)}`
  const headers = document.getElementById('headers')
  headers.replaceChildren(
    ...[...response.headers].flatMap(([name, value]) => [element('dt', name), element('dd', value)]),
  )
  const body = document.getElementById('body')
  body.replaceChildren(...linked(pretty(text)))
  answer.hidden = false
}

function size(text) {
  const bytes = new Blob([text]).size
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`
}

/** Digits of numbers must not change on the way to the screen, so the text is indented and not parsed. */
function pretty(text) {
  if (!/^\s*[{[]/.test(text)) return text
  let depth = 0
  const indented = text.replace(/"(?:[^"\\]|\\.)*"|[{}[\]],?|[,:]|[^\s{}[\],:"]+|\s+/g, (token) => {
    if (token[0] === '"') return token
    if (token.trim() === '') return ''
    if (token === ':') return ': '
    if (token === ',') return `,\n${'  '.repeat(depth)}`
    if (token[0] === '{' || token[0] === '[') return `${token}\n${'  '.repeat(++depth)}`
    if (token[0] === '}' || token[0] === ']') {
      const end = `\n${'  '.repeat(--depth)}${token}`
      return token.endsWith(',') ? `${end}\n${'  '.repeat(depth)}` : end
    }
    return token
  })
  return indented.replace(/([{[])\s+([}\]])/g, '$1$2')
}

/** References and links to this server become links that the console follows. */
function linked(text) {
  const parts = text.split(/("(?:reference|url|fullUrl)": ")([^"\s]+)(")/)
  return parts.map((part, i) => {
    const place = i % 4 === 2 ? placeOf(part) : undefined
    if (place === undefined) return document.createTextNode(part)
    const link = element('a', part)
    link.href = `#${encodeURI(place)}`
    return link
  })
}

/** What follows /fhir/ in an address of this server, or a relative reference. */
function placeOf(text) {
  const local = /^https?:\/\/[^/]+\/fhir\/(.+)$/.exec(text)?.[1] ?? text
  return /^[A-Z][A-Za-z]+(?:[/?].*)?$/.test(local) ? local : undefined
}

function element(name, text) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
