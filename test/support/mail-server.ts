/** A mail server on this machine that keeps what it is sent. */
import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface MailServer {
  readonly url: string
  readonly mails: ParsedMail[]
  /** What it answers to a recipient: a code such as 550, or nothing to take the mail. */
  answer: (address: string) => number | undefined
  close(): Promise<void>
}

export async function mailServer(): Promise<MailServer> {
  const mails: ParsedMail[] = []
  const kept: Pick<MailServer, 'answer'> = { answer: () => undefined }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = kept.answer(address)
      done(responseCode === undefined ? null : Object.assign(new Error('No'), { responseCode }))
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        mails.push(mail)
        done()
      }, done)
    },
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.server.address() as AddressInfo
  return Object.assign(kept, {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise<void>((closed) => server.close(closed)),
  })
}
