/**
 * What this account's devices do for its groups by themselves, whenever People or a group is opened: let in
 * those who accepted an invitation, and replace keys that somebody who left still knows.
 */
import { Problem } from "../../api/problem.ts";
import { isInvited } from "../people/intent.ts";
import { isAccepted, withdraw, type SentInvitation } from "../people/people.ts";
import { addMember, rotate } from "./group-changes.ts";
import { GroupError } from "./group-error.ts";
import { isReadable, manages, readGroup, type Circle, type Group, type UnreadableGroup } from "./groups.ts";

/** Of these nothing will come, however often it is tried. A group that is full today may have room tomorrow. */
const HOPELESS = new Set(["not_found", "role_needed", "not_a_contact", "not-allowed", "not-a-contact"]);

/** Do what accepted invitations were for. What cannot be done yet stays for next time. Answers whether any was done. */
export async function runErrands(circle: Circle, sent: readonly SentInvitation[]): Promise<boolean> {
  const accepted = sent.filter(isAccepted);
  const done = [];
  for (const invitation of accepted) {
    if (!(await isSettled(circle, invitation))) continue;
    await withdraw(invitation.id).catch(unlessGone);
    done.push(invitation);
  }
  return done.length > 0;
}

/** A group as it is once its key is replaced, where that is due and this account may. */
export async function tended<Found extends Group | UnreadableGroup>(circle: Circle, group: Found): Promise<Found | Group> {
  if (!isReadable(group) || group.rotationDueAt === null || !manages(group)) return group;
  try {
    await rotate(circle, group.id);
    return await readGroup(group.id, circle);
  } catch {
    // It stays due, and the page says so.
    return group;
  }
}

async function isSettled(circle: Circle, { intent, acceptedBy }: SentInvitation): Promise<boolean> {
  if (intent === null || acceptedBy === null) return true;
  const contact = circle.contacts.find(({ accountId }) => accountId === acceptedBy);
  // Somebody else than was invited, by the server's word: nobody is let in on that.
  if (!isInvited(intent, contact)) return true;
  try {
    await addMember(circle, intent.group, acceptedBy, intent.role);
    return true;
  } catch (error) {
    return (error instanceof Problem || error instanceof GroupError) && HOPELESS.has(error.code);
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Problem) || error.status !== 404) throw error;
}
