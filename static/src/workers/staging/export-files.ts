/** Files of an export in the origin's private file system: an archive that is handed over afterwards, and what is too large to be held. */
import { bytesOfBlob, type ArchiveBytes } from "../../transfer/exporting/zip-reader.ts";
import type { Scratch, Sink } from "../../transfer/exporting/zip-target.ts";

const FOLDER = "exports";

/** Everything of an earlier export: it lies here in the open, so it goes as soon as it is not needed. */
export async function tidyExports(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(FOLDER, { recursive: true }).catch(() => undefined);
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  return await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/** A place for large files while their turn comes. */
export const scratch: Scratch = {
  keep: async (pieces) => {
    const name = `part-${crypto.randomUUID()}`;
    const place = await folder();
    const handle = await place.getFileHandle(name, { create: true });
    const access = await handle.createSyncAccessHandle();
    try {
      let at = 0;
      for await (const piece of pieces) at += access.write(piece, { at });
      access.flush();
    } finally {
      access.close();
    }
    return { file: await handle.getFile(), drop: () => place.removeEntry(name) };
  },
};

/** An archive that the page hands over once it stands: `file`. */
export async function archiveSink(name: string): Promise<Sink & { file(): Promise<File> }> {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  access.truncate(0);
  let at = 0;
  const stream = new WritableStream<Uint8Array>({
    write: (bytes) => { at += access.write(bytes, { at }); },
    close: () => {
      access.flush();
      access.close();
    },
    abort: () => { access.close(); },
  });
  return { name, stream, read: () => readDirectly(handle), file: () => handle.getFile() };
}

/** Without asking the browser for each piece. */
async function readDirectly(handle: FileSystemFileHandle): Promise<ArchiveBytes> {
  const access = await handle.createSyncAccessHandle();
  return {
    size: access.getSize(),
    readInto: (bytes, at) => Promise.resolve(access.read(bytes, { at })),
    close: () => { access.close(); },
  };
}

/** An archive in a file that the person chose. */
export async function fileSink(handle: FileSystemFileHandle): Promise<Sink> {
  return { name: handle.name, stream: await handle.createWritable(), read: async () => bytesOfBlob(await handle.getFile()) };
}
