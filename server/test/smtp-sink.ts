import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface MailArrived {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}
/**
 * The far side of e-mail: enough SMTP to take a message, on a real socket. `answer` says what DATA is answered with, `knows` whether
 * there is such an address.
 */
export async function smtpSink(
  answer: () => string | null = () => '250 taken',
  knows: (address: string) => boolean = () => true,
) {
  const seen: MailArrived[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let from = '';
    let to: string[] = [];
    let data: string[] | null = null;
    let rest = '';
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    say('220 sink');
    socket.setEncoding('utf8').on('data', (part: string) => {
      rest += part;
      const lines = rest.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (data !== null) {
          if (line !== '.') {
            data.push(line);
            continue;
          }
          const verdict = answer();
          if (verdict?.startsWith('250')) seen.push({ from, to, text: data.join('\n') });
          data = null;
          if (verdict !== null) say(verdict); // null: it never answers
        } else if (/^(EHLO|HELO)/i.test(line)) say('250 sink');
        else if (/^MAIL FROM:/i.test(line)) {
          from = /<([^>]*)>/.exec(line)?.[1] ?? '';
          to = [];
          say('250 ok');
        } else if (/^RCPT TO:/i.test(line)) {
          const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
          if (knows(address)) to.push(address);
          say(knows(address) ? '250 ok' : '550 no such person');
        } else if (/^DATA/i.test(line)) {
          data = [];
          say('354 go on');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else say('250 ok');
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}
