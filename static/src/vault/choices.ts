/** What is done with somebody's data, what they chose about it, and who came to their photos: as the server says it. */
import { call } from "../api/client.ts";
import type { About, Choices, Look, Register, Touch } from "../api/types.ts";

/** Every purpose, and what is chosen about it. @throws Problem. */
export function readChoices(): Promise<Choices> {
  return call<Choices>("GET", "/me/choices");
}

/** Turn one purpose on or off. @throws Problem. */
export function choosePurpose(purpose: string, isOn: boolean): Promise<Choices> {
  return call<Choices>("PATCH", "/me/choices", { body: { purpose, is_on: isOn } });
}

/** Who works for us. @throws Problem. */
export function readRegister(): Promise<Register> {
  return call<Register>("GET", "/processors");
}

/** What the law lets somebody ask. @throws Problem. */
export function readAbout(): Promise<About> {
  return call<About>("GET", "/me/about-my-data");
}

/** Who came to one photo; without one, to all of them in the last thirty days. The newest first. @throws Problem. */
export async function readTouches(imageId?: string): Promise<readonly Touch[]> {
  const path = imageId === undefined ? "/touches" : `/images/${imageId}/touches`;
  return (await call<{ readonly items: readonly Touch[] }>("GET", path)).items;
}

/** Who at the desk looked at what is about somebody, the newest first. @throws Problem. */
export async function readLooks(): Promise<readonly Look[]> {
  return (await call<{ readonly items: readonly Look[] }>("GET", "/me/looks")).items;
}
