// Passkeys: makes one on the page of an account, and signs in with one on the page for signing in.
// https://www.w3.org/TR/webauthn-3/
const signIn = document.getElementById('passkey')
const create = document.getElementById('make-passkey')

if (window.PublicKeyCredential) {
  if (signIn) {
    signIn.hidden = false
    signIn.addEventListener('click', () => used(signIn))
  }
  if (create) {
    create.hidden = false
    document.getElementById('passkey-needs').hidden = true
    create.addEventListener('click', () => made(create))
  }
}

async function used(button) {
  await tried(button, async () => {
    const reply = await fetch(button.dataset.options, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '',
    })
    if (!reply.ok) throw new Error('no options')
    const options = await reply.json()
    const credential = await navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(options.challenge) },
    })
    const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response
    send(document.getElementById('username').form, credential, {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      ...(userHandle && { userHandle: text(userHandle) }),
    })
  })
}

async function made(button) {
  await tried(button, async () => {
    const options = JSON.parse(button.dataset.options)
    const credential = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: (options.excludeCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) })),
      },
    })
    const { attestationObject, clientDataJSON } = credential.response
    send(button.form, credential, {
      attestationObject: text(attestationObject),
      clientDataJSON: text(clientDataJSON),
      transports: credential.response.getTransports?.() ?? [],
    })
  })
}

// The browser says itself what went wrong; here it is said that the person may try again.
async function tried(button, work) {
  const trouble = document.getElementById('passkey-trouble')
  trouble.textContent = ''
  button.disabled = true
  try {
    await work()
  } catch {
    trouble.textContent = button.dataset.trouble
  }
  button.disabled = false
}

function send(form, { id, rawId, type, authenticatorAttachment }, response) {
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = 'passkey'
  field.value = JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    response,
    clientExtensionResults: {},
    ...(authenticatorAttachment && { authenticatorAttachment }),
  })
  form.append(field)
  // Not by a button: what is typed nowhere is not missed.
  HTMLFormElement.prototype.submit.call(form)
}

function bytes(base64url) {
  const plain = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (char) => char.charCodeAt(0))
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
