/**
 * Reading a ZIP file whose members are stored as they are, from a disk and never whole: its directory
 * first, then any member by itself. After PKWARE's APPNOTE.TXT 6.3.10, with ZIP64; what our archives do not
 * use (compression, encryption, several disks) is refused.
 */
import { fromUtf8 } from "../crypto/bytes.ts";
import { ChunkReader } from "../crypto/flow.ts";

export interface Member {
  readonly path: string;
  /** Bytes, as they are stored. */
  readonly size: number;
  readonly crc: number;
  /** Where its local header begins. */
  readonly start: number;
}

/** Why a file is no archive of ours. The code is stable. */
export type ArchiveErrorCode = "not-an-archive" | "cut-short";

export class ArchiveError extends Error {
  override readonly name = "ArchiveError";

  constructor(
    readonly code: ArchiveErrorCode,
    sentence: string,
  ) {
    super(sentence);
  }
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR_BYTES = 20;
const BIG = 0xffffffff;
const ZIP64_FIELD = 1;

const notAnArchive = (): ArchiveError => new ArchiveError("not-an-archive", "This is not an archive of a vault.");
const cutShort = (): ArchiveError => new ArchiveError("cut-short", "This archive is not whole: its end is missing. Download it again.");

/** All members by path. @throws ArchiveError. */
export async function readDirectory(file: Blob): Promise<Map<string, Member>> {
  const front = await viewOf(file, 0, 4);
  if (front.byteLength < 4 || front.getUint32(0, true) !== LOCAL) throw notAnArchive();
  const { start, length, members } = await findDirectory(file);
  if (start + length > file.size) throw cutShort();
  const reader = new ChunkReader(file.slice(start, start + length).stream());
  const found = new Map<string, Member>();
  try {
    for (let number = 0; number < members; number += 1) {
      const member = await readRecord(reader);
      found.set(member.path, member);
    }
  } finally {
    await reader.close();
  }
  return found;
}

/** The bytes of a member, still on the disk. @throws ArchiveError. */
export async function contentOf(file: Blob, { start, size }: Member): Promise<Blob> {
  const header = await viewOf(file, start, start + LOCAL_BYTES);
  if (header.byteLength < LOCAL_BYTES || header.getUint32(0, true) !== LOCAL) throw notAnArchive();
  const from = start + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  if (from + size > file.size) throw cutShort();
  return file.slice(from, from + size);
}

interface Directory {
  readonly start: number;
  readonly length: number;
  readonly members: number;
}

/** Ours has no comment, so its last record stands at the very end. */
async function findDirectory(file: Blob): Promise<Directory> {
  const end = await viewOf(file, file.size - END_BYTES, file.size);
  if (end.byteLength < END_BYTES || end.getUint32(0, true) !== END) throw cutShort();
  const members = end.getUint16(10, true);
  const length = end.getUint32(12, true);
  const start = end.getUint32(16, true);
  const locator = await viewOf(file, file.size - END_BYTES - LOCATOR_BYTES, file.size - END_BYTES);
  if (locator.byteLength < LOCATOR_BYTES || locator.getUint32(0, true) !== LOCATOR64) return { start, length, members };
  const at = whole(locator, 8);
  const end64 = await viewOf(file, at, at + END64_BYTES);
  if (end64.byteLength < END64_BYTES || end64.getUint32(0, true) !== END64) throw cutShort();
  return { members: whole(end64, 32), length: whole(end64, 40), start: whole(end64, 48) };
}

async function readRecord(reader: ChunkReader): Promise<Member> {
  const fixed = viewOver(await reader.read(CENTRAL_BYTES));
  if (fixed.byteLength < CENTRAL_BYTES || fixed.getUint32(0, true) !== CENTRAL) throw cutShort();
  const isStored = fixed.getUint16(10, true) === 0 && (fixed.getUint16(8, true) & 1) === 0;
  if (!isStored) throw notAnArchive();
  const name = await reader.read(fixed.getUint16(28, true));
  const extra = viewOver(await reader.read(fixed.getUint16(30, true)));
  await reader.read(fixed.getUint16(32, true));
  const big = bigNumbers(extra);
  const take = (at: number): number => {
    const small = fixed.getUint32(at, true);
    return small === BIG ? (big.shift() ?? BIG) : small;
  };
  const size = take(24);
  if (take(20) !== size) throw notAnArchive();
  return { path: fromUtf8(name), size, crc: fixed.getUint32(16, true), start: take(42) };
}

/** What did not fit: size, size as stored, start, each only where its own field is full. */
function bigNumbers(extra: DataView): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== ZIP64_FIELD) continue;
    const count = Math.floor(extra.getUint16(at + 2, true) / 8);
    return Array.from({ length: count }, (_, index) => whole(extra, at + 4 + 8 * index));
  }
  return [];
}

function whole(view: DataView, at: number): number {
  if (at + 8 > view.byteLength) throw cutShort();
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw notAnArchive();
  return Number(value);
}

async function viewOf(file: Blob, start: number, end: number): Promise<DataView> {
  return new DataView(await file.slice(Math.max(0, start), Math.max(0, end)).arrayBuffer());
}

const viewOver = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
