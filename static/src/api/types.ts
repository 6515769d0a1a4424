/**
 * What travels between the browser and `/api/v1`, under the names our code uses. Bytes are base64url text.
 *
 * Everything comes from `schema.ts`, which is generated from the OpenAPI document: a member that
 * changes there no longer compiles here.
 */
import type { components } from "./schema.ts";

type Frozen<T> = T extends readonly (infer Each)[]
  ? readonly Frozen<Each>[]
  : T extends object
    ? { readonly [Name in keyof T]: Frozen<T[Name]> }
    : T;
/** A body of the API that nobody changes in place. */
export type Body<Name extends keyof components["schemas"]> = Frozen<components["schemas"][Name]>;

export type ServerFacts = Body<"Server">;
export type KdfWire = Body<"Kdf">;
export type Session = Body<"Session">;
export type FactorMethod = Body<"SecondFactorMethodEnum">;
export type KeyBundle = Body<"Bundle">;
export type SignUpBundle = Body<"NewBundleRequest">;
export type SignUpRequest = Body<"SignUpRequest">;
export type Theme = Body<"ThemeEnum">;
export type DigestRhythm = Body<"DigestEnum">;
/** As the server answers them: all of them. A change may name some. */
export type Preferences = Required<Body<"Preferences">>;
export type Me = Omit<Body<"Me">, "preferences"> & { readonly preferences: Preferences };
export type DeviceSession = Body<"DeviceSession">;
export type Passkey = Body<"Passkey">;
export type TotpState = Body<"TotpState">;
export type SecurityEvent = Body<"Event">;
export type Choices = Body<"Choices">;
export type Purpose = Body<"Purpose">;
export type OwnReports = Body<"OwnReports">;
export type OwnReport = Body<"OwnReport">;
export type CounterNotice = Body<"CounterNoticeRequest">;
export type Register = Body<"Processors">;
export type Processor = Body<"Processor">;
export type PolicyVersion = Body<"PolicyVersion">;
export type About = Body<"About">;
export type Look = Body<"Look">;
export type LegalRequest = Body<"LegalRequest">;
export type Touch = Body<"Touch">;
export type Consent = Body<"Consent">;
export type Consents = Body<"Consents">;
export type DataRequest = Body<"DataRequest">;
export type DataRequests = Body<"DataRequests">;
export type WholeRequest = Body<"WholeRequest">;
export type Fixity = Body<"Fixity">;
export type Deletion = Body<"Deletion">;
export type OwnClosing = Body<"OwnClosing">;
export type ClosingFacts = Body<"Closing">;
export type Archive = Body<"Archive">;
export type TakedownCase = Body<"Case">;
export type TakedownLine = Body<"CaseLine">;
export type TakedownNotice = Body<"NoticeRequest">;
export type TakedownRegime = Body<"Regime">;

/** What `navigator.credentials.get` is asked, as JSON. WebAuthn describes it, and so the schema leaves it open. */
export interface RequestOptionsWire {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout?: number;
  readonly userVerification?: UserVerificationRequirement;
  readonly allowCredentials?: readonly CredentialRef[];
}

export interface CredentialRef {
  readonly id: string;
  readonly type: "public-key";
  readonly transports?: AuthenticatorTransport[];
}

type Asked = Body<"AskedSecondFactor">;
export type SecondFactorAsked = {
  readonly [Name in keyof Body<"SecondFactorAsked">]: Omit<Asked, "public_key"> & {
    readonly public_key: (Asked["public_key"] & RequestOptionsWire) | null;
  };
};
