import { consoleClient } from '../../../smart/clients/own-clients.ts'
import { type Html, html } from '../html.ts'
import type { Document } from './document.ts'

/** The token that requests are sent with; its script is `static/console-token.js`. */
function accessField(origin: string, base: string): Html {
  const { id, scopes } = consoleClient
  return html`<div id="access" class="row" data-issuer="${origin}" data-fhir="${base}" data-client="${id}" data-scope="${scopes}">
<p class="field"><label for="token">Access token</label>
<span class="hint" id="token-hint">Kept in this tab alone. Without one, all but <code>metadata</code> is refused.</span>
<input id="token" name="token" aria-describedby="token-hint" autocomplete="off" autocapitalize="off" spellcheck="false"></p>
<p class="field"><button class="button quiet" type="button" id="get-token">Sign in to get one</button></p>
<p id="token-note" class="hint" role="status"></p>
</div>`
}

/** A form that sends requests to this server; its script is `static/console.js`. */
export const apiConsole: Document = {
  path: '/docs/console',
  name: 'Console',
  title: 'Console',
  scripts: ({ config }) => [...(config.auth === 'smart' ? ['/docs/console-token.js'] : []), '/docs/console.js'],
  content: ({ base, config }) => html`
<p class="lead">Send a request to this server and see exactly what comes back. Nothing is sent anywhere else.</p>
<noscript><p class="note">The console needs JavaScript. Without it, open an address such as
<a href="/fhir/Patient?_pretty=true">/fhir/Patient?_pretty=true</a>.</p></noscript>
<form id="console" class="console">
<p class="field"><label for="path">Request</label>
<span class="hint" id="path-hint">What follows <code>${base}/</code>, such as <code>Patient?_count=5</code></span>
<span class="joined"><span class="method" aria-hidden="true">GET</span>
<input id="path" name="path" value="Patient?_count=5" aria-describedby="path-hint" autocomplete="off" autocapitalize="off" spellcheck="false"></span></p>
<div class="row">
<p class="field"><label for="accept">Format</label>
<select id="accept" name="accept"><option value="application/fhir+json">JSON</option><option value="application/fhir+xml">XML</option></select></p>
<p class="field"><label for="handling">Unknown parameters</label>
<select id="handling" name="handling"><option value="">As the server is set</option><option value="strict">Refuse</option><option value="lenient">Ignore with a warning</option></select></p>
<p class="field"><button class="button" type="submit">Send</button></p>
</div>
${config.auth === 'smart' && accessField(config.publicUrl, base)}
</form>
<p id="status" class="status" role="status"></p>
<section id="answer" hidden aria-label="Answer">
<h2>Body</h2><pre id="body" tabindex="0" aria-label="Body"></pre>
<h2>Headers</h2><dl id="headers" class="headers"></dl>
</section>`,
}
