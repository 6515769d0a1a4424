/**
 * A ZIP file of stored files, written from its beginning to its end.
 *
 * Sizes and sums stand before the bytes they are of, so a reader that takes the file as it comes needs nothing
 * behind them. What is kept for the directory at the end is its own bytes, and small writes go out together:
 * fifty thousand photos are a hundred and fifty thousand files. Source: PKWARE APPNOTE 6.3.10, 4.3 to 4.5.
 */
import { utf8, type Bytes } from "../../crypto/bytes.ts";

const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR = 0x07064b50;
const LARGE = 0xffffffff;
const MANY = 0xffff;
const VERSION = 45;
const MADE_ON_UNIX = (3 << 8) | VERSION;
const NAME_IS_UTF8 = 1 << 11;
/** A plain file that its owner and group may change and everybody read. */
const UNIX_MODE = 0o100664;
/** Written at once; more gains nothing, and less asks the disk more often than it writes. */
const PIECE_BYTES = 1024 * 1024;

/** Content with its sum known before. */
export interface Summed {
  readonly bytes: number;
  readonly crc: number;
  readonly pieces: Iterable<Bytes> | AsyncIterable<Bytes>;
}

export class ZipWriter {
  readonly #out: WritableStreamDefaultWriter<Uint8Array>;
  readonly #buffer = new Uint8Array(PIECE_BYTES);
  #directory = new Growing();
  #filled = 0;
  #written = 0;
  #entries = 0;
  #turn: Promise<void> = Promise.resolve();
  #broken: { readonly reason: unknown } | null = null;

  constructor(stream: WritableStream<Uint8Array>) {
    this.#out = stream.getWriter();
    // Whoever writes next hears of it.
    this.#out.closed.catch(() => undefined);
  }

  /** One file after the other, whoever asks. @throws what the disk said; from then on every call throws it. */
  add(name: string, { bytes, crc, pieces }: Summed, modifiedAt: Date): Promise<void> {
    return this.#inTurn(async () => {
      const entry = { name: utf8(name), bytes, crc, time: dosTime(modifiedAt), headerAt: this.#written };
      await this.#put(localHeader(entry));
      const end = this.#written + bytes;
      for await (const piece of pieces) await this.#put(piece);
      if (this.#written !== end) throw new RangeError("A file has not the length that was said before it.");
      this.#directory.add(directoryEntry(entry));
      this.#entries += 1;
    });
  }

  /** Write the directory, and have all of it on the disk. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const at = this.#written;
      for (const piece of this.#directory.pieces()) await this.#put(piece);
      await this.#put(endOf(this.#entries, this.#written - at, at));
      this.#directory = new Growing();
      await this.#flush();
      await this.#out.close();
    });
  }

  async abort(reason: unknown): Promise<void> {
    this.#broken ??= { reason };
    await this.#out.abort(reason).catch(() => undefined);
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      if (this.#broken !== null) throw this.#broken.reason;
      await act();
    });
    this.#turn = turn.catch((reason: unknown) => { this.#broken ??= { reason }; });
    return turn;
  }

  async #put(bytes: Bytes): Promise<void> {
    this.#written += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + PIECE_BYTES - this.#filled);
      this.#buffer.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled === PIECE_BYTES) await this.#flush();
    }
  }

  /** The buffer is used again once the stream has taken what is in it. */
  async #flush(): Promise<void> {
    const full = this.#buffer.subarray(0, this.#filled);
    this.#filled = 0;
    if (full.length > 0) await this.#out.write(full);
  }
}

/** Many small records in a few large pieces. */
class Growing {
  readonly #full: Bytes[] = [];
  #last = new Uint8Array(PIECE_BYTES);
  #filled = 0;

  add(record: Bytes): void {
    if (this.#filled + record.length > this.#last.length) {
      this.#full.push(this.#last.subarray(0, this.#filled));
      [this.#last, this.#filled] = [new Uint8Array(PIECE_BYTES), 0];
    }
    this.#last.set(record, this.#filled);
    this.#filled += record.length;
  }

  pieces(): Bytes[] {
    return [...this.#full, this.#last.subarray(0, this.#filled)];
  }
}

interface Entry {
  readonly name: Bytes;
  readonly bytes: number;
  readonly crc: number;
  /** MS-DOS time in the low, date in the high 16 bits. */
  readonly time: number;
  readonly headerAt: number;
}

/** MS-DOS time is of the wall clock, in steps of two seconds, of the years 1980 to 2107. */
function dosTime(moment: Date): number {
  const year = moment.getFullYear();
  if (year < 1980 || Number.isNaN(year)) return (1 << 21) | (1 << 16);
  const date = (Math.min(year, 2107) - 1980) << 9 | (moment.getMonth() + 1) << 5 | moment.getDate();
  return (date << 16 | moment.getHours() << 11 | moment.getMinutes() << 5 | moment.getSeconds() >> 1) >>> 0;
}

/** Numbers of little-endian records, one after the other. */
class Fields {
  readonly bytes: Bytes;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  short(...numbers: readonly number[]): this {
    for (const number of numbers) this.#view.setUint16((this.#at += 2) - 2, number, true);
    return this;
  }

  word(...numbers: readonly number[]): this {
    for (const number of numbers) this.#view.setUint32((this.#at += 4) - 4, number, true);
    return this;
  }

  long(...numbers: readonly number[]): this {
    for (const number of numbers) this.#view.setBigUint64((this.#at += 8) - 8, BigInt(number), true);
    return this;
  }

  raw(bytes: Bytes): this {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }
}

/** What does not fit into 32 bits stands in a field of its own. */
function largeField(numbers: readonly number[]): Bytes {
  return numbers.length === 0 ? new Uint8Array() : new Fields(4 + 8 * numbers.length).short(1, 8 * numbers.length).long(...numbers).bytes;
}

const small = (number: number): number => Math.min(number, LARGE);

function localHeader({ name, bytes, crc, time }: Entry): Bytes {
  const extra = largeField(bytes >= LARGE ? [bytes, bytes] : []);
  return new Fields(30 + name.length + extra.length)
    .word(LOCAL).short(VERSION, NAME_IS_UTF8, 0).word(time, crc, small(bytes), small(bytes)).short(name.length, extra.length)
    .raw(name).raw(extra).bytes;
}

function directoryEntry({ name, bytes, crc, time, headerAt }: Entry): Bytes {
  const extra = largeField([...(bytes >= LARGE ? [bytes, bytes] : []), ...(headerAt >= LARGE ? [headerAt] : [])]);
  return new Fields(46 + name.length + extra.length)
    .word(ENTRY).short(MADE_ON_UNIX, VERSION, NAME_IS_UTF8, 0).word(time, crc, small(bytes), small(bytes))
    .short(name.length, extra.length, 0, 0, 0, 0, UNIX_MODE).word(small(headerAt)).raw(name).raw(extra).bytes;
}

function endOf(entries: number, bytes: number, at: number): Bytes {
  const isLarge = entries >= MANY || bytes >= LARGE || at >= LARGE;
  const end = new Fields(22).word(END).short(0, 0, Math.min(entries, MANY), Math.min(entries, MANY)).word(small(bytes), small(at)).short(0).bytes;
  if (!isLarge) return end;
  return new Fields(56 + 20 + 22)
    .word(END_64).long(44).short(MADE_ON_UNIX, VERSION).word(0, 0).long(entries, entries, bytes, at)
    .word(LOCATOR, 0).long(at + bytes).word(1).raw(end).bytes;
}
