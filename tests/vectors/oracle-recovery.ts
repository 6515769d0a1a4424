/** What the oracle can do with recovery contacts. Tests only. */
import { fromBase64Url, toBase64Url } from "../../static/src/crypto/bytes.ts";
import { exchangeKeyFromBytes } from "../../static/src/crypto/exchange.ts";
import { keyFromBytes } from "../../static/src/crypto/keys.ts";
import type { JsonValue } from "../../static/src/crypto/record.ts";
import {
  openAnswer,
  openShare,
  recoveryWords,
  sealAnswer,
  sealShare,
  secretFromAnswers,
  signShares,
  type ShareTerms,
} from "../../static/src/crypto/recovery-contacts.ts";
import { splitSecret } from "../../static/src/crypto/shares.ts";
import { identityFromBytes } from "../../static/src/crypto/signature.ts";

/** Everything a request may bring along, in `value`; bytes as text. */
interface Material {
  readonly secret: string;
  readonly seed: string;
  readonly owner: string;
  readonly identity: string;
  readonly request: string;
  readonly exchange: string;
  readonly terms: readonly ShareTerms[];
  readonly recipients: readonly string[];
  readonly sealed: readonly string[];
}

const exchangeSeed = (text: string) => keyFromBytes("exchange-seed", fromBase64Url(text));
const identityIn = ({ identity }: Material) => identityFromBytes(fromBase64Url(identity));
const exchangeIn = (text: string) => exchangeKeyFromBytes(fromBase64Url(text));

function paired<T>(terms: readonly ShareTerms[], others: readonly T[]): readonly (readonly [ShareTerms, T])[] {
  return terms.flatMap((each, at) => {
    const other = others[at];
    return other === undefined ? [] : [[each, other] as const];
  });
}

const operations: Readonly<Record<string, (material: Material) => Promise<JsonValue>>> = {
  setUpContacts: async ({ secret, seed, terms, recipients }) => {
    const identity = keyFromBytes("identity-seed", fromBase64Url(seed));
    const signed = await signShares(splitSecret(fromBase64Url(secret)), terms, identity);
    const sealed = signed.map(async (each, at) => toBase64Url(await sealShare(each, exchangeIn(recipients[at] ?? ""))));
    return await Promise.all(sealed);
  },
  answerRequest: async (material) => {
    const { terms, sealed, seed, request, exchange } = material;
    const [first] = paired(terms, sealed);
    if (first === undefined) throw new Error("Nothing to answer with.");
    const share = await openShare(fromBase64Url(first[1]), first[0], exchangeSeed(seed), identityIn(material));
    return toBase64Url(await sealAnswer(share, request, exchangeIn(exchange)));
  },
  combineAnswers: async (material) => {
    const { terms, sealed, seed, request } = material;
    const answers = paired(terms, sealed).map(
      async ([each, text]) =>
        await openAnswer(fromBase64Url(text), each, request, exchangeSeed(seed), identityIn(material)),
    );
    return toBase64Url(secretFromAnswers(await Promise.all(answers)));
  },
  recoveryWords: async (material) => {
    const { owner, request, exchange } = material;
    const number = await recoveryWords({ owner, request, identity: identityIn(material), exchange: exchangeIn(exchange) });
    return { words: number.words, hex: number.hex };
  },
};

/** Do what is asked with what came along; undefined for what is not about recovery contacts. */
export function recoverWith(operation: string, value: JsonValue): Promise<JsonValue> | undefined {
  return operations[operation]?.(value as unknown as Material);
}
