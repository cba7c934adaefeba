import { createTransport } from 'nodemailer';

export interface MailServer {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string;
  password: string;
  from: string;
}

const millisecondsMax = 20_000;

/** Sends one plain-text message. Rejects with what the mail server said. */
export async function sendMail(
  server: MailServer,
  mail: { to: readonly string[]; subject: string; text: string; key: string },
): Promise<void> {
  if (server.host === '') throw new Error('No mail server is set: see the notification settings.');
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(server.user === '' ? {} : { auth: { user: server.user, pass: server.password } }),
    connectionTimeout: millisecondsMax,
    greetingTimeout: millisecondsMax,
    socketTimeout: millisecondsMax,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: server.from,
      to: [...mail.to],
      subject: mail.subject.replace(/[\r\n]+/g, ' ').slice(0, 200),
      text: mail.text,
      // The same for every try, so that a mailbox can tell repeats.
      messageId: `<${mail.key.replace(/[^A-Za-z0-9._-]/g, '-')}@millrace>`,
      headers: {
        'Auto-Submitted': 'auto-generated',
        'X-Millrace-Key': mail.key.replace(/[^\x20-\x7e]/g, '-'),
      },
    });
  } finally {
    transport.close();
  }
}
