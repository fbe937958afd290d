import { createServer } from 'node:http';

/**
 * The discard peer: reads every body and throws it away. What it takes in is the ceiling of the sender on this machine.
 * Prints its port; ends with its parent.
 */
const server = createServer((request, response) => {
  const count = Number(request.headers['x-events'] ?? 0);
  request.on('data', () => undefined);
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ received: count, accepted: count, duplicates: 0, rejected: [] }));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : 0}\n`);
});
process.once('disconnect', () => process.exit(0));
