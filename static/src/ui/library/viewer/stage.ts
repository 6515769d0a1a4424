/**
 * One photo on the stage: fitted, zoomed, moved and swiped.
 *
 * The picture is drawn at the size that fits and transformed from there, so that a sharper file
 * can take the place of a smaller one without anything moving.
 */
import type { Item } from "../../../vault/library/view.ts";
import { Gestures } from "./gestures.ts";

export interface StageOptions {
  readonly onStep: (direction: 1 | -1) => void;
  readonly onClose: () => void;
  readonly onTap: () => void;
  /** The picture is shown at so many device pixels across. */
  readonly onDrawn: (devicePixels: number) => void;
}

const MOST = 8;
const DOUBLE = 2.5;
const SWIPE_PX = 64;
const CLOSE_PX = 110;

export class Stage {
  readonly frame: HTMLElement;
  readonly image: HTMLImageElement;
  readonly #options: StageOptions;
  readonly #ending = new AbortController();
  readonly #resize = new ResizeObserver(() => { this.#fit(); });
  #item: Item | null = null;
  #width = 0;
  #height = 0;
  #scale = 1;
  #x = 0;
  #y = 0;

  constructor(frame: HTMLElement, image: HTMLImageElement, options: StageOptions) {
    this.frame = frame;
    this.image = image;
    this.#options = options;
    this.#resize.observe(frame);
    new Gestures(frame, {
      zoom: (factor, x, y) => { this.zoomAt(factor, x, y); },
      drag: (dx, dy) => { this.#drag(dx, dy); },
      drop: (dx, dy, speed) => { this.#drop(dx, dy, speed); },
      tap: () => { options.onTap(); },
      double: (x, y) => { this.#double(x, y); },
    }).listen(this.#ending.signal);
  }

  get scale(): number {
    return this.#scale;
  }

  /** A new photo: fitted, in the middle. */
  show(item: Item): void {
    this.#item = item;
    this.reset();
    this.#fit();
  }

  reset(): void {
    this.#scale = 1;
    this.#x = 0;
    this.#y = 0;
    this.#draw(false);
  }

  zoomBy(factor: number): void {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    this.zoomAt(factor, left + width / 2, top + height / 2, true);
  }

  /** Zoom so that the point under the pointer stays under it. */
  zoomAt(factor: number, clientX: number, clientY: number, isCalm = false): void {
    const box = this.frame.getBoundingClientRect();
    const scale = Math.max(1, Math.min(MOST, this.#scale * factor));
    const grown = scale / this.#scale;
    const px = clientX - (box.left + box.width / 2);
    const py = clientY - (box.top + box.height / 2);
    this.#x = px - (px - this.#x) * grown;
    this.#y = py - (py - this.#y) * grown;
    this.#scale = scale;
    this.#hold();
    this.#draw(isCalm);
  }

  end(): void {
    this.#ending.abort();
    this.#resize.disconnect();
  }

  #double(x: number, y: number): void {
    if (this.#scale > 1.05) {
      this.reset();
      this.#draw(true);
    } else this.zoomAt(DOUBLE, x, y, true);
  }

  #drag(dx: number, dy: number): void {
    if (this.#scale > 1) {
      this.#x += dx;
      this.#y += dy;
      this.#hold();
    } else {
      this.#x += dx;
      this.#y += Math.max(0, dy);
    }
    this.#draw(false);
  }

  #drop(dx: number, dy: number, speed: number): void {
    if (this.#scale > 1) return;
    const isAcross = Math.abs(dx) > Math.abs(dy);
    this.#x = 0;
    this.#y = 0;
    this.#draw(true);
    if (isAcross && (Math.abs(dx) > SWIPE_PX || speed > 0.5)) this.#options.onStep(dx < 0 ? 1 : -1);
    else if (!isAcross && dy > CLOSE_PX) this.#options.onClose();
  }

  /** No further than its own edges. */
  #hold(): void {
    const room = (size: number, seen: number): number => Math.max(0, (size * this.#scale - seen) / 2);
    const across = room(this.#width, this.frame.clientWidth);
    const down = room(this.#height, this.frame.clientHeight);
    this.#x = Math.max(-across, Math.min(across, this.#x));
    this.#y = Math.max(-down, Math.min(down, this.#y));
  }

  #fit(): void {
    const item = this.#item;
    const { clientWidth, clientHeight } = this.frame;
    if (item === null || clientWidth === 0) return;
    const isTurned = item.rotation % 180 !== 0;
    const natural = isTurned ? item.height : item.width;
    const widest = natural > 0 ? Math.max(natural, Math.min(natural * 2, 480)) : Infinity;
    this.#width = Math.min(clientWidth, clientHeight * item.ratio, widest);
    this.#height = this.#width / item.ratio;
    const { style } = this.image;
    style.width = `${isTurned ? this.#height : this.#width}px`;
    style.height = `${isTurned ? this.#width : this.#height}px`;
    style.rotate = item.rotation === 0 ? "" : `${item.rotation}deg`;
    this.#hold();
    this.#draw(false);
  }

  #draw(isCalm: boolean): void {
    this.image.classList.toggle("calm", isCalm);
    this.image.style.translate = `${this.#x}px ${this.#y}px`;
    this.image.style.scale = String(this.#scale);
    this.frame.classList.toggle("is-zoomed", this.#scale > 1);
    this.#options.onDrawn(this.#width * this.#scale * devicePixelRatio);
  }
}
