// @tus/server over @tus/file-store, the peer of the benchmark of uploads.
// Usage: node tus-server.mjs FOLDER PORT shipped|flushing
// As shipped, it acknowledges bytes that the disk may not have yet. Flushing, it waits for
// the disk before it acknowledges them, as PocketVault does.
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import { open } from "node:fs/promises";
import { join } from "node:path";

class FlushingFileStore extends FileStore {
  async write(readable, id, offset) {
    const end = await super.write(readable, id, offset);
    const file = await open(join(this.directory, id), "r+");
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
    return end;
  }
}

const [directory, port, kind] = process.argv.slice(2);
const Store = kind === "flushing" ? FlushingFileStore : FileStore;
new Server({ path: "/uploads", datastore: new Store({ directory }) }).listen({ host: "127.0.0.1", port: Number(port) });
