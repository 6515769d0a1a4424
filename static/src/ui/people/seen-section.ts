/** What cards and pages start from that read something once, and look again while they are seen. */
import { currentVault, type Vault } from "../../vault/unlock.ts";
import { Section } from "../settings/section.ts";
import { whileSeen } from "./while-seen.ts";

export abstract class SeenSection extends Section {
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.load());
    this.stop = whileSeen(() => void this.lookAgain());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected get vault(): Vault {
    const vault = currentVault();
    if (vault === null) throw new TypeError("The vault is locked.");
    return vault;
  }

  /** Read all of it. */
  protected abstract load(): Promise<void>;

  /** Quietly: what did not answer now is asked again soon. Never throws. */
  protected abstract lookAgain(): Promise<void>;
}

/** One that sees at a glance whether anything changed. */
export abstract class GlancingSection extends SeenSection {
  /** How things stood when they were read; "" before. */
  private seen = "";

  /** Another text once anything changed. */
  protected abstract glance(): Promise<string>;

  protected abstract read(): Promise<void>;

  protected override async load(): Promise<void> {
    const seen = await this.glance();
    await this.read();
    this.seen = seen;
  }

  protected override async lookAgain(): Promise<void> {
    if (this.isBusy || this.seen === "" || currentVault() === null) return;
    const now = await this.glance().catch(() => this.seen);
    if (now !== this.seen) await this.load().catch(() => undefined);
  }
}
