// @tus/server as shipped, to hold our conformance suite itself to account.
// Usage: node tus-server.mjs FOLDER PORT
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const [folder, port] = process.argv.slice(2);
const datastore = new FileStore({ directory: folder, expirationPeriodInMilliseconds: 86_400_000 });
new Server({ path: '/uploads', datastore, maxSize: 512 * 2 ** 20 }).listen({
  host: '127.0.0.1',
  port: Number(port),
});
