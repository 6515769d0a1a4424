/** Pointers on the stage, told as what they mean: zoom, drag, drop, tap, double tap. */
export interface GestureListener {
  zoom(factor: number, x: number, y: number): void;
  drag(dx: number, dy: number): void;
  /** The pointer was let go after `dx`, `dy`; `speed` across in pixels a millisecond. */
  drop(dx: number, dy: number, speed: number): void;
  tap(): void;
  double(x: number, y: number): void;
}

interface Point {
  x: number;
  y: number;
}

const STILL_PX = 8;
const DOUBLE_MS = 300;

export class Gestures {
  readonly #frame: HTMLElement;
  readonly #listener: GestureListener;
  readonly #down = new Map<number, Point>();
  #start: Point = { x: 0, y: 0 };
  #startedAt = 0;
  #hasMoved = false;
  #wasPinch = false;
  #tapTimer = 0;

  constructor(frame: HTMLElement, listener: GestureListener) {
    this.#frame = frame;
    this.#listener = listener;
  }

  listen(signal: AbortSignal): void {
    const frame = this.#frame;
    frame.addEventListener("pointerdown", (event) => { this.#begin(event); }, { signal });
    frame.addEventListener("pointermove", (event) => { this.#move(event); }, { signal });
    for (const name of ["pointerup", "pointercancel"] as const) frame.addEventListener(name, (event) => { this.#end(event); }, { signal });
    frame.addEventListener("dblclick", ({ clientX, clientY }) => { this.#listener.double(clientX, clientY); }, { signal });
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#listener.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event.clientX, event.clientY);
    }, { signal, passive: false });
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#frame.setPointerCapture(event.pointerId);
    this.#down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#down.size > 1) {
      this.#wasPinch = true;
      return;
    }
    this.#start = { x: event.clientX, y: event.clientY };
    this.#startedAt = event.timeStamp;
    this.#hasMoved = false;
    this.#wasPinch = false;
  }

  #move(event: PointerEvent): void {
    const point = this.#down.get(event.pointerId);
    if (point === undefined) return;
    const before = this.#spread();
    const dx = event.clientX - point.x;
    const dy = event.clientY - point.y;
    point.x = event.clientX;
    point.y = event.clientY;
    if (Math.hypot(event.clientX - this.#start.x, event.clientY - this.#start.y) > STILL_PX) this.#hasMoved = true;
    if (before !== null) this.#pinch(before);
    else if (this.#hasMoved) this.#listener.drag(dx, dy);
  }

  #pinch(before: { width: number; x: number; y: number }): void {
    const after = this.#spread();
    if (after === null || before.width === 0) return;
    this.#listener.zoom(after.width / before.width, after.x, after.y);
    this.#listener.drag(after.x - before.x, after.y - before.y);
  }

  #spread(): { width: number; x: number; y: number } | null {
    const [a, b] = [...this.#down.values()];
    if (a === undefined || b === undefined) return null;
    return { width: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  }

  #end(event: PointerEvent): void {
    if (!this.#down.delete(event.pointerId) || this.#down.size > 0 || this.#wasPinch) return;
    const dx = event.clientX - this.#start.x;
    const speed = Math.abs(dx) / Math.max(1, event.timeStamp - this.#startedAt);
    if (this.#hasMoved) this.#listener.drop(dx, event.clientY - this.#start.y, speed);
    else if (event.type === "pointerup" && event.pointerType === "touch") this.#tap(event);
  }

  /** Browsers send no dblclick for touch where panning is ours. */
  #tap({ clientX, clientY }: PointerEvent): void {
    if (this.#tapTimer !== 0) {
      clearTimeout(this.#tapTimer);
      this.#tapTimer = 0;
      this.#listener.double(clientX, clientY);
      return;
    }
    this.#tapTimer = window.setTimeout(() => {
      this.#tapTimer = 0;
      this.#listener.tap();
    }, DOUBLE_MS);
  }
}
