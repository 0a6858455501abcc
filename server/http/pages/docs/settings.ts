import { type Config, configFileVariable, type Setting, settings } from '../../../config.ts'
import { html, sentence } from '../html.ts'
import type { Document } from './document.ts'

/** The settings, from the table that the server reads. */
export const settingsPage: Document = {
  path: '/docs/settings',
  name: 'Settings',
  title: 'Settings',
  content: () => html`
<p class="lead">Nothing has to be set. What can be set is a variable of the environment, or a key in
<code>candela.config.json</code> in the working folder; <code>${configFileVariable}</code> names another file. Variables go before
the file.</p>
<dl class="terms">${(Object.entries(settings) as [keyof Config, Setting][]).map(
    ([key, { env, about, takes, fallback }]) => html`<div><dt><code>${env}</code> <code class="quiet">${key}</code></dt>
<dd>${sentence(capitalized(about))}. <span class="quiet">Takes ${takes}. Default: ${sentence(fallback)}.</span></dd></div>`,
  )}</dl>
<h2>Mistakes do not pass</h2>
<p>An unknown key, a value that a setting does not take, or a variable that is one letter away from a setting stops the start with
one line that says what was meant.</p>
<h2>What is in force</h2>
<pre><code>npx candela config</code></pre>
<p>prints every setting, its value, and whether it comes from the environment, the file or the default. Passwords are not shown.</p>`,
}

function capitalized(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1)
}
