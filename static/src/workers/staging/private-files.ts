/** Staging in the origin's private file system, which only workers can write to without a copy. */
import { memoryStaging, type Staging } from "../../transfer/staging.ts";

const FOLDER = "uploads";

async function accountFolder(accountId: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const uploads = await root.getDirectoryHandle(FOLDER, { create: true });
  return await uploads.getDirectoryHandle(accountId, { create: true });
}

/** Throws where the browser has the door but keeps it shut, as in some private windows. */
async function probe(folder: FileSystemDirectoryHandle): Promise<void> {
  const name = `probe-${crypto.randomUUID()}`;
  const handle = await folder.getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  access.close();
  await folder.removeEntry(name);
}

const unlessMissing = (error: unknown): null => {
  if (error instanceof DOMException && error.name === "NotFoundError") return null;
  throw error;
};

function stagingIn(folder: FileSystemDirectoryHandle): Staging {
  return {
    isLasting: true,
    create: async (imageId, part) => {
      const image = await folder.getDirectoryHandle(imageId, { create: true });
      const file = await image.getFileHandle(part, { create: true });
      const access = await file.createSyncAccessHandle();
      access.truncate(0);
      let at = 0;
      return {
        write: (bytes) => {
          at += access.write(bytes, { at });
          return Promise.resolve();
        },
        close: () => {
          access.flush();
          access.close();
          return Promise.resolve();
        },
      };
    },
    read: async (imageId, part) => {
      const image = await folder.getDirectoryHandle(imageId).catch(unlessMissing);
      const file = (await image?.getFileHandle(part).catch(unlessMissing)) ?? null;
      return file === null ? null : await file.getFile();
    },
    remove: async (imageId) => {
      await folder.removeEntry(imageId, { recursive: true }).catch(unlessMissing);
    },
    list: async () => {
      const names: string[] = [];
      for await (const name of folder.keys()) if (!name.startsWith("probe-")) names.push(name);
      return names;
    },
  };
}

/** Files that outlive the page where the browser lets us, else memory. */
export async function openStaging(accountId: string): Promise<Staging> {
  try {
    const folder = await accountFolder(accountId);
    await probe(folder);
    return stagingIn(folder);
  } catch {
    return memoryStaging();
  }
}
