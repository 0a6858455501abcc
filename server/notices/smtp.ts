/** Sends mails by SMTP. */
import { createTransport, type Transporter } from 'nodemailer'
import { type Mail, MailRefusedError, type SendMail } from './outbox.ts'

export interface Smtp {
  readonly send: SendMail
  close(): void
}

export interface SmtpSettings {
  /** `smtp://user:password@host:587` or `smtps://…`; `?ignoreTLS=true` for a relay of one's own without TLS. */
  readonly url: string
  readonly from: { readonly name: string; readonly address: string }
}

/** Milliseconds. A notice is another process's after ten minutes: ten must be through by then. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

export function openSmtp({ url, from }: SmtpSettings): Smtp {
  const { hostname, searchParams } = new URL(url)
  // Links that open accounts must not go over a network in clear.
  const requireTLS = !isOwnMachine(hostname) && searchParams.get('ignoreTLS') !== 'true'
  const access = { disableFileAccess: true, disableUrlAccess: true }
  const transport = createTransport({ url, pool: true, maxConnections: 2, requireTLS, ...access, ...timeouts })
  return { send: (mail) => sendBy(transport, from, mail), close: () => transport.close() }
}

async function sendBy(transport: Transporter, from: SmtpSettings['from'], mail: Mail): Promise<void> {
  const { to, subject, text, html, messageId } = mail
  // Programs that answer mails by themselves answer none of these: https://www.rfc-editor.org/rfc/rfc3834#section-5
  const headers = { 'Auto-Submitted': 'auto-generated' }
  try {
    await transport.sendMail({ from, to: { name: '', address: to }, subject, text, html, messageId, headers })
  } catch (error) {
    throw isRefusal(error as SmtpError) ? new MailRefusedError((error as Error).message) : error
  }
}

interface SmtpError extends Error {
  readonly code?: string
  readonly responseCode?: number
}

/** Whether trying again makes no sense: not where it is our password that was refused. */
function isRefusal({ code, responseCode = 0 }: SmtpError): boolean {
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')
}

function isOwnMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host)
}
