/** What every element of ours starts from: Lit in light DOM, so that the one style sheet reaches it. */
import { LitElement } from "lit";

export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The first element below this one that matches, once it has rendered. */
  protected find<Found extends HTMLElement = HTMLElement>(selector: string): Found | null {
    return this.querySelector<Found>(selector);
  }

  /** Move the focus once what is now being rendered is there. */
  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.find(selector)?.focus();
  }
}
