import type { Context } from '../../../context.ts'
import { type Html, html } from '../html.ts'
import type { Document } from './document.ts'

/** How apps get at data, and who may see what. */
export const appsAndAccess: Document = {
  path: '/docs/access',
  name: 'Apps and access',
  title: 'Apps and access',
  content: ({ base, config }) => html`
<p class="lead">Every request carries an access token that this server's own authorization server has issued: SMART App Launch
2.2 with OpenID Connect. The token says which app asks, for whom, and what was granted; nothing is answered beyond it.</p>
${config.auth === 'none' && html`<p class="note">This server runs with <code>AUTH=none</code>: it answers this machine alone, without tokens.</p>`}
<h2>Register an app</h2>
<pre><code>npx candela client add --name "My app" --auth none \\
  --redirect https://app.example.org/callback --launch https://app.example.org/launch \\
  --grant authorization_code --grant refresh_token \\
  --scope "openid fhirUser launch launch/patient offline_access patient/*.rs"</code></pre>
<p>Or the app registers itself by <code>POST ${config.publicUrl}/auth/register</code> (RFC 7591). The demo has
<code>demo-public</code>, <code>demo-confidential</code> (its secret is <code>demo-secret</code>) and <code>demo-backend</code>.</p>
<h2>Launch it</h2>
<ol>
<li>Read <code>${base}/.well-known/smart-configuration</code>.</li>
<li>Send the browser to the <code>authorization_endpoint</code> with <code>response_type=code</code>, <code>client_id</code>,
<code>redirect_uri</code>, <code>scope</code>, <code>state</code>, <code>aud=${base}</code>, <code>code_challenge</code> and
<code>code_challenge_method=S256</code>. The person signs in, chooses a patient where that is open, and may share less than you
ask for: what was granted is in the answer's <code>scope</code>.</li>
<li>Send the code to the <code>token_endpoint</code> with <code>grant_type=authorization_code</code>,
<code>redirect_uri</code> and <code>code_verifier</code>. The answer has <code>access_token</code>, <code>patient</code> and,
with <code>offline_access</code>, a <code>refresh_token</code> that is used once.</li>
</ol>
<p>From inside, the <a href="/">first page</a> or <code>POST ${base}/$smart-launch</code> opens the app's launch URL with
<code>iss</code> and <code>launch</code>; the app asks for the scope <code>launch</code> and sends the handle along.</p>
<h2>Backend services</h2>
<p>A service signs an assertion with its key (RS384 or ES384), sends it to the token endpoint with
<code>grant_type=client_credentials</code>, and gets a token for five minutes:</p>
<pre><code>npx candela client add --name "Nightly import" --auth private_key_jwt --jwks keys.json \\
  --grant client_credentials --scope "system/*.rs"</code></pre>
<h2>Scopes</h2>
<p><code>patient/Observation.rs</code>, <code>user/*.cruds</code>, <code>system/Patient.r</code>, those of the first version
(<code>patient/*.read</code>), and narrower ones: <code>patient/Observation.rs?category=laboratory</code>. A refusal names the
scope that is missing.</p>
<h2>Who sees what</h2>
<p>Scopes never give more than the person has. Each account has roles (patient, practitioner, nurse, receptionist, biller,
pharmacist, labtech, admin), which say what types, rows and elements it may use; patients see their own record and those of
whom they act for. What a <code>Consent</code> forbids and labels restrict is left out of all of it: reads, searches, totals,
histories, includes. What may not be seen is as if it were not there.</p>
<p>What a role may do is data. <code>GET ${base}/$role-policies</code> answers the policies in force as <code>Basic</code>
resources; an administrator stores one under its id (<code>Basic/role-policy-nurse</code>) to change it, or under a new one for a
role of the practice's own, and deletes it to go back to what is shipped. Tokens in use follow at once, and the history says what
was changed when.</p>
<p><code>POST ${base}/Consent/$rehearse</code> tells, before a Consent is stored, what a recipient would receive under it;
<code>$consent-explain</code> on a resource or a patient names what keeps it from somebody. Patients call both about their own
record.</p>
<h2>Signing out and stopping apps</h2>
<p>At ${own(config, '/auth/account')} people see where they are signed in, at ${own(config, '/auth/apps')} which
apps use their record. What they stop ends at once. An app signs its user out at <code>${config.publicUrl}/auth/logout</code>
with <code>id_token_hint</code>.</p>`,
}

/** A page that is there where people sign in. */
function own({ auth }: Context['config'], path: string): Html {
  return auth === 'smart' ? html`<a href="${path}">${path}</a>` : html`<code>${path}</code>`
}
