/** The page on which this account shows photos to everyone: what it says, its headings, and how often it is looked at. */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { readDays, readProfile, type Profile, type ProfileDay, type ProfileWords, type PublicAlbum } from "./wire.ts";

/** The profile, or null while there is none. @throws Problem. */
export async function profileNow(): Promise<Profile | null> {
  try {
    return readProfile(await call<unknown>("GET", "/profile"));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** Make the profile, or say something else on it. @throws Problem "name_taken", "bad_name", "profiles_off". */
export async function saveProfile({ name, shownName, bio, licence, isOpen, isListed, coverId }: ProfileWords): Promise<Profile> {
  const body = { name, shown_name: shownName, bio, licence, is_open: isOpen, is_listed: isListed, cover: coverId };
  return readProfile(await call<unknown>("PUT", "/profile", { body }));
}

/** Take the profile away, and with it everything that is shown on it. @throws Problem. */
export async function removeProfile(): Promise<void> {
  await call("DELETE", "/profile");
}

/** Make a heading, or change it. @throws Problem. */
export async function saveHeading({ id, title, position }: PublicAlbum): Promise<void> {
  await call("PUT", `/profile/albums/${id}`, { body: { title, position } });
}

/** Take a heading away. What stood under it stays, without one. @throws Problem. */
export async function removeHeading(id: string): Promise<void> {
  await call("DELETE", `/profile/albums/${id}`);
}

/** How often the profile was looked at: the last thirty days. @throws Problem. */
export async function profileDays(): Promise<readonly ProfileDay[]> {
  return readDays(await call<unknown>("GET", "/profile/statistics"));
}
