/** Where ciphertext waits until the server has it: in files only this site can read, or in memory. */
import type { Bytes } from "../crypto/bytes.ts";
import type { Part } from "../vault/library/wire.ts";

export interface StagedFile {
  write(bytes: Bytes): Promise<void>;
  close(): Promise<void>;
}

export interface Staging {
  /** Whether what is staged outlives the page. */
  readonly isLasting: boolean;
  create(imageId: string, part: Part): Promise<StagedFile>;
  read(imageId: string, part: Part): Promise<Blob | null>;
  remove(imageId: string): Promise<void>;
  /** Ids of the images something is staged of. */
  list(): Promise<readonly string[]>;
}

/** For browsers without a private file system, and for tests. */
export function memoryStaging(): Staging {
  const staged = new Map<string, Map<Part, Bytes[]>>();
  return {
    isLasting: false,
    create: (imageId, part) => {
      const pieces: Bytes[] = [];
      const parts = staged.get(imageId) ?? new Map<Part, Bytes[]>();
      staged.set(imageId, parts.set(part, pieces));
      return Promise.resolve({ write: (bytes) => Promise.resolve(void pieces.push(bytes)), close: () => Promise.resolve() });
    },
    read: (imageId, part) => {
      const pieces = staged.get(imageId)?.get(part);
      return Promise.resolve(pieces === undefined ? null : new Blob(pieces));
    },
    remove: (imageId) => Promise.resolve(void staged.delete(imageId)),
    list: () => Promise.resolve([...staged.keys()]),
  };
}
