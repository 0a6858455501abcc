// Gets an access token for the console, as any SMART app does: with a code, PKCE and nothing that is secret.
const access = document.getElementById('access')
const field = document.getElementById('token')
const note = document.getElementById('token-note')
const { issuer, client, scope, fhir } = access.dataset
const redirectUri = `${issuer}/docs/console`
const keys = { token: 'candela-console-token', pending: 'candela-console-pending' }

document.getElementById('get-token').addEventListener('click', signIn)
field.addEventListener('change', () => remember(field.value.trim()))
begin()

function begin() {
  const answer = new URLSearchParams(location.search)
  if (answer.has('state')) {
    history.replaceState(null, '', location.pathname + location.hash)
    return takeAnswer(answer)
  }
  field.value = sessionStorage.getItem(keys.token) ?? ''
}

async function signIn() {
  if (location.origin !== issuer) {
    location.assign(redirectUri)
    return
  }
  const pending = { state: random(), verifier: random(), hash: location.hash }
  sessionStorage.setItem(keys.pending, JSON.stringify(pending))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier))
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirectUri,
    scope,
    aud: fhir,
    state: pending.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  })
  location.assign(`/auth/authorize?${query}`)
}

async function takeAnswer(answer) {
  const pending = JSON.parse(sessionStorage.getItem(keys.pending) ?? '{}')
  sessionStorage.removeItem(keys.pending)
  if (answer.get('state') !== pending.state || answer.get('iss') !== issuer) {
    return tell('That answer was not asked for here. Sign in again.')
  }
  if (answer.has('error')) return tell(answer.get('error_description') ?? answer.get('error'))
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: redirectUri,
    client_id: client,
    code_verifier: pending.verifier,
  })
  const reply = await fetch('/auth/token', { method: 'POST', body })
  const json = await reply.json()
  if (!reply.ok) return tell(json.error_description ?? json.error)
  field.value = json.access_token
  remember(json.access_token)
  tell(`You have a token for ${Math.round(json.expires_in / 60)} minutes: ${json.scope}`)
  if (pending.hash) location.hash = pending.hash
}

/** As long as this tab is open. */
function remember(token) {
  sessionStorage.setItem(keys.token, token)
}

function tell(text) {
  note.textContent = text
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
